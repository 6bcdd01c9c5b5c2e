"""What happened to a row, in the reader's language, with the clauses it names called as the page calls them."""

from collections.abc import Iterable, Mapping
from typing import Any

from lawcompare.engine.wording.changes import change_sentences, evidence_in_words
from lawcompare.laws.citing.numbers import number_in_reader_language
from lawcompare.laws.formatting import LOCALE
from lawcompare.localisation.texts import localised

# Kinds of change whose values name clauses; those of others are words of the texts, which stay as they are.
_NAMING = {
    *("renumbered", "moved", "moved-after", "split", "merged"),
    *("unchanged-renumbered", "unchanged-moved", "unchanged-moved-after"),
}


def row_sentences(changes: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Returns the sentences of a row's changes, one after the other."""
    return change_sentences(LOCALE, [(kind, _named(values) if kind in _NAMING else values) for kind, values in changes])


def evidence_words(reasons: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Returns the reasons for a pairing in one line."""
    return evidence_in_words(LOCALE, [(kind, _named(values)) for kind, values in reasons])


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _with_names(value) for key, value in values.items()}


def _with_names(value: Any) -> Any:
    if isinstance(value, list):
        return [_name(each) for each in value]
    return _name(value) if isinstance(value, str) else value


def _name(number_or_heading: str) -> str:
    return number_in_reader_language(localised(number_or_heading))
