"""Ten thousand damaged copies of real files for every reader: an answer or a clean error, within limits, nothing else.

Of pictures the decoders get as many, and 300 small ones go through recognition; pages of a PDF that are read off their
pictures are given to a stand-in, as to recognise a page takes seconds. All inside the box that files of strangers are
read in: what it refuses must not keep a reader from its work.

Each is made from a number, so that one that breaks a reader can be made again:
``python -m tests.tools.soak.mutants pdf 4711`` reads that one and shows what happens.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import ocr, read
from lawcompare.engine.reading.image import decoded
from lawcompare.engine.reading.ocr.pages import cleaned
from lawcompare.engine.sandbox.box import enter
from tests import recognisers
from tests.conftest import ROOT
from tests.tools.soak.seeds import seeds

PICTURES = ["jpeg", "png", "tiff"]
FORMS = ["text", "markdown", "html", "uslm", "akn", "docx", "pdf", *PICTURES, "recognition"]
COUNT = int(os.environ.get("MUTANTS", "10000"))
# Recognising takes a second or two a picture.
RECOGNISED = 300
MEGABYTES = 2048
SECONDS_EACH = 10


def run() -> list[str]:
    print(f"  {'reader':<10}{'files':>8}{'read':>8}{'refused':>9}{'crashes':>9}{'worst':>9}{'memory':>9}{'whole':>9}")
    broken = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for form, tally in zip(FORMS, pool.map(try_all, FORMS), strict=True):
            print(f"  {form:<10}{tally['read'] + tally['refused']:8}{tally['read']:8}{tally['refused']:9}", end="")
            print(
                f"{len(tally['crashes']):9}{tally['worst']:7.2f} s{tally['memory']:6.0f} MB{tally['seconds']:7.0f} s",
                flush=True,
            )
            broken += [f"the {form} reader broke on mutant {number}: {why}" for number, why in tally["crashes"]]
    return broken


def count_of(form: str) -> int:
    return min(COUNT, RECOGNISED) if form == "recognition" else COUNT


def try_all(form: str) -> dict[str, Any]:
    """Let a child read one mutant after the other; where it dies, note that one and go on behind it."""
    whole: dict[str, Any] = {"read": 0, "refused": 0, "crashes": [], "worst": 0.0, "memory": 0.0}
    number, begun, count = 0, time.monotonic(), count_of(form)
    while number < count:
        command = [sys.executable, "-m", "tests.tools.soak.mutants", form, str(number), str(count)]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert child.stdout is not None
        for line in child.stdout:
            answer = json.loads(line)
            number = answer.pop("number")
            whole["worst"], whole["memory"] = (
                max(whole["worst"], answer["worst"]),
                max(whole["memory"], answer["memory"]),
            )
            whole["read"] += answer["read"]
            whole["refused"] += answer["refused"]
            whole["crashes"] += answer["crashes"]
        if child.wait():
            whole["crashes"].append((number, f"the process ended with {child.returncode}"))
        number += 1
    return whole | {"seconds": time.monotonic() - begun}


def read_some(form: str, first: int, last: int) -> None:
    """The child: reads mutants and says after each hundred, or before one that may kill it, how far it is."""
    made_of = seeds(form)
    missing = enter(MEGABYTES, SECONDS_EACH * (last - first))
    if missing:
        print(f"the {form} reader has no {', '.join(missing)} here", file=sys.stderr)
    tally: dict[str, Any] = {"read": 0, "refused": 0, "crashes": [], "worst": 0.0, "memory": 0.0}
    for number in range(first, last):
        _tell(tally, number)
        data = mutant(made_of, form, number)
        begun = time.process_time()
        try:
            read_one(data, form)
            tally["read"] += 1
        except EngineError:
            tally["refused"] += 1
        except Exception as error:
            tally["crashes"].append((number, f"{type(error).__name__}: {error}"[:200]))
        seconds = time.process_time() - begun
        tally["worst"] = max(tally["worst"], seconds)
        if seconds > SECONDS_EACH:
            tally["crashes"].append((number, f"it took {seconds:.0f} s"))
    _tell(tally, last)


def read_one(data: bytes, form: str) -> None:
    if form in PICTURES:
        for picture in decoded(data):
            cleaned(picture)
    else:
        if form == "pdf":
            os.environ[ocr.VARIABLE] = f"{recognisers.__name__}:{recognisers.Fixed.__name__}"
        read(data, format="image" if form == "recognition" else form)


def _tell(tally: dict[str, Any], number: int) -> None:
    tally["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(tally | {"number": number}), flush=True)
    tally.update(read=0, refused=0, crashes=[])


# --- Damage ----------------------------------------------------------------------------------------------------------


def mutant(made_of: list[bytes], form: str, number: int) -> bytes:
    """The mutant of a number, always the same."""
    chance = random.Random(f"{form} {number}")
    data = chance.choice(made_of)
    if form == "docx" and chance.random() < 0.8:
        return _inside(data, made_of, chance)
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        data = chance.choice(DAMAGES)(data, made_of, chance)
    return data


def _inside(data: bytes, made_of: list[bytes], chance: random.Random) -> bytes:
    """Damage one part of a Word file and pack it again, so that more than the unpacking is tried."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        names = [name for name in old.namelist() if name.endswith(".xml")]
        harmed = chance.choice(["word/document.xml", chance.choice(names)])
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, chance.choice(DAMAGES)(part, made_of, chance) if name == harmed else part)
    return file.getvalue()


def _flip(data: bytes, made_of: list[bytes], chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice([1, 4, 32])):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


def _cut(data: bytes, made_of: list[bytes], chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice([1, 20, 500, 5000])
    return data[:at] + data[at + length :] or b"x"


def _repeat(data: bytes, made_of: list[bytes], chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice([1, 20, 500])
    return data[:at] + data[at : at + length] * chance.choice([2, 10, 60]) + data[at:]


def _end(data: bytes, made_of: list[bytes], chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data) + 1)]


def _graft(data: bytes, made_of: list[bytes], chance: random.Random) -> bytes:
    other = chance.choice(made_of)
    at, begin = chance.randrange(len(data)), chance.randrange(len(other))
    return data[:at] + other[begin : begin + chance.choice([50, 1000])] + data[at:]


def _number(data: bytes, made_of: list[bytes], chance: random.Random) -> bytes:
    """Put an odd number, or a sign that means something, where a digit stands."""
    places = [place for place, byte in enumerate(data) if 48 <= byte <= 57] or [0]
    at = chance.choice(places)
    odd = chance.choice(
        [b"0", b"-1", b"99999999999999999999", b"2147483648", b"1e9", b"\xe1\x9f\xa9", b"(", b"\x00", b"\xff"]
    )
    return data[:at] + odd + data[at + 1 :]


def _swap(data: bytes, made_of: list[bytes], chance: random.Random) -> bytes:
    """Lines in another order."""
    lines = data.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


DAMAGES: list[Callable[[bytes, list[bytes], random.Random], bytes]] = [
    _flip,
    _cut,
    _repeat,
    _end,
    _graft,
    _number,
    _swap,
]


if __name__ == "__main__":
    form, first = sys.argv[1], int(sys.argv[2])
    if len(sys.argv) > 3:
        read_some(form, first, int(sys.argv[3]))
    else:
        print(read_one(mutant(seeds(form), form, first), form))
