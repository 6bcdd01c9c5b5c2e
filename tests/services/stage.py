"""A production site on private servers: its environment, its commands, its workers and its pages."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2

from tests.conftest import ROOT
from tests.services.commands import Started, run, start
from tests.services.private import wait_for_port

SECONDS_TO_END = 30


def production(database: str, broker: str, data: Path, **more: str) -> dict[str, str]:
    """The environment of a production site."""
    environment = {name: value for name, value in os.environ.items() if name not in {"EMBEDDED", "DEBUG", "TASKS"}}
    environment |= {
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "SECRET_KEY": "only-for-this-test-" * 4,
        "ORIGINALS_KEY": "encrypts-uploads-of-this-test-" * 2,
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "off",
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
    }
    return environment | more


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a process group of its own, ended with the test."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with _ended_with_the_test(process):
        yield process


@contextmanager
def _ended_with_the_test(process: subprocess.Popen[bytes] | Started) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            kill(process)


def kill(process: subprocess.Popen[bytes] | Started) -> None:
    """End a program and its children as the kernel does when memory runs out."""
    with suppress(ProcessLookupError):  # it has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(SECONDS_TO_END)


@contextmanager
def worker(environment: dict[str, str], *more: str) -> Iterator[Started]:
    """A worker with one process for its tasks, as the guide starts it."""
    options = ["-A", "lawcompare", "worker", "--concurrency", "1", "--loglevel", "WARNING", *more]
    process = start(environment, "celery", *options)
    try:
        yield process
    finally:
        kill(process)  # asked to end, it takes seconds, in which nobody waits for anything of it


@contextmanager
def web(environment: dict[str, str], port: int, *more: str) -> Iterator[Started]:
    """The site, answering on a port of this machine when the block begins."""
    command = ["gunicorn", "lawcompare.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    process = start(environment, *command, *more)
    with _ended_with_the_test(process):
        wait_for_port(port, process)
        yield process


def manage(environment: dict[str, str], *args: str) -> str:
    done = run(environment, *args)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ask(database: str, query: str) -> list[tuple[Any, ...]]:
    """Rows of the database, read beside the site."""
    connection = psycopg2.connect(database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


@contextmanager
def unwritable(database: str, table: str) -> Iterator[None]:
    """Nobody writes to the table within the block: a worker that is about to waits there, in the middle of its work."""
    connection = psycopg2.connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield
    finally:
        connection.close()


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not after {seconds} s: {what}"
        time.sleep(0.05)
