"""2,000 published notes carried to a text of 1,000 clauses by the task itself: database, clause map and all.

Beside it, in the same run, the simple way: each quote searched for in every clause of the new text, by rapidfuzz.
"""

from __future__ import annotations

import random
import resource
import time
from dataclasses import replace
from typing import Any

from rapidfuzz import fuzz

from lawcompare.engine.document import Clause as EngineClause
from lawcompare.engine.reading import read
from tests.tools.bench.child import measure_on_each_database
from tests.tools.bench.perturbed import SHARED, ChangeRates, perturb

NOTES, CLAUSES, LIMIT = 2_000, 1_000, 30.0  # seconds
PEER_NOTES = 100  # the peer is timed on so many, and its time multiplied
# A next draft: most clauses as they were, a fifth reworded, some split, merged, moved, put in and taken out.
RATES = ChangeRates(split=0.03, merged=0.03, moved=0.03, inserted=0.08, removed=0.05, reworded=0.2, words=0.2)


def main() -> None:
    if not SHARED.exists():
        print("carry: needs ../shared")
        return
    for name, figures in measure_on_each_database("tests.tools.bench.bench_carry"):
        _print(name, figures)


def _print(name: str, figures: dict[str, Any]) -> None:
    seconds = figures["seconds"]
    print(f"{name}: {NOTES} notes, {figures['old']} clauses before and {figures['new']} after")
    print(f"  carried by the task           {seconds:7.1f} s, {figures['memory']:.0f} MB; limit {LIMIT:.0f} s: "
          f"{'kept' if seconds < LIMIT else 'MISSED'}")  # fmt: skip
    print(f"  {figures['verdicts']}; of those placed without asking {figures['right']:.2f} % in the right clause")
    print(
        f"  each quote in every clause    {figures['peer']:7.1f} s, {figures['peer_right']:.2f} % in the right clause"
    )


def clauses() -> list[EngineClause]:
    """Real law: the clauses of 17 U.S.C. that have words of their own."""
    document = read((SHARED / "data/us-code-uslm/usc17@113-31.xml").read_bytes(), filename="usc17.xml")
    spoken = [clause for clause in document.clauses if len(clause.text) > 60]
    return [replace(clause, eid=f"c{place}", parent=None, depth=0) for place, clause in enumerate(spoken)]


def measure() -> dict[str, Any]:
    case = perturb("carry", clauses()[: CLAUSES + 60], seed=5, rates=RATES)
    from lawcompare.annotations.models import Annotation
    from lawcompare.core.jobs.models import Job
    from lawcompare.core.jobs.runner import run_now
    from lawcompare.publishing.models import Carried, Carrying
    from tests.core.making import made

    old, new = _store("old", "2019", case.old), _store("new", "2020", case.new)
    quotes = _annotate(old)
    carrying = made(Carrying, old=old, new=new)
    began = time.perf_counter()
    run_now(carrying.job)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    job = Job.objects.get(pk=carrying.job_id)
    rows = list(Carried.objects.select_related("clause", "annotation__clause"))
    assert (job.state, job.done, len(rows)) == ("done", NOTES, Annotation.objects.count()), job.reason
    partners: dict[str, set[str]] = {}
    for before, after in case.gold:
        partners.setdefault(before, set()).add(after)
    placed = [row for row in rows if row.verdict in {"kept", "changed"} and row.clause]
    right = sum(row.clause.eid in partners.get(row.annotation.clause.eid, ()) for row in placed if row.clause)
    verdicts = {name: sum(row.verdict == name for row in rows) for name in ("kept", "changed", "review", "lost")}
    return {
        "seconds": seconds, "memory": memory, "old": len(case.old), "new": len(case.new), "verdicts": verdicts,
        "right": 100 * right / len(placed), **_peer(quotes, case.new, partners),
    }  # fmt: skip


def _store(name: str, date: str, units: list[EngineClause]) -> Any:
    """A published version with these clauses, written as the importer would."""
    from django.utils import timezone

    from lawcompare.laws.models import Clause, Law, Version

    law, _is_new = Law.objects.get_or_create(slug="long", title="A long law", jurisdiction="us", kind="statute")
    version = Version.objects.create(law=law, slug=name, title=name, date=date, clause_count=len(units))
    Clause.objects.bulk_create(
        Clause(version=version, position=place, end=place + 1, depth=0, eid=unit.eid, element="section", num=unit.num,
               heading=unit.heading, text=unit.text)
        for place, unit in enumerate(units)
    )  # fmt: skip
    version.published_at = timezone.now()
    version.save()
    return version


def _annotate(version: Any) -> list[tuple[str, str]]:
    """Notes on 3 to 30 words each. Returns (address of the clause, quote)."""
    from lawcompare.accounts.models import Organisation
    from lawcompare.annotations.models import Annotation, NoteStatus
    from lawcompare.annotations.targets import set_target

    chance, organisation = random.Random(7), Organisation.objects.create(slug="x", name="X")
    written, rows = [], list(version.clauses.all())
    notes = []
    for number in range(NOTES):
        clause = chance.choice(rows)
        words = [(at, word) for at, word in _words(clause.text)]
        size = min(chance.randint(3, 30), len(words))
        first = chance.randrange(len(words) - size + 1)
        last = words[first + size - 1]
        start, end = words[first][0], last[0] + len(last[1])
        note = Annotation(slug=f"n{number}", organisation=organisation, body="Why.", status=NoteStatus.PUBLISHED)
        set_target(note, clause, clause.text[start:end], start)
        notes.append(note)
        written.append((clause.eid, note.exact))
    Annotation.objects.bulk_create(notes)
    return written


def _words(text: str) -> list[tuple[int, str]]:
    notes, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        notes.append((at, word))
        at += len(word)
    return notes


def _peer(quotes: list[tuple[str, str]], units: list[EngineClause], partners: dict[str, set[str]]) -> dict[str, float]:
    """The simple way: the likest words anywhere, the first of equals."""
    chosen = random.Random(3).sample(quotes, PEER_NOTES)
    began, right = time.perf_counter(), 0
    for eid, quote in chosen:
        best = max(units, key=lambda unit: fuzz.partial_ratio(quote, unit.text))
        right += best.eid in partners.get(eid, ())
    seconds = (time.perf_counter() - began) * NOTES / PEER_NOTES
    return {"peer": seconds, "peer_right": 100 * right / PEER_NOTES}
