"""Real Cambodian PDFs: articles found with their number and letters wrong, beside plain Tesseract and pdftotext.

Needs ``../shared/data/intake``. Takes some minutes: every page of a scan is recognised.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache

import numpy as np
import pypdfium2

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.reading.ocr.pages import rendered
from lawcompare.engine.reading.ocr.tesseract import SINGLE_COLUMN, TesseractRecogniser
from lawcompare.engine.structure.numbering import read_number
from lawcompare.engine.structure.outline import UNITS
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.search_form import view
from lawcompare.engine.values.penalties import penalties_in
from tests.conftest import SHARED

KHMER = SHARED / "data" / "intake" / "khmer"
ELSEWHERE = {
    "us-hr1-eh.html": 334,  # the table of contents is a section too
    "au-harbour-2013.docx": 80,
    "au-harbour-2021.docx": 88,
    "tz-cap6.html": 186,  # with those that have a letter
    "gh-constitution.pdf": 299,
    "akn-eu-com-2013-619.xml": 24,
    "eu-ai-act.html": 113,
    "kh-constitution-2015.md": 160,
}
LONG, MOST_COMPARED = 60, 400  # letters of an article that is compared
SHORT = 12  # pages: what the promise is about
HEADING = re.compile(r"^\s*(?:មាត្រា|ប្រការ|Article)\s*(?:ទី)?\s*([០-៩0-9]+)", re.MULTILINE)
WORD = re.compile(r"^(?:មាត្រា|ប្រការ|Article)\s*(?:ទី)?\s*")


def main() -> None:
    if not KHMER.exists():
        print("Not run: ../shared/data/intake is not here.")
        return
    gold = json.loads((KHMER / "gold.json").read_text("utf-8"))
    peers: dict[str, Callable[[bytes], tuple[set[int], str]]] = {"ours": ours, "tesseract": plain_tesseract}
    if shutil.which("pdftotext"):
        peers["pdftotext"] = pdftotext
    else:
        print("Without pdftotext beside it, which is not installed here (Debian: poppler-utils).")
    elsewhere()
    print("\nShare of articles found with their number | letters wrong on judged passages, spaces aside | s of work\n")
    shares: dict[str, list[float]] = {name: [] for name in peers}
    wrong: dict[str, dict[str, list[int]]] = {name: {} for name in peers}
    believed = []
    for name, truth in gold.items():
        if truth["pages"] > SHORT and "Limon" not in truth["stored"]:
            continue
        data = (KHMER / name).read_bytes()
        wanted = set(range(1, truth["articles"] + 1)) - set(truth["article_numbers_not_printed"])
        row = []
        for peer, reader in peers.items():
            start = processor_seconds()
            numbers, text = reader(data)
            taken = processor_seconds() - start
            share = len(numbers & wanted) / len(wanted)
            slips = letters = 0
            for passage in truth["passages"]:
                here, length = letters_wrong(passage["text"], text)
                slips, letters = slips + here, letters + length
            count = wrong[peer].setdefault(kind_of(truth["stored"]), [0, 0])
            count[0], count[1] = count[0] + slips, count[1] + letters
            if truth["pages"] <= SHORT and truth["count"]:
                shares[peer].append(share)
            rate = f"{slips / letters:6.1%}" if letters else "   –  "
            row.append(f"{peer} {share:4.2f} {rate} {taken:5.1f} s")
            if peer == "ours" and "garbage" in truth["stored"] and is_believed(data):
                believed.append(name)
        print(f"{name:18} {truth['pages']:3} pages  {'  |  '.join(row)}", flush=True)
    for peer in peers:
        mean = sum(shares[peer]) / len(shares[peer])
        rates = ", ".join(f"{kind} {slips / max(of, 1):.1%}" for kind, (slips, of) in wrong[peer].items() if of)
        print(f"mean of files up to {SHORT} pages: {peer} {mean:.2f}; letters wrong: {rates}")
    print(f"garbage layers accepted: {len(believed)} {' '.join(believed)}")
    torn()
    limon()
    waiting()


def kind_of(stored: str) -> str:
    return "Limon" if "Limon text" in stored else "text" if stored == "clean text" else "scans"


@cache
def document_of(data: bytes) -> Document | None:
    try:
        return read(data)
    except ReadingError:
        return None


def is_believed(data: bytes) -> bool:
    """Whether a page of a file was read by its text layer."""
    document = document_of(data)
    return document is not None and document.meta.get("text") != "recognised"


def torn() -> None:
    """The Constitution whose letters are torn, beside what another program read of it (which has slips of its own)."""
    ours, theirs = (
        read((KHMER.parent / name).read_bytes(), filename=name)
        for name in ("kh-constitution-2015-na.pdf", "kh-constitution-2015.md")
    )
    text = "\n".join(f"{each.num} {each.heading} {each.text}" for each in ours.clauses)
    slips = letters = 0
    for clause in theirs.clauses:
        if clause.element == "article" and len(clause.text) > LONG:
            here, length = letters_wrong(clause.text[:MOST_COMPARED], text)
            slips, letters = slips + here, letters + length
    articles = len(numbers_of(ours) & set(range(1, 161)))
    print(
        f"torn Unicode, 111 pages: {articles} of 160 articles, letters unlike the transcription {slips / letters:.2%}"
    )


def limon() -> None:
    """The Criminal Code in Limon beside its conversion to Unicode: articles, and those whose penalties are the same."""
    folder = SHARED / "data" / "kh-criminal-code"
    printed = read((folder / "criminal-code-2009-km.pdf").read_bytes())
    unicode = read((folder / "criminal-code-2009-km.unicode.txt").read_bytes(), filename="code.txt")
    ours, theirs = penalties_of(printed), penalties_of(unicode)
    same = sum(ours.get(number) == terms for number, terms in theirs.items())
    print(f"Criminal Code in Limon: {len(ours)} of 672 articles, penalties as in Unicode in {same} of {len(theirs)}")


def penalties_of(document: Document) -> dict[str, list[tuple[object, ...]]]:
    terms: dict[str, list[tuple[object, ...]]] = {}
    for clause in document.clauses:
        if clause.element == "article":
            text = "\n".join(each.text for each in document.subtree(clause.eid))
            terms[clause.num] = [
                (each.prison_months_min, each.prison_months_max, each.fine_min, each.fine_max)
                for each in penalties_in(view(text))
            ]
    return terms


def waiting() -> None:
    """How long a scan of 12 pages is read in the box by two helpers, the machine's load beside it."""
    data = (KHMER / "law_book_3.pdf").read_bytes()
    start, load = time.perf_counter(), os.getloadavg()[0]
    command = [sys.executable, "-m", "lawcompare.engine.sandbox.reader", "2048", "3600", "file.pdf", ""]
    child = subprocess.run([*command, "images", "helpers=2"], input=data, capture_output=True, check=False)
    seconds = time.perf_counter() - start
    print(f"a scan of 12 pages, read in the box: {seconds:.0f} s (exit {child.returncode}, load before {load:.1f})")


