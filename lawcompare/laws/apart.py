"""Reading a file in another process: this one stays free for pages, and a hostile file ends only the other."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from threading import Thread, Timer

from django.conf import settings

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.plain import from_plain
from lawcompare.laws.compute import Progress

log = logging.getLogger(__name__)

READER = [sys.executable, "-m", "lawcompare.engine.reading.apart"]


def read_apart(data: bytes, filename: str, language: str | None, progress: Progress) -> Document:
    """What ``engine.reading.read`` gives, from a child process. Raises ``ReadingError``."""
    command = [*READER, filename, *([language] if language else [])]
    child = subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    feeder = Thread(target=_feed, args=(child, data), daemon=True)
    limit = Timer(settings.CELERY_TASK_TIME_LIMIT, child.kill)
    feeder.start()
    limit.start()
    try:
        return _listen(child, progress)
    finally:
        limit.cancel()
        child.kill()  # where it is not at its end, nobody waits for it any more
        child.wait()
        feeder.join(timeout=5)
        if child.stdout:
            child.stdout.close()


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    try:
        assert child.stdin is not None
        child.stdin.write(data)
        child.stdin.close()
    except OSError:
        log.info("a reader ended before it had the whole file")


def _listen(child: subprocess.Popen[bytes], progress: Progress) -> Document:
    assert child.stdout is not None
    for line in child.stdout:
        said = json.loads(line)
        if "step" in said:
            progress(said["step"], said["done"], said["total"])
        elif "refused" in said:
            raise ReadingError(said["refused"], line=said["line"])
        else:
            return from_plain(said["document"])
    log.error("a reader ended with %s and no answer", child.wait())
    raise ReadingError("the reader broke down on this file, or took too long; save it in another form and try again")
