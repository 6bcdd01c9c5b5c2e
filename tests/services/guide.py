"""docs/deploy.md as a program: its settings, commands and units, with the places of a test in those of a machine."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

GUIDE = ROOT / "docs" / "deploy.md"
UNITS = ROOT / "docs" / "deploy"


def quoted_in(section: int) -> str:
    """The shell commands of a section, by its number."""
    text = re.split(r"^## (\d+)\. ", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", text[text.index(str(section)) + 1], re.MULTILINE | re.DOTALL))


def commands(section: int, places: dict[str, str]) -> list[list[str]]:
    """The ``manage …`` commands of a section, in order, each as its arguments."""
    lines = [line for line in quoted_in(section).splitlines() if line.startswith("manage ")]
    commands = [part.strip() for line in lines for part in line.partition("#")[0].split("&&")]
    assert commands and all(part.startswith("manage ") for part in commands)
    return [shlex.split(_placed(part, places))[1:] for part in commands]


def settings(folder: Path) -> dict[str, str]:
    """What the file has that section 3 makes, as a shell and systemd read it."""
    path = folder / "lawcompare.env"
    script = quoted_in(3).replace("/etc/lawcompare.env", str(path)).replace("/etc/lawcompare/", f"{folder}/")
    script = script.replace("python3", sys.executable)
    subprocess.run(["bash", "-euc", script], check=True)
    assert path.stat().st_mode & 0o777 == 0o600
    shown = f"set -a; . {shlex.quote(str(path))}; env -0"
    by_shell = subprocess.run(["env", "-i", "bash", "-c", shown], capture_output=True, text=True, check=True).stdout
    sourced = dict(line.split("=", 1) for line in by_shell.split("\0") if line)
    values = dict(line.split("=", 1) for line in path.read_text("utf-8").splitlines())
    assert values == {name: sourced[name] for name in values}, "systemd reads the file otherwise than a shell"
    return values


def started_by(name: str, places: dict[str, str]) -> list[str]:
    """The command of a unit, of this machine's Python."""
    (line,) = re.findall(r"^ExecStart=(.*)$", (UNITS / f"lawcompare-{name}.service").read_text("utf-8"), re.MULTILINE)
    program, *options = shlex.split(_placed(line, places))
    return [sys.executable, "-m", program.rpartition("/")[2], *options]


def _placed(text: str, places: dict[str, str]) -> str:
    for documented, here in places.items():
        text = text.replace(documented, here)
    return text
