"""The clause map of two flat lists of clauses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lawcompare.engine.align import Alignment, Unit, align
from lawcompare.engine.errors import ComparisonError

TEXTS = (
    "This Act may be cited as the Harbour Records Act.",
    "A harbour master must keep a register of every vessel that enters the harbour and of its cargo.",
    "The register is open to the public on every working day, and no fee is asked for reading it.",
    "Whoever enters a false statement in the register commits an offence and is liable to a fine of 500 crowns.",
    "An inspector may board a vessel at any hour to compare the register with what the vessel carries.",
    "The Minister may make regulations for carrying out this Act.",
)


def units(texts: Sequence[str], prefix: str = "u", numbers: Sequence[str] | None = None) -> list[Unit]:
    names = numbers or [f"Article {place}" for place in range(1, len(texts) + 1)]
    return [
        Unit(f"{prefix}{place}", number, "", text)
        for place, (number, text) in enumerate(zip(names, texts, strict=True))
    ]


def kinds(entries: Sequence[Alignment]) -> list[str]:
    return [entry.kind for entry in entries]


def test_a_text_against_itself_is_unchanged() -> None:
    assert set(kinds(align(units(TEXTS), units(TEXTS)))) == {"unchanged"}


def test_an_inserted_article_renumbers_the_rest_and_changes_nothing() -> None:
    added = "Every port of call publishes its tide tables in the month before they apply."
    entries = align(units(TEXTS), units((*TEXTS[:2], added, *TEXTS[2:]), "n"))
    assert kinds(entries) == ["unchanged"] * 2 + ["added"] + ["renumbered"] * 4


def test_an_unknown_id_in_a_decision_is_refused() -> None:
    with pytest.raises(ComparisonError, match="'nowhere', which is not in the old text"):
        align(units(TEXTS), units(TEXTS, "n"), decided=[("nowhere", "n1")])


def test_an_id_that_appears_twice_is_refused() -> None:
    with pytest.raises(ComparisonError, match="'a' appears twice in the new text"):
        align([], [Unit("a"), Unit("a")])
