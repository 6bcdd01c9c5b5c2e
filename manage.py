#!/usr/bin/env python
"""Django's command line."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcompare.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        sys.exit(
            f"The database cannot be used: {reason}. Nothing half-written was kept. Is it running, is its disk full?"
        )
