"""The box in which strangers' files are read and their words set: no secret, no other file, network or process, limits.

``enter`` is called in a process of its own before anything of the file is touched and before a library that reads it is
loaded, so that all code that meets the file runs inside. Three layers of the kernel, each of which needs no privilege
and no library: namespaces, Landlock and seccomp (``seccomp.py``); then limits. Where the kernel refuses one of them,
the others hold, and ``enter`` says which is missing.
"""

import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path

from lawcompare.engine.sandbox import seccomp

NAMESPACES, LANDLOCK, SECCOMP = "namespaces", "landlock", "seccomp"
LAYERS = (NAMESPACES, LANDLOCK, SECCOMP)

# Programs' libraries and what loads them; what recognition of pictures has been taught.
SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo",
          "/usr/share/tesseract-ocr", "/usr/share/tessdata", "/dev/null", "/dev/urandom")  # fmt: skip
ENGINE = Path(__file__).resolve().parents[1]
# What an empty folder is laid over, or over what is beside the needed in it: other processes, and where files are kept.
COVERED = ("/proc", "/sys", "/run", "/dev/shm", "/tmp", "/var", "/home", "/root", "/srv", "/mnt", "/media", "/boot")  # noqa: S108

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, SIGEV_SIGNAL = 1, 4, 38, 0
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 1 << 18
# Of linux/mount.h, since Linux 5.12, the same on every architecture.
MOUNT_SETATTR, AT_RECURSIVE, MOUNT_RDONLY = 442, 0x8000, 1
# Of the kernel's interface linux/landlock.h, the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION, RULE_PATH_BENEATH = 1, 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
# How many rights to files each version of the interface knows. What a version knows is handled, and so refused.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
TCP_RIGHTS_SINCE, TCP_RIGHTS = 4, 0b11  # bind, connect
SCOPES_SINCE, SCOPES = 6, 0b11  # abstract sockets of others, signals to others

_libc = ctypes.CDLL(None, use_errno=True)


def end_with(starter: int, seconds: int = 0) -> None:
    """Have this process end with ``starter``, which started it, and ``seconds`` from now, asleep or at work.

    The kernel sees to both, and nothing inside the box takes them back. Call it before anything else is done.
    """
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != starter:  # it ended before it could be heard of
        os._exit(1)
    if seconds and sys.platform == "linux":
        timer = ctypes.c_void_p()
        event = struct.pack("@Pii48x", 0, signal.SIGKILL, SIGEV_SIGNAL)  # which, unlike an alarm, cannot be ignored
        _check(_libc.timer_create(time.CLOCK_MONOTONIC, event, ctypes.byref(timer)))
        _check(_libc.timer_settime(timer, 0, struct.pack("@4l", 0, 0, seconds, 0), None))


def end_as_told() -> None:
    """``end_with``, of a program whose starter says in its environment who it is and how long it may take."""
    end_with(int(os.environ.get("STARTED_BY", os.getppid())), int(os.environ.get("SECONDS_MAX", 0)))


def end_first() -> None:
    """Have the kernel end this process before all others where the machine, or its service, is short of memory.

    Call it before ``enter``, which shuts /proc. Anybody may make a process of their own likelier to be ended.
    """
    with suppress(OSError):  # not Linux, or /proc is not there
        Path("/proc/self/oom_score_adj").write_text("1000")


def enter(memory: int, seconds: int) -> list[str]:
    """Enter the box for good, while there is one thread. Returns those of LAYERS that the machine does not give.

    ``memory`` in megabytes of address space, ``seconds`` of processor time.
    """
    if sys.platform != "linux":
        confine(memory, seconds)
        return list(LAYERS)
    paths = needed_paths()
    missing: list[str] = []

    def take(name: str, layer: Callable[[], None]) -> None:
        try:
            layer()
        except OSError:
            missing.append(name)

    take(NAMESPACES, lambda: leave_namespaces(paths))
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # nobody of the same user looks into its memory
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # without it the kernel takes no filter from who is not root
    take(LANDLOCK, lambda: restrict_files(paths))
    confine(memory, seconds)
    take(SECCOMP, seccomp.restrict)
    return missing


