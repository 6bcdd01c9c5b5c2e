"""The API stands outside the languages: it answers in English, whatever the reader's browser asks for."""

from django.urls import path, re_path

import lawcompare.laws.urls  # noqa: F401 (registers the converter of addresses inside a text)
from lawcompare.api import views
from lawcompare.api.app import api

declared = api.urls
for pattern in declared[0]:
    pattern.callback = views.read_only(pattern.callback)

urlpatterns = [
    path("", views.read_only(views.root), name="api_root"),
    path("openapi.json", views.read_only(views.openapi), name="openapi"),
    path("", declared),
    re_path(r"^(?P<rest>[\s\S]*)$", views.read_only(views.nothing_here), name="api_nothing"),
]
