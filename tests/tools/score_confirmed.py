"""What the engine reads of the clauses of ``fixtures/values/``, against the values that were read twice in them:
``python -m tests.tools.score_confirmed [--wrong]``.

Precision and recall by element, of the English texts and of their Khmer renderings. Conditions of penalties are not
compared, nor how prison and fine go together; a threshold or a scope is right where the same clause has one. People
stated the strictest of levels that stand together ("knowingly and with intent"), and the ground of an exception rather
than that it is one: the other names, read beside them, are not held against the program. Nor is what it read above the
clause or elsewhere in its section, which was not stated of this clause because it was stated of another.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from lawcompare.engine.compare_laws.elements import Excerpt, elements_of
from tests.content.corpus import FIXTURES, document, resolve

ELEMENTS = ("mental", "authorisation", "defences", "penalties", "time_limits", "harm", "scope")
ANSWERS = {"exception", "defence"}
_KEYS = {"mental": "level", "authorisation": "body", "defences": "kind"}
_IN_A_PENALTY = ("prison_months_min", "prison_months_max", "life", "death", "fine", "fine_min", "fine_max", "currency")


def stated() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """(text, citation, values read twice) of each clause."""
    for path in sorted((FIXTURES / "values").glob("*-en.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        for cited, rows in data["clauses"].items():
            yield data["text"], cited, [row for row in rows if row.get("readings") != 1]


def key_of(element: str, values: Mapping[str, Any]) -> Any:
    if element in _KEYS:
        return values[_KEYS[element]]
    if element == "penalties":
        return tuple((name, values[name]) for name in _IN_A_PENALTY if values.get(name))
    if element == "time_limits":
        return round(values["days"], 3), values["bound"]
    return "stated"


def beside(element: str, key: Any, expected: set) -> bool:
    """Whether a name says less of what was stated by another name."""
    if element == "mental":
        return key in {"knowledge", "reason-to-know"} and bool(expected & {"intent", "knowledge"})
    return element == "defences" and key in ANSWERS and bool(expected)


def answer(kind: str) -> str:
    return "exception or defence" if kind in ANSWERS else kind


def scored(language: str) -> Iterator[tuple[str, str, str, set, set]]:
    """(text, citation, element, stated, read) for each clause that was judged for values."""
    from lawcompare.crosswalk.values.exchange import parse_value

    for address, cited, rows in stated():
        clause = resolve(address, cited)
        other = address.removesuffix("en") + language
        if not (FIXTURES / "laws" / f"{other}.md").exists() or clause.eid not in document(other).by_eid:
            continue
        elements = elements_of(document(other), [clause.eid])[clause.eid]
        for element in ELEMENTS:
            expected = {
                key_of(element, parse_value(element, row.get("value", "")))
                for row in rows
                if row["element"] == element and row.get("value") != "none"
            }
            excerpts: tuple[Excerpt, ...] = getattr(elements, element)
            own = {each.eid for each in document(other).subtree(clause.eid)}
            keys = [(key_of(element, excerpt.values), excerpt.eid in own) for excerpt in excerpts]
            read = {key for key, is_own in keys if key in expected or (is_own and not beside(element, key, expected))}
            if element == "defences":
                expected, read = {answer(key) for key in expected}, {answer(key) for key in read}
            if expected or read:
                yield address, cited, element, expected, read


def main(arguments: list[str]) -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for language in ("en", "km"):
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        wrong = []
        for address, cited, element, expected, read in scored(language):
            counts[element] = [
                a + b for a, b in zip(counts[element], (len(expected & read), len(read), len(expected)), strict=True)
            ]
            if expected != read:
                wrong.append(
                    f"  {element} {address} {cited}: missing {expected - read or '-'}; more {read - expected or '-'}"
                )
        print(f"{language:18}{'stated':>8}{'precision':>11}{'recall':>8}")
        for element in ELEMENTS:
            right, read_count, expected_count = counts[element]
            precision, recall = right / read_count if read_count else 1, right / expected_count if expected_count else 1
            print(f"  {element:16}{expected_count:>8}{precision:>11.3f}{recall:>8.3f}")
        if "--wrong" in arguments:
            print("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
