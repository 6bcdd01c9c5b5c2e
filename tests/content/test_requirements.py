"""requirements.txt alone is enough to run the site: nothing that only the tests bring is imported."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT

pytestmark = pytest.mark.content
IMPORT_ALL = """
import importlib.abc, json, pkgutil, sys
forbidden = set(json.loads(sys.argv[1]))

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in forbidden:
            raise ModuleNotFoundError(f"{name} comes with the tests alone", name=name)

sys.meta_path.insert(0, Absent())
import django
django.setup()
import kombu.transport.redis, celery.bin.worker, gunicorn.app.wsgiapp, lawcompare, lawcompare.urls
for module in pkgutil.walk_packages(lawcompare.__path__, "lawcompare."):
    importlib.import_module(module.name)
"""


def installed_with(line: str, names: set[str]) -> None:
    """Add the distribution of a requirement, and those it asks for, to what is found."""
    requirement = Requirement(line)
    name = re.sub(r"[-_.]+", "-", requirement.name).lower()
    extras = sorted(requirement.extras)
    if f"{name}{extras}" in names:
        return
    names.update({name, f"{name}{extras}"})
    for asked in metadata.requires(name) or []:
        marker = Requirement(asked).marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ["", *extras]):
            installed_with(asked, names)


def brought_by_requirements() -> set[str]:
    """The distributions that requirements.txt brings, and what these bring."""
    names: set[str] = set()
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if requirement := line.partition("#")[0].strip():
            installed_with(requirement, names)
    return {name for name in names if "[" not in name}


def test_every_package_asked_for_says_why():
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            assert re.match(r"[\w.-]+(\[\w+\])?==[\w.]+ +# .{10}", line), line


def test_the_licence_of_everything_that_is_brought_along_is_listed():
    page = re.sub(r"[-_.]+", "-", (ROOT / "docs" / "licences.md").read_text("utf-8").lower())
    listed = set(re.findall(r"[a-z0-9][a-z0-9-]*[a-z0-9]", page))
    assert not sorted(brought_by_requirements() - listed), "look their licences up and say them in docs/licences.md"


def licence_of(name: str) -> str:
    values = metadata.metadata(name)
    classified = [one for one in values.get_all("Classifier") or [] if one.startswith("License")]
    return " ".join([values.get("License-Expression") or "", (values.get("License") or "")[:200], *classified])


def test_nothing_that_is_brought_along_is_under_the_agpl_or_the_gpl():
    for name in brought_by_requirements():
        licence = re.sub(r"LGPL|Lesser General Public|GPL-3.0-with-GCC", "", licence_of(name))
        assert not re.search(r"GPL|Affero|General Public", licence), f"{name}: {licence}"


def test_the_site_imports_nothing_that_requirements_txt_does_not_bring():
    brought = brought_by_requirements()
    forbidden = [
        module
        for module, names in metadata.packages_distributions().items()
        if not {re.sub(r"[-_.]+", "-", name).lower() for name in names} & brought
    ]
    command = [sys.executable, "-c", IMPORT_ALL, json.dumps(forbidden)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


LOCKED = re.compile(
    r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(.*?)$(?=((?:\n    --hash=sha256:[0-9a-f]{64}[ \\]*)*))", re.MULTILINE
)


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Of each distribution of a lock file its version and how many hashes it has."""
    text = (ROOT / name).read_text("utf-8")
    return {one[1]: (one[2], one[4].count("--hash=")) for one in LOCKED.finditer(text)}


SETS = ["requirements", "requirements-test", "requirements-dev"]


@pytest.mark.parametrize("name", SETS)
def test_the_lock_has_a_hash_for_everything_and_no_address_of_an_index(name):
    packages = locked(f"{name}.lock")
    text = (ROOT / f"{name}.lock").read_text("utf-8")
    assert len(packages) > 50 and all(hashes for _version, hashes in packages.values())
    assert len(packages) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE)), "a line is no pinned package"
    assert "://" not in text and "index-url" not in text


def test_the_lock_is_compiled_from_what_is_asked_for():
    for each in SETS:
        packages = locked(f"{each}.lock")
        for line in (ROOT / f"{each}.txt").read_text("utf-8").splitlines():
            asked = line.partition("#")[0].strip()
            if asked and not asked.startswith("-r"):
                requirement = Requirement(asked)
                name = re.sub(r"[-_.]+", "-", requirement.name).lower()
                assert f"=={packages.get(name, ('missing',))[0]}" == str(requirement.specifier), f"{name}: make lock"
    assert not brought_by_requirements() - set(locked("requirements.lock")), "make lock"
    smallest, middle, largest = (locked(f"{each}.lock") for each in SETS)
    assert smallest.items() <= middle.items() <= largest.items(), "two locks have different versions: make lock"


def test_all_is_installed_and_audited_by_the_lock_files():
    for path in ("Makefile", "Dockerfile", "docs/deploy.md"):
        text = (ROOT / path).read_text("utf-8")
        assert "--require-hashes" in text and not re.search(r"install .*-r requirements[\w-]*\.txt", text), path
    audit = (ROOT / "Makefile").read_text("utf-8").partition("\naudit:")[2].partition("\n\n")[0]
    assert "--requirement requirements-dev.lock" in audit, "which has all of the other two"
