"""Our outputs under other people's tools: ``make outside``, or one part: ``python -m tests.tools.outside html``.

Tools of npm are installed into ``var/outside`` as the lock file has them, with all they bring, without their own
scripts. A tool that is missing or breaks down is named with the reason and skipped; with ``REQUIRE=outside`` it is a
failure. Ends with 1 where a tool found an error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.serving import prepare, serving
from tests.conftest import ROOT
from tests.tools.outside import parts

FOLDER = ROOT / "var" / "outside"
SECONDS_TO_INSTALL = 300
# The second is made by ``npm install --package-lock-only --omit-lockfile-registry-resolved``. The override is for one
# that asks for "latest" of another: without it the lock file would not hold tomorrow.
PINNED = ("package.json", "package-lock.json")


def install() -> str:
    """Install the tools of npm; returns why they are missing, or nothing."""
    if shutil.which("npm") is None:
        return "npm is not installed"
    FOLDER.mkdir(parents=True, exist_ok=True)
    asked = {name: (ROOT / "tests/tools/outside" / name).read_text("utf-8") for name in PINNED}
    if (FOLDER / "ready").exists() and all((FOLDER / name).read_text("utf-8") == asked[name] for name in PINNED):
        return ""
    (FOLDER / "ready").unlink(missing_ok=True)
    for name in PINNED:
        (FOLDER / name).write_text(asked[name], "utf-8")
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=SECONDS_TO_INSTALL)
    except subprocess.TimeoutExpired:
        return f"npm did not install them within {SECONDS_TO_INSTALL} seconds"
    if done.returncode:
        return f"npm could not install them: {done.stderr.strip()[-200:]}"
    (FOLDER / "ready").touch()
    return ""


def run(names: list[str], base: str, missing: str) -> tuple[list[str], list[str]]:
    """Returns the errors that were found, and what was skipped with its reason."""
    errors, skipped = [], []
    for name in names:
        print(f"--- {name}", flush=True)
        try:
            errors += [f"{name}: {one}" for one in parts.PARTS[name](base, FOLDER, missing)]
        except parts.ToolMissing as reason:
            skipped.append(f"{name}: {reason}")
        except Exception as error:
            # A tool that broke down says nothing of what it was to look at.
            skipped.append(f"{name}: it broke down: {type(error).__name__}: {str(error)[:200]}")
    return errors, skipped


def main() -> int:
    parser = argparse.ArgumentParser(description="other people's tools on our outputs")
    parser.add_argument("parts", nargs="*", choices=[[], *parts.PARTS], default=[])
    options = parser.parse_args()
    names, missing = options.parts or list(parts.PARTS), install()
    with tempfile.TemporaryDirectory(prefix="lawcompare-outside-") as folder:
        data = prepare(Path(folder))
        with serving(data, Path(folder) / "log") as base:
            errors, skipped = run(names, base, missing)
    for sentence in errors[:60]:
        print(f"ERROR {sentence}")
    for sentence in skipped:
        print(f"SKIPPED {sentence}")
    is_required = "outside" in os.environ.get("REQUIRE", "").split(",")
    print(f"{len(errors)} errors; {len(skipped)} parts skipped.")
    return 1 if errors or (skipped and is_required) else 0


if __name__ == "__main__":
    sys.exit(main())
