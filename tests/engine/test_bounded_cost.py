"""What a hostile or damaged text may cost: memory and steps are bounded, whatever is in a megabyte."""

from __future__ import annotations

import random
import resource
import subprocess
import sys

from lawcompare.engine.diff import diff

# In a process of its own, for memory that was once used is counted for ever.
PROGRAM = """
import random, resource
from lawcompare.engine.align import Unit, align
draw = random.Random(3)
words = lambda count: " ".join(f"w{draw.randrange(20000)}" for _ in range(count))
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
align([Unit("a", "1", "", words(30_000))], [Unit(f"n{at}", str(at), "", words(15)) for at in range(1500)])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) // 1024)
"""
MEGABYTES = 200


def test_a_clause_of_a_whole_laws_length_against_many_short_ones_takes_little_memory():
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=120)
    assert int(result.stdout) < MEGABYTES


def test_two_unrelated_texts_of_many_words_are_compared_within_the_limit():
    draw = random.Random(3)
    old, new = (" ".join(f"x{draw.randrange(30_000)}" for _ in range(15_000)) for _ in range(2))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = diff(old, new)
    assert result.old == old and result.new == new
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024 < MEGABYTES


def test_a_comparison_has_the_same_result_however_slow_the_machine_is():
    draw = random.Random(4)
    old, new = (" ".join(f"x{draw.randrange(300)}" for _ in range(12_000)) for _ in range(2))
    result = diff(old, new, steps=5_000_000)
    assert result.coarse and result == diff(old, new, steps=5_000_000)
