#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    if os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcompare.settings") == "lawcompare.settings":
        from lawcompare.environment import embed_unless_configured

        embed_unless_configured(Path(__file__).resolve().parent / ".env")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        sys.exit(
            f"The database cannot be used: {reason}. Nothing half-written was kept. Is it running, is its disk full?"
        )
