"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcompare.settings")
application = get_wsgi_application()

from lawcompare.site.data_files import load_data_files  # noqa: E402 (Django must be set up)

load_data_files()
