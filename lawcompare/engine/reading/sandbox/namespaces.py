"""Namespaces: a process of its own in an empty network, that sees no other process. The kernel may refuse them."""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

# What an empty folder is laid over, where nothing that is needed lies in it: other processes, and where files are kept.
COVERED = ("/proc", "/sys", "/run", "/dev/shm", "/tmp", "/var", "/home", "/root", "/srv", "/mnt", "/media", "/boot")  # noqa: S108
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 1 << 18

_libc = ctypes.CDLL(None, use_errno=True)


def leave(needed: Iterable[Path]) -> None:
    """Leave the network, the other processes and the folders of the machine that hold nothing of ``needed``.

    Raises ``OSError`` where the kernel refuses, as in many containers; the process has then lost nothing or a part.
    Call it while there is one thread.
    """
    user, group = os.geteuid(), os.getegid()
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNS | os.CLONE_NEWNET | os.CLONE_NEWIPC | os.CLONE_NEWUTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    paths = [path.resolve() for path in needed]
    for folder in COVERED:
        if Path(folder).is_dir() and not any(path.is_relative_to(folder) for path in paths):
            _mount("none", folder, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)


def _mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    words = [word.encode() if word is not None else None for word in (source, target, kind)]
    if _libc.mount(*words, ctypes.c_ulong(flags), None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)
