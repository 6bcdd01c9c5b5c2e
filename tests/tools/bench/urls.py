from django.http import HttpRequest, HttpResponse
from django.urls import path

from lawcompare.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello world")


urlpatterns = [path("hello/", hello), *urlpatterns]
