"""The arrows of docs/architecture.md, checked wherever the tests run."""

import subprocess
import sys

from tests.conftest import ROOT

# In a process of its own: import-linter configures logging and would silence the loggers of the tests that follow.
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_rooms_know_only_the_rooms_below_them():
    done = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
