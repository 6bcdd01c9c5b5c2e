"""Having a child process in the box set pages or draw pictures of strangers' words: what breaks there ends only it."""

import json
import logging
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Timer
from typing import Any

from lawcompare.laws.uploads.sandbox import bare_environment

log = logging.getLogger(__name__)


class SetterFailed(Exception):
    """The child broke down, took too long or too much, or what it gave is not what was asked for."""


@dataclass(frozen=True)
class Limits:
    """Megabytes of memory, seconds of processor time (twice as many on the clock), bytes that it may give."""

    megabytes: int
    seconds: int
    bytes: int


def set_in_box(worker: Sequence[str], asked: Mapping[str, Any], limits: Limits, begins: bytes) -> bytes:
    """Returns what ``worker`` makes of ``asked``: a file that begins with ``begins``. Raises ``SetterFailed``."""
    return make_in_box(worker, json.dumps(asked).encode(), limits, begins)


def make_in_box(worker: Sequence[str], data: bytes, limits: Limits, begins: bytes) -> bytes:
    """Returns what ``worker`` makes of ``data``, which begins with ``begins``. Raises ``SetterFailed``."""
    child = subprocess.Popen(  # noqa: S603
        [*worker, str(limits.megabytes), str(limits.seconds)],
        cwd="/",
        env=bare_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    clock = Timer(2 * limits.seconds, child.kill)
    clock.start()
    try:
        written = _ask(child, data, limits.bytes)
        ended = child.wait() if written is not None else None
    finally:
        clock.cancel()
        child.kill()
        child.wait()
    if ended != 0 or not written or not written.startswith(begins):
        log.error("a setter of pages or pictures ended with %s", ended)
        raise SetterFailed
    return written


def _ask(child: subprocess.Popen[bytes], asked: bytes, most: int) -> bytes | None:
    """Returns what the child writes, at most ``most`` bytes; None where it wants to write more or takes no words."""
    assert child.stdin is not None and child.stdout is not None
    with child.stdout:
        try:
            with child.stdin:
                child.stdin.write(asked)  # it reads all before it writes
        except OSError:
            return None
        written = child.stdout.read(most + 1)
    return written if len(written) <= most else None