def needed_paths() -> list[Path]:
    """What reading opens, as it is named and as it is: Python, its packages, the engine, the libraries of the system.

    No settings and no data.
    """
    named = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    paths = [ENGINE, *map(Path, named), *map(Path, SYSTEM)]
    if sys.base_prefix != "/usr":
        paths.append(Path(sys.base_prefix) / "lib")
    if taught := os.environ.get("TESSDATA_PREFIX"):
        paths.append(Path(taught))
    return list(dict.fromkeys(one for path in paths if path.exists() for one in (path.absolute(), path.resolve())))


def confine(memory: int, seconds: int) -> None:
    """Take away, for good, what reading does not need of the machine.

    ``memory`` in megabytes of address space, ``seconds`` of processor time; beyond the one an allocation fails, beyond
    the other the kernel ends the process. It can write no file, start no process, open few, and leaves no core.
    """
    for kind, limit in (
        (resource.RLIMIT_AS, memory * 1024 * 1024),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        resource.setrlimit(kind, (limit, limit) if most == resource.RLIM_INFINITY else (min(limit, most),) * 2)


# Namespaces: an empty network, and no other process to be seen.


def leave_namespaces(needed: Collection[Path]) -> None:
    """Leave the network, the other processes and the folders of the machine that hold nothing of ``needed``.

    What remains of the machine's files can be changed in no way.

    Raises ``OSError`` where the kernel refuses, as in many containers; the process has then lost nothing or a part.
    Call it while there is one thread.
    """
    user, group = os.geteuid(), os.getegid()
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNS | os.CLONE_NEWNET | os.CLONE_NEWIPC | os.CLONE_NEWUTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _check(_libc.mount(None, b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None))
    for folder in COVERED:
        if os.path.isdir(folder):
            _cover(Path(folder), needed)
    # Of what cannot be covered, such as files beside the engine, nothing is changed either: no rights, owner or times.
    _check(_libc.syscall(MOUNT_SETATTR, -1, b"/", AT_RECURSIVE, struct.pack("=QQQQ", MOUNT_RDONLY, 0, 0, 0), 32))


def _cover(folder: Path, needed: Collection[Path]) -> None:
    """Lay an empty folder over one that holds nothing of ``needed``, else over what is beside the needed in it."""
    if not any(path.is_relative_to(folder) for path in needed):
        flags = ctypes.c_ulong(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
        _check(_libc.mount(b"none", bytes(folder), b"tmpfs", flags, None))
    elif folder not in needed and os.access(folder, os.R_OK):
        for entry in list(os.scandir(folder)):
            try:
                if entry.is_dir(follow_symlinks=False):
                    _cover(Path(entry.path), needed)
            except FileNotFoundError:  # it went meanwhile
                continue


# Landlock: the files that are not needed.


def landlock_version() -> int:
    """The version of the kernel's interface, 0 where it has none or it is switched off."""
    return max(0, _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION))


def restrict_files(readable: Iterable[Path]) -> None:
    """Let this thread, and what it starts, read what lies under ``readable`` and no other file.

    Nothing can be written, made, removed or executed; where the kernel knows how, no TCP port is bound or reached and
    no signal is sent to others. Threads that run already are not held. Raises ``OSError`` where the kernel refuses;
    ``PR_SET_NO_NEW_PRIVS`` must be set.
    """
    known = landlock_version()
    if not known:
        raise OSError("the kernel has no Landlock")
    rights = (1 << FILE_RIGHTS[min(known, max(FILE_RIGHTS))]) - 1
    attributes = struct.pack(
        "=QQQ", rights, TCP_RIGHTS if known >= TCP_RIGHTS_SINCE else 0, SCOPES if known >= SCOPES_SINCE else 0
    )
    size = 24 if known >= SCOPES_SINCE else 16 if known >= TCP_RIGHTS_SINCE else 8
    ruleset = _check(_libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(size), 0))
    try:
        for path in readable:
            try:
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:  # it is not on this machine
                continue
            try:
                rule = struct.pack("=Qi", READ_FILE | READ_DIR if path.is_dir() else READ_FILE, place)
                _check(_libc.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0))
            finally:
                os.close(place)
        _check(_libc.syscall(RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _check(result: int) -> int:
    """What a call to the kernel gave; raises ``OSError`` where it refused."""
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
