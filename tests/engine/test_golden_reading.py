"""Golden cases of reading: ``tests/data/read-*/`` holds a file ``source.*`` and what it is read as, ``expected.json``.

To add a case, put a ``source.md``, ``.txt``, ``.html`` or ``.docx`` in a new folder and run ``make golden``; then read
the new ``expected.json``, and the difference in the others.
"""

import json
import os
from pathlib import Path

import pytest

from lawcompare.engine.document import Document
from lawcompare.engine.reading import read
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message

CASES = sorted((Path(__file__).resolve().parents[1] / "data").glob("read-*"))


def as_json(document: Document) -> dict:
    return {
        "title": document.title,
        "language": document.language,
        "clauses": [
            {"eid": clause.eid, "num": clause.num, "heading": clause.heading, "text": clause.text.split("\n")}
            for clause in document.clauses
        ],
        "warnings": [f"{warning.line}: {warning_message(ENGLISH, warning)}" for warning in document.warnings],
        "furniture": [f"{each.name}: {each.text}" for each in document.furniture],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden_reading(case):
    (source,) = case.glob("source.*")
    answer = as_json(read(source.read_bytes(), filename=source.name))
    expected = case / "expected.json"
    if os.environ.get("GOLDEN") == "rewrite":
        expected.write_text(json.dumps(answer, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert answer == json.loads(expected.read_text(encoding="utf-8"))
