"""Findings of a law of 1,300 clauses, and how the penalties of the judged lists come out."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.reading import read
from lawcompare.engine.rules.runner import VALUE_RULES, check_rules, examine
from lawcompare.engine.text.search_form import view
from lawcompare.engine.values.penalties import penalties_in
from tests.conftest import ROOT, SHARED

CLAUSES = 1300
LIMIT = 5.0  # seconds
_KHMER_TERM = re.compile("ពី([០-៩]+)[^ទ]{0,20}?(ថ្ងៃ|ខែ|ឆ្នាំ)ទៅ([០-៩]+)[^ន]{0,20}?(ថ្ងៃ|ខែ|ឆ្នាំ)")


def large_law() -> Document:
    """The US sections one after the other, repeated up to 1,300 clauses; the Khmer code fills the rest."""
    clauses: list[Clause] = []
    texts = [
        clause.text for path in sorted((SHARED / "data/us-code-markdown").glob("*.md")) for clause in _clauses(path)
    ]
    texts += [article["text"] for article in _khmer_articles()]
    while len(clauses) < CLAUSES:
        text = texts[len(clauses) % len(texts)]
        clauses.append(Clause(f"sec_{len(clauses)}", "section", text=text))
    return Document("A large law", "en", tuple(clauses))


def _clauses(path: Path) -> Iterable[Clause]:
    return (clause for clause in read(path.read_bytes(), filename=path.name).clauses if clause.text)


def _khmer_articles() -> list[dict]:
    return json.loads((SHARED / "data/kh-criminal-code/articles.json").read_text(encoding="utf-8"))["articles"]


def _simple(text: str) -> Counter:
    """The simple way for comparison: one expression for ``from … to …`` without brackets, spaces or variants."""
    months = {"ថ្ងៃ": 1 / 30, "ខែ": 1, "ឆ្នាំ": 12}
    bare = re.sub(r"\([^)]*\)|\s", "", text)
    return Counter(
        (round(int(low) * months[unit], 4), round(int(high) * months[last], 4))
        for low, unit, high, last in _KHMER_TERM.findall(bare)
    )


def _ours(text: str) -> Counter:
    return Counter(
        (each.prison_months_min, each.prison_months_max)
        for each in penalties_in(view(text))
        if each.prison_months_max is not None
    )


def judged_terms() -> dict[str, tuple[float, float]]:
    """Precision and recall of Khmer prison ranges on the judged articles, ours and the simple expression's."""
    judged = json.loads((ROOT / "tests/data/penalties-km/judged.json").read_text(encoding="utf-8"))["judged"]
    texts = {str(article["number"]): article["text"] for article in _khmer_articles()}
    figures = {}
    for name, method in (("lawcompare", _ours), ("one expression", _simple)):
        right = count_read = expected_count = 0
        for number, penalties in judged.items():
            expected = Counter(
                (each["prison_months_min"], each["prison_months_max"])
                for each in penalties
                if "prison_months_max" in each
            )
            values = method(texts[number])
            right += (values & expected).total()
            count_read += values.total()
            expected_count += expected.total()
        figures[name] = (right / max(count_read, 1), right / expected_count)
    return figures


def main() -> None:
    if not SHARED.exists():
        print("skipped: the shared data are not beside the checkout")
        return
    check_rules()
    law = large_law()
    start = time.perf_counter()
    findings = examine(law)
    seconds = time.perf_counter() - start
    characters = sum(len(clause.text) for clause in law.clauses)
    raised = sum(each.rule not in VALUE_RULES for each in findings)
    count = len(findings)
    print(f"{CLAUSES} clauses, {characters:,} characters: {count} findings ({raised} questions) in {seconds:.2f} s")
    print(f"limit {LIMIT:.0f} s: {'kept' if seconds < LIMIT else 'MISSED'}")
    for name, (precision, recall) in judged_terms().items():
        print(f"Khmer prison ranges of 100 judged articles, {name}: precision {precision:.3f}, recall {recall:.3f}")


if __name__ == "__main__":
    main()
