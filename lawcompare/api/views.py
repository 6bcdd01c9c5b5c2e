"""The API's OpenAPI document, its guide for people, and the answer at every unknown address below it."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse

import lawcompare.api.endpoints  # noqa: F401 (declares the addresses)
from lawcompare.api.app import api, problem, shared
from lawcompare.core.page_cache.public import View, public
from lawcompare.laws.citing import site_root

ROOT = "/api/v1/"


@public()
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, with the address at which this site answers."""
    return shared(JsonResponse(document() | {"servers": [{"url": site_root(request), "description": "This site"}]}))


def document() -> dict[str, Any]:
    """Returns the OpenAPI document as a dictionary."""
    schema = dict(api.get_openapi_schema(path_prefix=ROOT))
    schema["info"] |= {"license": _licence(), "contact": {"name": settings.SITE_NAME}}
    return schema


def _licence() -> dict[str, str]:
    """What the site says of the use of its data; where it says nothing, the licence of the program."""
    if settings.CONTENT_LICENCE:
        return {"name": "Licence of the data", "url": settings.CONTENT_LICENCE}
    return {"name": "MIT (the program and its demonstration)", "identifier": "MIT"}


@public()
def guide(request: HttpRequest) -> HttpResponse:
    openapi_document = document()
    operations = [
        {"path": path, "operation": operation, "answers": _answer(operation)}
        for path, methods in openapi_document["paths"].items()
        for operation in methods.values()
    ]
    forms = [
        {"name": name, "schema": form, "fields": list(form.get("properties", {}).items())}
        for name, form in sorted(openapi_document["components"]["schemas"].items())
    ]
    return render(request, "api/api.html", {"document": openapi_document, "operations": operations, "forms": forms})


def _answer(operation: dict[str, Any]) -> str:
    form = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return str(form.get("$ref", "")).rpartition("/")[2]


@public()
def root(request: HttpRequest) -> HttpResponse:
    here = site_root(request)
    return shared(JsonResponse({"openapi": here + reverse("openapi"), "guide": here + reverse("api")}))


def read_only(view: View | None) -> View:
    """Decorates a view so that all but GET and HEAD is refused and HEAD is answered as GET."""
    assert view is not None

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.method
        if asked not in {"GET", "HEAD"}:
            response = problem(405, "This API is read-only.")
            response["Allow"] = "GET, HEAD"
            return response
        request.method = "GET"
        try:
            return view(request, *args, **kwargs)
        finally:
            request.method = asked

    return read


def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """The 404 of an address that is none of the API's."""
    return problem(404, f"There is nothing at this address. All addresses are in {ROOT}openapi.json.")