def processor_seconds() -> float:
    """What this process and those it waited for have worked, which other programs on the machine do not lengthen."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def elsewhere() -> None:
    """Acts and bills of other countries: units found, with their number, beside the truth."""
    print("\nUnits found | with their number | there are")
    for name, units in ELSEWHERE.items():
        document = read((KHMER.parent / name).read_bytes(), filename=name)
        clauses = [clause for clause in document.clauses if clause.element in UNITS]
        numbered = sum(1 for clause in clauses if clause.num)
        off = (len(clauses) - units) / units
        print(f"{name:26} {len(clauses):4} {numbered:4} {units:4}  {off:+.1%}  {len(document.warnings)} warnings")


def ours(data: bytes) -> tuple[set[int], str]:
    document = document_of(data)
    if document is None:
        return set(), ""
    return numbers_of(document), "\n".join(f"{each.num} {each.heading} {each.text}" for each in document.clauses)


def numbers_of(document: Document) -> set[int]:
    articles = [WORD.sub("", clause.num) for clause in document.clauses if clause.element == "article"]
    values = [read_number(number) for number in articles]
    return {value.base for value in values if value is not None}


def plain_tesseract(data: bytes) -> tuple[set[int], str]:
    """One look at each page as it is rendered, and a pattern."""
    recogniser = TesseractRecogniser()
    api = recogniser.tesserocr.PyTessBaseAPI(path=recogniser.folder, lang="khm", psm=SINGLE_COLUMN)
    pages = []
    for page in pypdfium2.PdfDocument(data):
        api.SetImage(rendered(page))
        api.SetSourceResolution(300)
        pages.append(api.GetUTF8Text())
    return by_pattern("\n".join(pages))


def pdftotext(data: bytes) -> tuple[set[int], str]:
    command = ["pdftotext", "-", "-"]
    return by_pattern(
        subprocess.run(command, input=data, capture_output=True, check=False).stdout.decode("utf-8", "replace")
    )


def by_pattern(text: str) -> tuple[set[int], str]:
    return {int(number) for number in HEADING.findall(text)}, text


def letters_wrong(passage: str, text: str) -> tuple[int, int]:
    """The least number of letters wrong where the passage stands in the text, and how many it has."""
    wanted, read_text = bare(passage), bare(text)
    letters = np.frombuffer(read_text.encode("utf-32-le"), dtype=np.uint32)
    places = np.arange(len(read_text) + 1)
    row = np.zeros(len(read_text) + 1, dtype=np.int32)
    for at, letter in enumerate(wanted, 1):
        following = np.empty_like(row)
        following[0] = at
        following[1:] = np.minimum(row[:-1] + (letters != ord(letter)), row[1:] + 1)
        row = np.minimum.accumulate(following - places) + places
    return int(row.min()), len(wanted)


def bare(text: str) -> str:
    """Letters alone, and one sign for those that look the same in print."""
    text = normalise(text, "km").text
    for one, other in (("ៈ", "៖"), ("ះ", "៖"), ("._", ""), (".~", ""), (".-", "")):
        text = text.replace(one, other)
    return re.sub(r"\s", "", text)


if __name__ == "__main__":
    main()
