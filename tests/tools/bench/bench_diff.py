"""All changes of a whole act and of Khmer text: time and how much is marked, beside other tools in the same run."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from xml.sax.saxutils import escape

import xmldiff.main
from diff_match_patch import diff_match_patch
from redlines import Redlines

from lawcompare.engine.align import align
from lawcompare.engine.diff import diff
from lawcompare.engine.document import Clause
from lawcompare.engine.text.words import borders, clusters, words
from tests.conftest import SHARED

ACT_WORDS, ACT_EDITS = 20_000, 400
KHMER_EDITS = 10_000


def sentences() -> list[str]:
    """Sentences of law to build an act from; where the shared data is absent, of the words of a few of our own."""
    pieces: list[str] = []
    for path in sorted((SHARED / "data/us-code-markdown").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        pieces += [line.strip(" #*>-") for line in text.splitlines() if 40 < len(line) < 900]
    own = "Whoever takes a movable thing of another without consent is punished by prison of up to one year or a fine."
    return pieces or [" ".join(random.Random(n).sample(own.split(), 18)) for n in range(400)]


def make_act(rng: random.Random) -> list[str]:
    """Clauses of about 100 words, together ``ACT_WORDS``."""
    pool, clauses, total = sentences(), [], 0
    rng.shuffle(pool)
    number = 0
    while total < ACT_WORDS:
        clause: list[str] = []
        while len(clause) < 100:
            clause += pool[number % len(pool)].split()
            number += 1
        clauses.append(" ".join(clause))
        total += len(clause)
    return clauses


def edit_act(clauses: list[str], rng: random.Random) -> list[str]:
    """``ACT_EDITS`` edits of one to three words: taken out, put in, or others in their place."""
    edited = [clause.split() for clause in clauses]
    vocabulary = sorted({word for clause in edited for word in clause})
    for _ in range(ACT_EDITS):
        clause = rng.choice(edited)
        at, size = rng.randrange(len(clause)), rng.randint(1, 3)
        put = rng.choices(vocabulary, k=size)
        clause[at : at + rng.choice([0, size])] = rng.choice([[], put, put])
    return [" ".join(clause) for clause in edited]


def timed(way: Callable[[], object], repeat: int = 1) -> float:
    """Seconds of processor time: all run on one core, and the machine may have other work."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.process_time()
        way()
        best = min(best, time.process_time() - begin)
    return best


def as_units(clauses: list[str]) -> list[Clause]:
    return [Clause(str(number), "article", str(number + 1), "", text) for number, text in enumerate(clauses)]


def ours(old: list[str], new: list[str]) -> int:
    """The clause map, and the changes of every pair."""
    changes = 0
    for pair in align(as_units(old), as_units(new)):
        before = "\n".join(old[int(number)] for number in pair.old)
        after = "\n".join(new[int(number)] for number in pair.new)
        changes += len(diff(before, after).changes)
    return changes


def char_mode(old: str, new: str) -> int:
    peer = diff_match_patch()
    peer.Diff_Timeout = 0
    changes = peer.diff_main(old, new)
    peer.diff_cleanupSemantic(changes)
    return len(changes)


def bench_act() -> None:
    rng = random.Random(1)
    old = make_act(rng)
    new = edit_act(old, rng)
    old_text, new_text = "\n".join(old), "\n".join(new)
    old_xml, new_xml = (
        f"<act>{''.join(f'<clause>{escape(text)}</clause>' for text in side)}</act>" for side in (old, new)
    )
    ways: list[tuple[str, Callable[[], object]]] = [
        ("clause map and changes", lambda: ours(old, new)),
        ("changes alone", lambda: [diff(before, after) for before, after in zip(old, new, strict=True)]),
        ("the act as one text", lambda: diff(old_text, new_text)),
        ("diff-match-patch", lambda: char_mode(old_text, new_text)),
        ("redlines", lambda: Redlines(old_text, new_text).output_markdown),
        ("xmldiff", lambda: xmldiff.main.diff_texts(old_xml, new_xml)),
        ("difflib on words", lambda: SequenceMatcher(None, words(old_text), words(new_text)).get_opcodes()),
    ]
    total = sum(len(text.split()) for text in old)
    print(f"whole act, {total} words, {ACT_EDITS} edits, {len(old)} clauses")
    first = 0.0
    for number, (name, way) in enumerate(ways):
        seconds = timed(way, repeat=3 if number < 3 else 1)
        first = first or seconds
        print(f"  {name:24} {1000 * seconds:9.0f} ms   {seconds / first:7.1f} times ours")


