"""A log filter that removes everything about readers: who they are, what they asked for, what they typed."""

import copy
import logging
import traceback
from typing import Any


class NoReaders(logging.Filter):
    """Removes the request with its address, cookies and query from a log record, and the message of an error.

    The place in the program remains. A path may contain the token of an invitation, so its URL pattern is logged
    instead.
    """

    def filter(self, record: logging.LogRecord) -> logging.LogRecord:
        kept = copy.copy(record)
        request = kept.__dict__.pop("request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            pattern = f"/{match.route}" if match else "an address of no page"
            kept.msg, kept.args = "%s %s %s", (getattr(kept, "status_code", ""), request.method, pattern)
        if kept.exc_info and kept.exc_info[0] is not None:
            kept.exc_text = _where(kept.exc_info)
            kept.exc_info = None
        return kept


def _where(exc_info: Any) -> str:
    """Returns the class of an error and the lines that led to it, without its message, which may quote a row."""
    kind, _error, trace = exc_info
    lines = (f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace))
    return "\n".join([kind.__name__, *lines])
