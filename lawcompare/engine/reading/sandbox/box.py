"""The box in which a stranger's file is read: no secrets, no other files, no network, no new process, limits.

``enter`` is called in the reader's process before anything of the file is touched and before a library that reads it is
loaded, so that all code that meets the file runs inside. Three layers of the kernel, each of which needs no privilege:
namespaces (``namespaces.py``), Landlock (``landlock.py``) and seccomp (``seccomp.py``); then limits (``limits.py``).
Where the kernel refuses one of them, the others hold, and ``enter`` says which is missing.
"""

import ctypes
import os
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from lawcompare.engine.reading.sandbox import landlock, namespaces, seccomp
from lawcompare.engine.reading.sandbox.limits import confine

NAMESPACES, LANDLOCK, SECCOMP = "namespaces", "landlock", "seccomp"
LAYERS = (NAMESPACES, LANDLOCK, SECCOMP)

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38

# Programs' libraries and what loads them; what recognition of pictures has been taught.
SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo",
          "/usr/share/tesseract-ocr", "/usr/share/tessdata", "/dev/null", "/dev/urandom")  # fmt: skip
ENGINE = Path(__file__).resolve().parents[2]


def needed_paths() -> list[Path]:
    """What reading opens: Python, its packages, the engine, the libraries of the system. No settings and no data."""
    named = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    paths = [ENGINE, *map(Path, named), *map(Path, SYSTEM)]
    if sys.base_prefix != "/usr":
        paths.append(Path(sys.base_prefix) / "lib")
    if taught := os.environ.get("TESSDATA_PREFIX"):
        paths.append(Path(taught))
    return list(dict.fromkeys(path.resolve() for path in paths if path.exists()))


def enter(memory: int, seconds: int) -> list[str]:
    """Enter the box for good, while there is one thread. Returns those of LAYERS that the machine does not give.

    ``memory`` in megabytes of address space, ``seconds`` of processor time.
    """
    paths = needed_paths()
    is_linux = sys.platform == "linux"
    missing = [] if is_linux and _is_taken(lambda: namespaces.leave(paths)) else [NAMESPACES]
    if is_linux:
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # nobody of the same user looks into its memory
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # without it the kernel takes no filter from who is not root
    if not (is_linux and _is_taken(lambda: landlock.restrict(paths))):
        missing.append(LANDLOCK)
    confine(memory, seconds)
    if not (is_linux and _is_taken(seccomp.restrict)):
        missing.append(SECCOMP)
    return missing


def _is_taken(layer: Callable[[], None]) -> bool:
    try:
        layer()
    except OSError:
        return False
    return True