def khmer_texts() -> list[str]:
    path = SHARED / "data/kh-criminal-code/articles.json"
    texts = [article["text"] for article in json.loads(path.read_text(encoding="utf-8"))["articles"]]
    return [text for text in texts if 60 < len(text) < 1500]


def edit_khmer(text: str, pool: list[str], rng: random.Random) -> tuple[str, int]:
    """One edit of one to four clusters, and how many characters it took out and put in."""
    pieces = clusters(text)
    at, size = rng.randrange(len(pieces)), rng.randint(1, 4)
    kind = rng.choice(["insert", "delete", "replace"])
    start = rng.randrange(len(pool) - size)
    put = [] if kind == "delete" else pool[start : start + size]
    gone = [] if kind == "insert" else pieces[at : at + size]
    return "".join(pieces[:at] + put + pieces[at + len(gone) :]), len("".join(gone)) + len("".join(put))


def marks_of_ours(old: str, new: str) -> list[tuple[int, str]]:
    return [({"equal": 0, "insert": 1, "delete": -1}[c.op], c.text) for c in diff(old, new, language="km").changes]


def marks_of_char_mode(old: str, new: str) -> list[tuple[int, str]]:
    peer = diff_match_patch()
    changes = peer.diff_main(old, new)
    peer.diff_cleanupSemantic(changes)
    return changes


def marks_of_spaces(old: str, new: str) -> list[tuple[int, str]]:
    """What tools do that take what stands between spaces for a word."""
    before, after = ([part + " " for part in text.split(" ")] for text in (old, new))
    changes = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, False).get_opcodes():
        if tag == "equal":
            changes.append((0, "".join(before[i1:i2])))
        else:
            changes += [(-1, "".join(before[i1:i2])), (1, "".join(after[j1:j2]))]
    return changes


def cuts_a_cluster(text: str, marks: list[tuple[int, str]], skip: int) -> bool:
    allowed, end = set(borders(text)), 0
    for op, run in marks:
        end += len(run) if op != skip else 0
        if end not in allowed and end < len(text):
            return True
    return False


def bench_khmer() -> None:
    if not SHARED.exists():
        print("Khmer: needs ../shared/data")
        return
    texts = khmer_texts()
    pool = clusters("".join(texts))
    ways = [
        ("lawcompare", marks_of_ours),
        ("diff-match-patch", marks_of_char_mode),
        ("words by spaces", marks_of_spaces),
    ]
    print(f"Khmer, {KHMER_EDITS} edits of one to four clusters (peers: 1000)")
    for name, way in ways:
        rng = random.Random(2)
        changed = marked = cut = 0
        shares = []
        count = KHMER_EDITS if way is marks_of_ours else 1000
        begin = time.perf_counter()
        for _ in range(count):
            old = rng.choice(texts)
            new, size = edit_khmer(old, pool, rng)
            marks = way(old, new)
            here = sum(len(run) for op, run in marks if op)
            marked, changed = marked + here, changed + size
            shares.append(here / size)
            cut += cuts_a_cluster(old, marks, 1) or cuts_a_cluster(new, marks, -1)
        seconds = time.perf_counter() - begin
        print(
            f"  {name:24} marked / changed {marked / changed:6.2f}, mean of edits {sum(shares) / count:6.2f}"
            f"   cut inside a cluster {cut:5} of {count}   {seconds:5.1f} s"
        )


def main() -> None:
    bench_act()
    bench_khmer()


if __name__ == "__main__":
    main()
