"""The PDF of a redline, set by a child process in the box, so that what breaks there ends only the child."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from lawcompare.engine.writing import pdf
from lawcompare.engine.writing.redline import Paragraph
from lawcompare.laws.uploads.sandbox import bare_environment

log = logging.getLogger(__name__)

WORKER = [sys.executable, "-m", "lawcompare.engine.writing.pdf_worker"]
# The longest comparison of the demonstration corpus takes a second or two, and some hundred megabytes.
MEGABYTES, SECONDS = 2048, 60


class ExportFailed(Exception):
    """A file could not be made of a comparison."""


def write_redline(labels: dict[str, Any], paragraphs: Iterable[Paragraph], moment: datetime) -> bytes:
    """Returns the PDF, as ``pdf.write_redline`` does. Raises ``ExportFailed``."""
    if not settings.READER_SANDBOX:
        return pdf.write_redline(labels, paragraphs, moment)
    asked = {"data": pdf.redline_data(labels, paragraphs, moment), "moment": moment.isoformat()}
    try:
        child = subprocess.run(  # noqa: S603
            [*WORKER, str(MEGABYTES), str(SECONDS)],
            input=json.dumps(asked).encode(),
            cwd="/",
            env=bare_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ExportFailed from None
    if child.returncode or not child.stdout.startswith(b"%PDF-"):
        log.error("the setter of a PDF ended with %s", child.returncode)
        raise ExportFailed
    return child.stdout
