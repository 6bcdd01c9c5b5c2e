"""The project's settings with one view more: the hello world that pages are measured against."""

from lawcompare.settings import *  # noqa: F403

ROOT_URLCONF = "tests.tools.bench.urls"
ALLOWED_HOSTS = ["testserver"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
