"""A worker of Typst that was taken over: instead of drawing it tries what the box forbids, and tells what succeeded."""

from __future__ import annotations

_PROGRAM = """
import json, os, socket, subprocess, sys
from lawcompare.engine.sandbox import maker
from lawcompare.engine.writing import typeset
place, secret = sys.argv.pop(1), sys.argv.pop(1)
ATTACKS = {{
    "a secret": lambda: open(secret).read(),
    "the parent's environment": lambda: open(f"/proc/{{os.getppid()}}/environ", "rb").read(),
    "a file": lambda: open(f"{{place}}/new", "w"),
    "a program": lambda: subprocess.run(["/bin/true"], check=True),
    "a socket": lambda: socket.socket().close(),
}}
def attack_all(data, *_rest):
    succeeded = []
    for name, attack in ATTACKS.items():
        try:
            attack()
        except (OSError, subprocess.SubprocessError):
            continue
        succeeded.append(name)
    return {begins!r} + json.dumps([succeeded, "SECRET_KEY" in os.environ, data["title"]]).encode()
typeset.{function} = attack_all
sys.exit(maker.main({task!r}, 0, int(sys.argv[1]), int(sys.argv[2])))
"""


def hostile_program(task: str, function: str, begins: bytes) -> str:
    """The program, for ``python -c``; its first two arguments are a folder to write in and a secret to read.

    ``function`` of ``typeset``, which does ``task``, is replaced; what comes out begins with ``begins``, then JSON: the
    attacks that succeeded, whether the secret key is in the environment, the title that was handed in.
    """
    return _PROGRAM.format(task=task, function=function, begins=begins)
