"""How the time of a comparison grows from 100 to 20,000 clauses, beside one redline of the two whole texts."""

from __future__ import annotations

import time

from diff_match_patch import diff_match_patch

from lawcompare.engine.align import align
from lawcompare.engine.diff import diff
from lawcompare.engine.document import Clause

SIZES = [100, 1000, 5000, 20000]
# A whole-text redline of more than this takes minutes.
WHOLE_MAX = 1000
# Seconds, so that an act of twenty thousand clauses can be compared while one waits.
SECONDS_MAX = 120


def texts(count: int) -> tuple[list[Clause], list[Clause]]:
    """An act of ``count`` sections and its amendment: one in ten reworded, one in fifty moved to the end."""

    def section(number: int, penalty: str) -> str:
        words = f"matter {number} in district {number * 7919 % 997} under permit {number * 104729 % 7919}"
        return (
            f"Whoever deals with {words} without leave is fined {penalty}, as the authority of that district decides."
        )

    old = [Clause(f"sec_{n}", "article", str(n), "", section(n, f"{n % 90 + 10} units")) for n in range(count)]
    new = [
        Clause(unit.eid, "article", unit.num, "", section(n, f"{n % 80 + 200} units") if n % 10 == 0 else unit.text)
        for n, unit in enumerate(old)
    ]
    moved = [unit for n, unit in enumerate(new) if n % 50 == 7]
    return old, [unit for n, unit in enumerate(new) if n % 50 != 7] + moved


def run() -> list[str]:
    broken = []
    for count in SIZES:
        old, new = texts(count)
        begun = time.perf_counter()
        pairs = align(old, new)
        mapped = time.perf_counter() - begun
        by_id = {unit.eid: unit.text for unit in old}, {unit.eid: unit.text for unit in new}
        for pair in pairs:
            if pair.kind == "changed":
                diff(by_id[0][pair.old[0]], by_id[1][pair.new[0]])
        whole = time.perf_counter() - begun
        print(f"  {count:6} clauses: map {mapped:7.2f} s, map and redlines {whole:7.2f} s{_peer(old, new, count)}")
        if whole > SECONDS_MAX:
            broken.append(f"{count} clauses took {whole:.0f} s")
    return broken


def _peer(old: list[Clause], new: list[Clause], count: int) -> str:
    if count > WHOLE_MAX:
        return ""
    peer = diff_match_patch()
    peer.Diff_Timeout = 0
    begun = time.perf_counter()
    peer.diff_main("\n".join(unit.text for unit in old), "\n".join(unit.text for unit in new))
    return f"; diff-match-patch on the whole texts {time.perf_counter() - begun:7.2f} s"
