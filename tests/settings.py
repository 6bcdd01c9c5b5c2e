"""The project's settings under a test: nothing of the developer's own environment reaches it."""

import os
import shutil
import tempfile
from pathlib import Path

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="lawcompare-tests-")
# The processes of a run have the keys of the first: what one encrypted or named by a keyed digest, the others read.
for key in Path(os.environ.setdefault("KEYS_OF_THE_RUN", os.environ["DATA_DIR"])).glob("*-key"):
    shutil.copy2(key, os.environ["DATA_DIR"])
os.environ["EMBEDDED"] = "1"
os.environ["DEBUG"] = "0"
os.environ.setdefault("TASKS", "inline")

from lawcompare import settings as site  # noqa: E402
from lawcompare.settings import *  # noqa: E402, F403

site.STATIC_ROOT.mkdir()  # else each client warns that there is none
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
# Test processes that run at the same time have a Redis database each, since a test may empty the cache.
if site.REDIS_URL:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    REDIS_URL = f"{site.REDIS_URL.rpartition('/')[0]}/{worker + 1}"
    CELERY_BROKER_URL = CACHE_URL = REDIS_URL
    for cache in CACHES.values():  # noqa: F405
        cache["LOCATION"] = REDIS_URL
# Words of a page are asked for as they are written; tests/core/test_whole_words.py and the browser have them whole.
MIDDLEWARE = [one for one in MIDDLEWARE if not one.endswith("WholeWords")]  # noqa: F405
# Each test has a database of its own; those of the page cache turn it on.
PAGE_CACHE = False
# All tests of a process are pressed within one hour, by one organisation.
PUBLICATIONS_PER_HOUR = FORMS_PER_HOUR = COMPARISONS_PER_HOUR = 100_000
GUARD_RAISES = True
# A process a file is what test_hostile_files.py is about; elsewhere the readers run in the test's own process.
READER_SANDBOX = False
