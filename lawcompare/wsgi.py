"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcompare.settings")
# A page that waits longer for a row that somebody else holds, or for what the database counts, is refused (503), or
# eight of them would be all pages.
os.environ.setdefault("PGOPTIONS", "-c lock_timeout=10s -c statement_timeout=15s")
application = get_wsgi_application()

from lawcompare.celery import sweep_each_minute  # noqa: E402 (Django must be set up)
from lawcompare.site.data_files import load_data_files  # noqa: E402

load_data_files()
sweep_each_minute()
