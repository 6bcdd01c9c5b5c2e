"""The PDF of a redline, set by a child process in the box, so that what breaks there ends only the child."""

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from lawcompare.engine.writing import typeset as pdf
from lawcompare.engine.writing.redline import Paragraph
from lawcompare.laws.uploads.boxed_setter import Limits, SetterFailed, set_in_box

WORKER = [sys.executable, "-m", "lawcompare.engine.sandbox.maker", "pdf"]
# The longest comparison of the demonstration corpus takes a second or two, and some hundred megabytes.
MEGABYTES, SECONDS = 2048, 60
BYTES_MAX = 200_000_000


class ExportFailed(Exception):
    """A file could not be made of a comparison."""


def write_redline(labels: dict[str, Any], paragraphs: Iterable[Paragraph], moment: datetime) -> bytes:
    """Returns the PDF, as ``pdf.write_redline`` does. Raises ``ExportFailed``."""
    if not settings.READER_SANDBOX:
        return pdf.write_redline(labels, paragraphs, moment)
    asked = {"data": pdf.redline_data(labels, paragraphs, moment), "moment": moment.isoformat()}
    try:
        return set_in_box(WORKER, asked, Limits(MEGABYTES, SECONDS, BYTES_MAX), b"%PDF-")
    except SetterFailed:
        raise ExportFailed from None
