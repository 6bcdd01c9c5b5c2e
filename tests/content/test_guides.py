"""The guides of ``docs/``: what they call a button is called so on the page, and both languages have the same parts."""

from __future__ import annotations

import re

import pytest

from lawcompare.site.guides import GUIDES
from tests.conftest import ROOT
from tests.content.test_catalogues import PO

pytestmark = pytest.mark.content
# English names stand in *…*, Khmer ones, which do not slant, in **…**.
NAMES = {"docs": r"(?<![*\w])\*([^*]+)\*(?!\*)", "docs/km": r"\*\*([^*]+)\*\*"}
OF_THE_MASTHEAD = {"ខ្មែរ"}
KILOBYTES_MAX = 60


def words_of(folder: str, name: str) -> str:
    return (ROOT / folder / f"guide-{name}.md").read_text("utf-8")


@pytest.mark.parametrize("folder", NAMES)
def test_every_button_that_a_guide_names_is_called_so(folder):
    said = {(message.msgid, khmer)[folder == "docs/km"].casefold() for message, khmer in PO.items()}
    for guide in GUIDES:
        names = re.findall(NAMES[folder], words_of(folder, guide))
        steps = {step for name in names for step in re.split(" [→›] ", " ".join(name.split()))} - OF_THE_MASTHEAD
        unknown = {step for step in steps if not any(words.startswith(step.casefold()) for words in said)}
        assert len(steps) > 10 and unknown == set(), guide


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_have_the_same_parts_and_pictures_and_keys(guide):
    for pattern in (r"(?m)^#+ ", r"\]\((pictures/[^)]+)\)", r"<kbd>[^<]+</kbd>"):
        english, khmer = (re.findall(pattern, words_of(folder, guide)) for folder in NAMES)
        assert english == khmer, pattern


@pytest.mark.parametrize("folder", NAMES)
def test_pictures_are_small_and_each_stands_in_a_guide(folder):
    pictures = {path.name: path.stat().st_size for path in (ROOT / folder / "pictures").glob("*.png")}
    pages = [page.read_text("utf-8") for page in (ROOT / folder).glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"pictures/([\w-]+\.png)", page)}
    assert set(pictures) == shown
    assert {name for name, size in pictures.items() if size > KILOBYTES_MAX * 1024} == set()
