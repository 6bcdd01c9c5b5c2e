"""The arrows of docs/architecture.md, checked wherever the tests run."""

from importlinter.cli import lint_imports

from tests.conftest import ROOT


def test_rooms_know_only_the_rooms_below_them():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0
