"""Reading without a network: the list of what a reader keeps on a device, and the script that gives it out there."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lawcompare.core.page_cache.public import public

SCRIPT = "js/offline/worker.js"


@public()
def kept(request: HttpRequest) -> HttpResponse:
    """The page that a script fills with the laws kept on the device it is read on."""
    return render(request, "site/offline.html")


@public()
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, which answers for the whole site and so must stand at its root."""
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


def _script() -> bytes:
    """The file as it was collected, or as it stands in the source where nothing was."""
    collected = Path(settings.STATIC_ROOT) / SCRIPT
    return (collected if collected.exists() else Path(str(finders.find(SCRIPT)))).read_bytes()
