"""Correcting one pair of a comparison of 1,000 articles, from the word to the new redline, on SQLite and PostgreSQL.

A correction computes the whole comparison again. ``page`` is the request that follows: the rows that it affects.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from typing import Any

from tests.tools.bench.bench_site import timed
from tests.tools.bench.child import measure_on_each_database

ARTICLES, CORRECTIONS, LIMIT = 1000, 12, 1.0


def main() -> None:
    for name, figures in measure_on_each_database("tests.tools.bench.bench_correct", ROWS_PER_PAGE="200"):
        print(f"{name}: {figures['rows']} rows and parts")
        for what, seconds in figures["seconds"].items():
            print(f"  {what:<44}{1000 * seconds:8.0f} ms")
        if figures["seconds"]["one correction to its redline, median"] > LIMIT:
            print(f"  slower than the {1000 * LIMIT:.0f} ms that were promised", file=sys.stderr)


def text(seed: int, changed: bool) -> str:
    """A law of 1,000 articles with two paragraphs each, in chapters of ten; the new one reworded here and there."""
    chance, other = random.Random(1), random.Random(seed)
    words = [
        "person",
        "service",
        "data",
        "order",
        "court",
        "authority",
        "computer",
        "content",
        "fine",
        "year",
        "notice",
    ]
    lines = []
    for number in range(1, ARTICLES + 1):
        if number % 10 == 1:
            lines.append(f"# Chapter {number // 10 + 1}. Of {words[number % 11]} {number}\n")
        sentence = " ".join(chance.choice(words) for _ in range(30))
        if changed and number % 3 == 0:
            sentence = sentence.replace(other.choice(words), "agency")
        lines.append(f"## Article {number}. On {chance.choice(words)} {number}\n\nWhoever {sentence} {number}.\n")
        lines += [f"({place}) The {chance.choice(words)} {number + place} {sentence[:40]}.\n" for place in (1, 2)]
    return "\n".join(lines)


def measure() -> dict[str, Any]:
    from django.test import Client

    from lawcompare.comparisons.access import last_decision
    from lawcompare.comparisons.models import Comparison
    from lawcompare.core.numbers import seal
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish
    from tests import second_factor
    from tests.conftest import FRONT, Cast

    versions = []
    for name, changed in (("old", False), ("new", True)):
        front = FRONT.format(law="long", version=name, title=name, date="2019" if not changed else "2020")
        versions.append(import_law(Import((front + text(2, changed)).encode(), "long.md")).version)
    seconds = {"publishing both and comparing them": timed(lambda: [publish(version) for version in versions])}
    user = Cast().rita
    client = Client()
    second_factor.sign_in(client, user)
    old, new = versions
    taken, shown = [], []
    began = time.process_time()
    for number in range(CORRECTIONS):
        one, other = (
            version.clauses.get(num=f"Article {50 * (number + 1) + at}") for at, version in ((0, old), (3, new))
        )
        at = f"/compare/long/old/with/long/new/correct/?old={one.eid}&new={one.eid}"
        seen = seal(last_decision(user, old, new), "mapdecision")
        form = {"old": [one.eid], "new": [other.eid], "reason": "So it is.", "seen": seen}
        answers: list[Any] = []
        taken.append(timed(lambda at=at, form=form, answers=answers: answers.append(client.post(at, form))))
        assert answers[0].status_code == 302, answers[0].content.decode()
        shown.append(timed(lambda answers=answers: answers.append(client.get(answers[0].url))))
        assert answers[1].status_code == 200 and one.num in answers[1].content.decode()
    spent = time.process_time() - began
    seconds["the word, median"] = statistics.median(taken)
    seconds["the page with the new redline, median"] = statistics.median(shown)
    both = [one + other for one, other in zip(taken, shown, strict=True)]
    seconds["one correction to its redline, median"] = statistics.median(both)
    seconds["one correction to its redline, fastest"] = min(both)
    seconds["one correction to its redline, slowest"] = max(both)
    seconds["of it processor time of this process"] = spent / CORRECTIONS
    return {"seconds": seconds, "rows": Comparison.objects.order_by("-edition").first().pairs.count()}
