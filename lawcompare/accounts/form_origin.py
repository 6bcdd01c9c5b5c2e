"""Protection against forged forms for public pages, which set no cookie and so carry no CSRF token."""

from django.http import HttpRequest


def comes_from_here(request: HttpRequest) -> bool:
    """Returns whether a form was sent from one of this site's own pages.

    Browsers send ``Sec-Fetch-Site``, older ones at least ``Origin`` with every form of another site. A request with
    neither is from no browser, so it carries no person's session.
    """
    where = request.headers.get("Sec-Fetch-Site")
    if where is not None:
        return where == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"
