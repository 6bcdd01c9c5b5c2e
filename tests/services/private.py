"""Private PostgreSQL and Redis servers for tests: on loopback, in a temporary folder, ended with the test.

``python -m tests.services.private COMMAND …`` runs a command with both, named by DATABASE_URL and REDIS_URL.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

SECONDS_TO_START = 30


class NotHere(Exception):
    """A server program is not installed; the message says which package has it."""


def find_program(name: str, package: str) -> str:
    program = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if program is None:
        raise NotHere(f"{name} is not installed (apt-get install {package})")
    return program


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgreSQL:
    """A PostgreSQL of one's own, that can be stopped, killed and started again on the same data.

    It begins empty, or with a copy of the data of one that was shut down.
    """

    def __init__(self, template: Path | None = None) -> None:
        self._initdb, self._pg_ctl = (find_program(name, "postgresql") for name in ("initdb", "pg_ctl"))
        self.folder = Path(tempfile.mkdtemp(prefix="lawcompare-pg-"))
        self.data, self._template = self.folder / "data", template
        self._as_server = _as_server_user(self.folder)
        self.port = free_port()
        self.url = f"postgres://app@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        if self._template:
            _copy_data(self._template, self.data)
            return
        _run([*self._as_server, self._initdb, "-D", str(self.data), "-U", "app", "--auth=trust", "-E", "UTF8",
              "--locale=C.UTF-8", "--no-sync"])  # fmt: skip

    def start(self, *more: str) -> None:
        environment = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "fsync": "off",
        }
        options = " ".join([*(f"-c {name}={value}" for name, value in environment.items()), *more])
        _run(
            [
                *self._as_server,
                self._pg_ctl,
                "-D",
                str(self.data),
                "-w",
                "-l",
                f"{self.folder}/log",
                "-o",
                options,
                "start",
            ]
        )

    def stop(self) -> None:
        """At once, as when the power goes: open transactions are lost."""
        self._stop("immediate")

    def shut_down(self) -> None:
        """In order, so that its data can be copied."""
        self._stop("fast")

    def copy_data(self, folder: Path) -> None:
        """What another may begin with. Only while this one is shut down."""
        _copy_data(self.data, folder)

    def _stop(self, mode: str) -> None:
        _run([*self._as_server, self._pg_ctl, "-D", str(self.data), "-m", mode, "stop"])

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _copy_data(data: Path, folder: Path) -> None:
    _run(["cp", "-a", str(data), str(folder)])  # with its owner, who alone may read it


@contextmanager
def postgresql_server(template: Path | None = None) -> Iterator[PostgreSQL]:
    server = PostgreSQL(template)
    try:
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        server.remove()


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of one's own; gives its DATABASE_URL."""
    with postgresql_server() as server:
        yield server.url


def _as_server_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as the user its package made."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", "postgres", "--"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} … ended with {done.returncode}: {done.stderr.strip()}")


class Redis:
    """A Redis of one's own that keeps nothing on disk: killed, it has lost all that was in it."""

    def __init__(self) -> None:
        self._program = find_program("redis-server", "redis-server")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
        )
        wait_for_port(self.port, self.process)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


@contextmanager
def redis_server() -> Iterator[Redis]:
    server = Redis()
    try:
        server.start()
        yield server
    finally:
        server.kill()


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of one's own; gives its REDIS_URL."""
    with redis_server() as server:
        yield server.url


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} ended with {process.returncode} before it listened")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args} does not listen on port {port} after {SECONDS_TO_START} s")


def main(command: list[str]) -> int:
    try:
        with ExitStack() as servers:
            database, broker = servers.enter_context(postgresql()), servers.enter_context(redis())
            environment = os.environ | {"DATABASE_URL": database, "REDIS_URL": broker, "TASKS": "inline"}
            return subprocess.run(command, env=environment, check=False).returncode
    except NotHere as reason:
        print(f"Not run on PostgreSQL and Redis: {reason}.")
        return 1 if "services" in os.environ.get("REQUIRE", "").split(",") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
