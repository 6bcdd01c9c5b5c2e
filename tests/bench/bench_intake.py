"""Real Cambodian PDFs: articles found with their number and letters wrong, beside plain Tesseract and pdftotext.

Needs ``../shared/data/intake``. Takes some minutes: every page of a scan is recognised.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable

import numpy as np
import pypdfium2

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.reading.ocr.page_images import rendered
from lawcompare.engine.reading.ocr.tesseract import SINGLE_COLUMN, TesseractRecogniser
from lawcompare.engine.structure.numbering import read_number
from lawcompare.engine.structure.outline import UNITS
from lawcompare.engine.text.normalise import normalise
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
    elsewhere()
    print("\nShare of articles found with their number | letters wrong on judged passages, spaces aside | seconds\n")
    shares: dict[str, list[float]] = {name: [] for name in peers}
    wrong: dict[str, list[int]] = {name: [0, 0] for name in peers}
    for name, truth in gold.items():
        if truth["pages"] > SHORT and "Limon" not in truth["stored"]:
            continue
        data = (KHMER / name).read_bytes()
        wanted = set(range(1, truth["articles"] + 1)) - set(truth["article_numbers_not_printed"])
        row = []
        for peer, reader in peers.items():
            start = time.perf_counter()
            numbers, text = reader(data)
            share = len(numbers & wanted) / len(wanted)
            slips = letters = 0
            for passage in truth["passages"]:
                here, length = letters_wrong(passage["text"], text)
                slips, letters = slips + here, letters + length
            if truth["pages"] <= SHORT and truth["count"]:
                shares[peer].append(share)
                wrong[peer][0] += slips
                wrong[peer][1] += letters
            rate = f"{slips / letters:6.1%}" if letters else "   –  "
            row.append(f"{peer} {share:4.2f} {rate} {time.perf_counter() - start:5.1f} s")
        print(f"{name:18} {truth['pages']:3} pages  {'  |  '.join(row)}", flush=True)
    for peer in peers:
        slips, letters = wrong[peer]
        mean = sum(shares[peer]) / len(shares[peer])
        print(f"mean of files up to {SHORT} pages: {peer} {mean:.2f}, letters wrong {slips / letters:.1%}")


def elsewhere() -> None:
    """Acts and bills of other countries: units found, with their number, beside the truth."""
    print("\nUnits found | with their number | there are")
    for name, units in ELSEWHERE.items():
        document = read((KHMER.parent / name).read_bytes(), filename=name)
        clauses = [clause for clause in document.clauses if clause.element in UNITS]
        numbered = sum(1 for clause in clauses if clause.num)
        print(f"{name:26} {len(clauses):4} {numbered:4} {units:4}  {(len(clauses) - units) / units:+.1%}")


def ours(data: bytes) -> tuple[set[int], str]:
    try:
        document = read(data)
    except ReadingError:
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
