"""What a process that reads a stranger's file may take of the machine. Called there before the file is opened."""

import resource

MEGABYTE = 1024 * 1024


def confine(memory: int, seconds: int) -> None:
    """Take away, for good, what reading does not need.

    ``memory`` in megabytes of address space, ``seconds`` of processor time; beyond the one an allocation fails, beyond
    the other the kernel ends the process. It can write no file, start no process, open few, and leaves no core.
    """
    for kind, limit in (
        (resource.RLIMIT_AS, memory * MEGABYTE),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        resource.setrlimit(kind, (limit, limit) if most == resource.RLIM_INFINITY else (min(limit, most),) * 2)
