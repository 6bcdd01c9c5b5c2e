"""gunicorn reads this file in the folder where it is started: by systemd, in containers, by Procfile, `make run`."""

import sys
from typing import Any

from gunicorn.glogging import Logger


class NoReadersLogger(Logger):
    """gunicorn's log without readers: neither where a request came from nor what stood in it, however malformed."""

    def access(self, *_: Any) -> None:
        """Writes nothing, whatever ``--access-logfile`` says."""

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:
        self._write("error", msg, args, kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        self._write("exception", msg, args, kwargs)

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        self._write("warning", msg, args, kwargs)

    def info(self, msg: object, *args: object, **kwargs: Any) -> None:
        self._write("info", msg, args, kwargs)

    def debug(self, msg: object, *args: object, **kwargs: Any) -> None:
        self._write("debug", msg, args, kwargs)

    def _write(self, level: str, msg: object, args: Any, kwargs: Any) -> None:
        # What handles requests puts their words into its messages; of these the place and the kind of error remain.
        frame, kind = sys._getframe(2), sys.exc_info()[0]
        if frame.f_globals.get("__name__", "").startswith(("gunicorn.workers", "gunicorn.http")):
            level, kwargs = "error" if level == "exception" else level, {}
            msg, args = "%s in %s", (kind.__name__ if kind else level, frame.f_code.co_name)
        getattr(super(), level)(msg, *args, **kwargs)


logger_class = NoReadersLogger
# Where workers do the jobs, a process that holds much may be replaced (`lawcompare/core/answer_limits.py`).
raw_env = ["ANSWERS=yes"]
# Nobody steers it by a socket: systemd or the container engine does.
control_socket_disable = True
