"""One look at the texts of a language for each page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from lawcompare.localisation.texts import looked_at_once


class LocalisedPages:
    """Lets a page look once whether a text was added or changed since the last page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with looked_at_once():
            return self.get_response(request)
