"""A reader that was taken over by its file, inside the real box: it gets no secret, no file, no process, no socket."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache

from lawcompare.core.jobs.registry import ignore_progress
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.sandbox.box import LANDLOCK, LAYERS, NAMESPACES, SECCOMP
from lawcompare.laws.uploads import sandbox
from lawcompare.laws.uploads.sandbox import measure_box, read_in_sandbox
from tests.conftest import ROOT

# In place of reading: every attack is tried, and those that succeed are the sentence by which the file is refused.
# ``switched_off`` are layers that the kernel seems to refuse.
EVIL = """
import ctypes, json, os, signal, socket, subprocess, sys, threading
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.sandbox import box, reader, seccomp
place, port, socket_path, switched_off = json.loads(sys.argv.pop(1))
parent, libc = os.getppid(), ctypes.CDLL(None, use_errno=True)

def refuse(*_):
    raise OSError("not on this kernel")
for name in switched_off:
    module, function = {"namespaces": (box, "leave_namespaces"), "landlock": (box, "restrict_files"),
                        "seccomp": (seccomp, "restrict")}[name]
    setattr(module, function, refuse)

def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")

def forked(start):
    pid = start()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)

def connect(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as one:
        one.connect(address)

def write(name):
    with open(f"{place}/{name}", "w"):
        pass

READS = {
    "a secret's file": lambda: open(f"{place}/secret").read(),
    "the parent's environment": lambda: open(f"/proc/{parent}/environ", "rb").read(),
    "its own environment": lambda: open("/proc/self/environ", "rb").read(),
    "the parent's memory": lambda: open(f"/proc/{parent}/mem", "rb"),
    "the parent's program": lambda: os.readlink(f"/proc/{parent}/exe"),
    "the parent's files": lambda: os.listdir(f"/proc/{parent}/fd"),
    "memory by another way": lambda: call(310, parent, None, 0, None, 0, 0),
    "tracing": lambda: call(101, 0x4206, parent, 0, 0),
    "accounts": lambda: open("/etc/passwd").read(),
    "the site's settings": lambda: open("SETTINGS").read(),
    "its database": lambda: os.listdir(place),
    "keys of the kernel": lambda: call(250, 0, -3, 1),
}
SEES = {
    "a list of processes": lambda: os.listdir("/proc").index(str(parent)),
    "whether a process runs": lambda: os.stat(f"/proc/{parent}"),
}
SOCKETS = {
    "TCP": lambda: connect(socket.AF_INET, ("127.0.0.1", port)),
    "TCP over IPv6": lambda: socket.socket(socket.AF_INET6).close(),
    "UDP": lambda: connect(socket.AF_INET, ("127.0.0.1", port), socket.SOCK_DGRAM),
    "a socket of a database": lambda: connect(socket.AF_UNIX, socket_path),
    "a pair": lambda: socket.socketpair()[0].close(),
    "the kernel": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "by io_uring": lambda: call(425, 1, ctypes.create_string_buffer(120)),
}
PROCESSES = {
    "fork": lambda: forked(os.fork),
    "spawn": lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0),
    "a shell": lambda: subprocess.run(["/bin/sh", "-c", "true"], check=True),
    "clone": lambda: forked(lambda: libc.syscall(56, signal.SIGCHLD, 0, 0, 0, 0)),
    "clone3": lambda: call(435, ctypes.create_string_buffer(88), 0),
    "another namespace": lambda: call(272, 0x10000000),
    "a signal": lambda: os.kill(parent, 0),
    "a file in memory to execute": lambda: call(319, b"x", 0),
}
WRITES = {
    "a new file": lambda: write("new"),
    "an old file": lambda: os.close(os.open(f"{place}/secret", os.O_WRONLY)),
    "an appended file": lambda: os.close(os.open(f"{place}/secret", os.O_RDONLY | os.O_APPEND)),
    "a file that is emptied": lambda: os.truncate(f"{place}/secret", 0),
    "a file without a name": lambda: os.close(os.open(place, os.O_TMPFILE | os.O_RDWR)),
    "a folder": lambda: os.mkdir(f"{place}/folder"),
    "a link": lambda: os.symlink("/etc/passwd", f"{place}/link"),
    "another name": lambda: os.rename(f"{place}/secret", f"{place}/other"),
    "removal": lambda: os.remove(f"{place}/secret"),
    "rights": lambda: os.chmod(f"{place}/secret", 0o777),
    "rights beside the program": lambda: os.chmod("SETTINGS", os.stat("SETTINGS").st_mode),
    "rights of the program": lambda: os.chmod(reader.__file__, 0o644),
    "rights of a program of the system": lambda: os.chmod("/usr/lib", 0o755),
    "an owner": lambda: os.chown(reader.__file__, os.geteuid(), os.getegid()),
    "a time": lambda: os.utime(reader.__file__),
    "a mark": lambda: os.setxattr(reader.__file__, "user.mark", b"x"),
    "beside the program": lambda: open(reader.__file__, "a").close(),
    "a limit": lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_CPU, (1, 1)),
}

def evil(data, **options):
    succeeded = {}
    for kind, attacks in {"reads": READS, "sees": SEES, "sockets": SOCKETS, "processes": PROCESSES,
                          "writes": WRITES}.items():
        for name, attack in attacks.items():
            try:
                attack()
            except BaseException as error:
                if not isinstance(error, (OSError, ValueError, subprocess.SubprocessError)):
                    raise
            else:
                succeeded.setdefault(kind, []).append(name)
    thread = threading.Thread(target=lambda: succeeded.update({"data": data.decode()}))
    thread.start()
    thread.join()
    raise ReadingError(json.dumps(succeeded))

