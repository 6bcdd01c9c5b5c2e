"""What the log says, and what it never says: who a reader is, what they asked for, what stood in a form."""

from __future__ import annotations

import copy
import logging
import traceback
from typing import Any


class NoReaders(logging.Filter):
    """Takes out of a line what may tell of a person: the request with its address, cookies and query, the
    values that an error names. What remains is where in the program it happened.

    A path may hold the secret of an invitation: in its place stands the pattern that it matched.
    """

    def filter(self, record: logging.LogRecord) -> logging.LogRecord:
        kept = copy.copy(record)
        request = kept.__dict__.pop("request", None)
        if request is not None:
            kept.msg, kept.args = "%s %s %s", (getattr(kept, "status_code", ""), request.method, _pattern(request))
        if kept.exc_info and kept.exc_info[0] is not None:
            kept.exc_text = _where(kept.exc_info)
            kept.exc_info = None
        return kept


def _pattern(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "an address of no page"


def _where(exc_info: Any) -> str:
    """The kind of the error and the lines that led to it, without the words of the error, which may quote a row."""
    kind, _error, trace = exc_info
    lines = (f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace))
    return "\n".join([kind.__name__, *lines])
