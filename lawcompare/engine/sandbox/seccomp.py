"""seccomp: a process takes away from itself, for good, the system calls it does not need. No privilege, no library.

A list of what is allowed, so that a call the kernel learns later is refused. What is refused gives an error number,
which libraries take as they take a kernel that lacks the call. Numbers are those of the architectures servers have.
"""

import ctypes
import errno
import os
import platform
import struct

# Of each: the number on x86-64, the number on ARM 64; None where that has none.
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # Reading what is open, and looking at files (which of them, Landlock says).
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "close": (3, 57),
    "lseek": (8, 62), "fstat": (5, 80), "newfstatat": (262, 79), "statx": (332, 291), "stat": (4, None),
    "lstat": (6, None), "getdents64": (217, 61), "getcwd": (79, 17), "readlink": (89, None), "readlinkat": (267, 78),
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "statfs": (137, 43), "fstatfs": (138, 44),
    "fadvise64": (221, 223), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "poll": (7, None),
    "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72), "pipe2": (293, 59), "eventfd2": (290, 19),
    # Memory, threads and their locks.
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "madvise": (28, 233),
    "brk": (12, 214), "mincore": (27, 232), "futex": (202, 98), "set_robust_list": (273, 99),
    "get_robust_list": (274, 100), "rseq": (334, 293), "membarrier": (324, 283), "arch_prctl": (158, None),
    "set_tid_address": (218, 96), "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "getcpu": (309, 168),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120), "get_mempolicy": (239, 236),
    # The process itself.
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173),
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getrlimit": (97, 163), "getrusage": (98, 165), "getpriority": (140, 141), "sysinfo": (99, 179),
    "uname": (63, 160), "times": (100, 153), "exit": (60, 93), "exit_group": (231, 94), "getrandom": (318, 278),
    # Time.
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101),
    "gettimeofday": (96, 169), "time": (201, None),
}  # fmt: skip
# Allowed with some arguments, see ``_program``.
OPEN, OPENAT, CLONE, CLONE3, OPENAT2 = (2, None), (257, 56), (56, 220), (435, 435), (437, 437)
FCNTL, IOCTL, PRCTL, PRLIMIT64 = (72, 25), (16, 29), (157, 167), (302, 261)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CLONE_THREAD = 0x00010000
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC: none of those that send signals or lock.
FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)
IOCTL_REQUESTS = (0x5401, 0x5450, 0x5451)  # is it a terminal; close on exec, and not
PRCTL_OPTIONS = (15, 16, 0x53564D41)  # names of threads and of memory

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
X32_BIT = 0x40000000

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # places in struct seccomp_data
SET_MODE_FILTER, ALL_THREADS = 1, 1
SECCOMP = {"x86_64": 317, "aarch64": 277}

Instruction = tuple[int, int, int, int]

_libc = ctypes.CDLL(None, use_errno=True)


def restrict() -> None:
    """Let all threads of this process make the calls that reading needs, and no other.

    No process is started, no program executed, no socket made, no file opened for writing, no signal sent. Raises
    ``OSError`` where the kernel refuses or the architecture is another; ``PR_SET_NO_NEW_PRIVS`` must be set.
    """
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(f"no list of system calls for {machine}")
    program = _program(*ARCHITECTURES[machine])
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in program))
    # struct sock_fprog: a short, padded to the size of a pointer, and the pointer.
    described = struct.pack("@HP", len(program), ctypes.addressof(code))
    if _libc.syscall(SECCOMP[machine], SET_MODE_FILTER, ALL_THREADS, described) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _program(column: int, architecture: int) -> list[Instruction]:
    """The filter, as instructions of the kernel's packet filter."""
    program = [_load(ARCHITECTURE), (EQUAL, 1, 0, architecture), _return(KILL), _load(NUMBER)]
    if column == 0:  # the other calling convention of the same processor
        program += [(AT_LEAST, 0, 1, X32_BIT), _return(KILL)]
    for numbers in ALLOWED.values():
        program += _when(numbers[column], [_return(ALLOW)])
    refused, missing = _error(errno.EACCES), _error(errno.ENOSYS)
    reading_only = [(ANY_BIT, 0, 1, WRITING), refused, _return(ALLOW)]
    program += _when(OPEN[column], [_argument(1), *reading_only])
    program += _when(OPENAT[column], [_argument(2), *reading_only])
    program += _when(CLONE[column], [_argument(0), (ANY_BIT, 0, 1, CLONE_THREAD), _return(ALLOW), refused])
    # Their flags lie in memory, where a filter cannot look; the C library then uses the older ones.
    program += _when(CLONE3[column], [missing]) + _when(OPENAT2[column], [missing])
    program += _when(FCNTL[column], [_argument(1), *_one_of(FCNTL_COMMANDS), refused])
    program += _when(IOCTL[column], [_argument(1), *_one_of(IOCTL_REQUESTS), _error(errno.ENOTTY)])
    program += _when(PRCTL[column], [_argument(0), *_one_of(PRCTL_OPTIONS), refused])
    # Its own limits, to be read: no process by number and no new value.
    asks = [_argument(0), (EQUAL, 1, 0, 0), refused]
    for half in (0, 4):
        asks += [_load(ARGUMENTS + 8 * 2 + half), (EQUAL, 1, 0, 0), refused]
    program += _when(PRLIMIT64[column], [*asks, _return(ALLOW)])
    return [*program, _error(errno.EPERM)]


def _load(place: int) -> Instruction:
    return (LOAD, 0, 0, place)


def _argument(number: int) -> Instruction:
    """Loads the lower half of an argument, which is all of an int. Both architectures have it first."""
    return _load(ARGUMENTS + 8 * number)


def _return(action: int) -> Instruction:
    return (RETURN, 0, 0, action)


def _error(number: int) -> Instruction:
    return _return(0x00050000 | number)


def _when(call: int | None, then: list[Instruction]) -> list[Instruction]:
    """The instructions for one call, which end with a return; others go on after them."""
    return [] if call is None else [(EQUAL, 0, len(then), call), *then]


def _one_of(values: tuple[int, ...]) -> list[Instruction]:
    return [one for value in values for one in ((EQUAL, 0, 1, value), _return(ALLOW))]