reader.read = evil
sys.exit(reader.main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], None))
""".replace("SETTINGS", str(ROOT / "lawcompare" / "settings.py"))

pytestmark = [
    pytest.mark.verify,
    pytest.mark.skipif(sys.platform != "linux", reason="the box is made of what Linux gives"),
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="the attacks name system calls by their x86-64 numbers"),
]


@pytest.fixture
def attack(settings, monkeypatch, tmp_path):
    """Has the evil reader read a file; gives what it could do, by kind. ``switched_off``: layers it is without."""
    settings.READER_SANDBOX, settings.READER_MEGABYTES, settings.READER_SECONDS = True, 1024, 20
    monkeypatch.setenv("SECRET_KEY", "the-secret-of-the-site")
    place = tmp_path / "data"
    place.mkdir()
    (place / "secret").write_text("a key")
    (place / "secret").chmod(0o666)
    path = str(tmp_path / "database.sock")

    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(path)
        unix.listen()

        def run(*switched_off: str) -> dict[str, list[str]]:
            options = json.dumps([str(place), tcp.getsockname()[1], path, switched_off])
            monkeypatch.setattr(sandbox, "READER", [sys.executable, "-c", EVIL, options])
            with pytest.raises(ReadingError) as refused:
                read_in_sandbox(b"the file", "x.txt", None, ignore_progress)
            succeeded = json.loads(str(refused.value))
            assert succeeded.pop("data") == "the file", "threads work, and what the reader was given is there"
            return succeeded

        yield run


def test_a_reader_that_was_taken_over_reads_writes_starts_and_reaches_nothing(attack):
    assert attack() == {}
    assert sandbox.reported_layers() == []


def test_without_namespaces_it_only_sees_that_a_process_runs(attack):
    assert attack(NAMESPACES) == {"sees": ["whether a process runs"]}
    assert sandbox.reported_layers() == [NAMESPACES]


def test_without_landlock_it_still_writes_starts_and_reaches_nothing(attack):
    succeeded = attack(LANDLOCK)
    assert set(succeeded) == {"reads"} and sandbox.reported_layers() == [LANDLOCK]


def test_without_seccomp_it_still_reads_no_secret_writes_nothing_and_reaches_no_machine(attack):
    succeeded = attack(SECCOMP)
    assert succeeded.get("reads", []) in ([], ["keys of the kernel"]) and succeeded["writes"] == ["a limit"]
    assert not {"TCP", "UDP"} & set(succeeded.get("sockets", []))
    assert not {"spawn", "a shell"} & set(succeeded.get("processes", [])), "Landlock lets nothing be executed"


def test_a_reader_without_any_layer_succeeds_so_that_these_tests_can_fail(attack):
    succeeded = attack(*LAYERS)
    assert {"a secret's file", "the parent's environment"} <= set(succeeded["reads"])
    assert {"TCP", "a socket of a database"} <= set(succeeded["sockets"])
    assert {"fork", "a shell"} <= set(succeeded["processes"])
    assert {"whether a process runs"} <= set(succeeded["sees"])
    assert {"a new file", "a file that is emptied", "a folder"} <= set(succeeded["writes"])


def test_the_real_reader_has_the_whole_box_on_this_machine(settings):
    settings.READER_SANDBOX = True
    cache.delete(sandbox.KEY)
    measure_box()
    assert sandbox.reported_layers() == []


def test_where_memory_is_short_the_reader_is_ended_before_all_others():
    words = [sys.executable, "-m", "lawcompare.engine.sandbox.reader", "1024", "20", "x.txt"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None and "missing" in json.loads(child.stdout.readline())  # it is in its box
        assert Path(f"/proc/{child.pid}/oom_score_adj").read_text("utf-8").strip() == "1000"
        child.kill()


def test_what_lies_beside_the_needed_is_covered(tmp_path):
    """As in a clone under a folder that is covered: only what reading needs of it is seen."""
    for name in ("needed", "beside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom lawcompare.engine.sandbox import box\n"
        "place = Path(sys.argv[1])\nbox.COVERED = [place.parent]\nbox.leave_namespaces([place / 'needed'])\n"
        "print([os.listdir(place / name) for name in ('needed', 'beside')])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[['file'], []]", done.stderr


def test_in_a_clone_under_the_folder_for_temporary_files_nothing_is_changed_without_seccomp(tmp_path):
    clone, secret = tmp_path / "clone", tmp_path / "data" / "secret"
    shutil.copytree(ROOT / "lawcompare" / "engine", clone / "lawcompare" / "engine")
    secret.parent.mkdir()
    beside = [clone / ".env", clone / "lawcompare" / "settings.py", tmp_path / "file", secret]
    for path in beside:
        path.write_text("a key")
    (clone / "lawcompare" / "__init__.py").touch()
    program = (
        "import json, os, sys\nfrom lawcompare.engine.sandbox import box, seccomp\n"
        "def refuse():\n    raise OSError('not on this kernel')\n"
        "seccomp.restrict, done = refuse, []\nmissing = box.enter(1024, 20)\n"
        "for path in json.loads(sys.argv[1]):\n"
        "    for change in (lambda: os.chmod(path, 0o777), lambda: os.utime(path), lambda: open(path).read(),\n"
        "                   lambda: os.remove(path), lambda: os.rename(path, path + '2')):\n"
        "        try:\n            change()\n            done.append(path)\n        except OSError:\n            pass\n"
        "print(json.dumps([str(box.ENGINE), missing, done]))"
    )
    command = [
        sys.executable,
        "-c",
        program,
        json.dumps([*map(str, beside), str(clone / "lawcompare" / "__init__.py")]),
    ]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == [str(clone / "lawcompare" / "engine"), [SECCOMP], []], done.stderr
    assert [path.read_text() for path in beside] == ["a key"] * 4
