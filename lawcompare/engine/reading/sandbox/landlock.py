"""Landlock: a process takes away from itself, for good, the files it does not need. Needs no privilege and no library.

The numbers are those of the kernel's interface (linux/landlock.h), the same on every architecture.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
EXECUTE, READ_FILE, READ_DIR = 1 << 0, 1 << 2, 1 << 3
# How many rights to files each version of the interface knows. What a version knows is handled, and so refused.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
TCP_RIGHTS_SINCE, TCP_RIGHTS = 4, 0b11  # bind, connect
SCOPES_SINCE, SCOPES = 6, 0b11  # abstract sockets of others, signals to others

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The version of the kernel's interface, 0 where it has none or it is switched off."""
    return max(0, _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION))


def restrict(readable: Iterable[Path]) -> None:
    """Let this thread, and what it starts, read what lies under ``readable`` and no other file.

    Nothing can be written, made, removed or executed; where the kernel knows how, no TCP port is bound or reached and
    no signal is sent to others. Threads that run already are not held. Raises ``OSError`` where the kernel refuses;
    ``PR_SET_NO_NEW_PRIVS`` must be set.
    """
    known = version()
    if not known:
        raise OSError("the kernel has no Landlock")
    rights = (1 << FILE_RIGHTS[min(known, max(FILE_RIGHTS))]) - 1
    attributes = struct.pack(
        "=QQQ", rights, TCP_RIGHTS if known >= TCP_RIGHTS_SINCE else 0, SCOPES if known >= SCOPES_SINCE else 0
    )
    size = 24 if known >= SCOPES_SINCE else 16 if known >= TCP_RIGHTS_SINCE else 8
    ruleset = _call(CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    try:
        for path in readable:
            _allow(ruleset, path)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # it is not on this machine
        return
    try:
        allowed = READ_FILE | READ_DIR if path.is_dir() else READ_FILE
        _call(ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", allowed, place), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc.syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
