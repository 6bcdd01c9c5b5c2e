"""Count which letters the reader of pictures takes for which, in scans of which the text is known: ``slips.toml``.

And which letters Khmer texts have below which, as a word that was misread may not.

``python -m tests.tools.slips`` reads passages judged by eye, pages of the Criminal Code in Limon whose text is known,
and the Declaration of Human Rights printed in two faces; it needs ``../shared/data`` and Tesseract, and some minutes.
Of the texts nothing is kept but the counts.
"""

from __future__ import annotations

import html
import io
import json
import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import regex
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from lawcompare.engine.diff import slips
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.text.normalise import normalise
from tests.conftest import SHARED
from tests.khmer_prints import DPI, FACE, scan, scanned

TABLE = Path(slips.__file__).with_name("slips.toml")
FACES = (FACE, Path("/usr/share/fonts/truetype/noto/NotoSerifKhmer-Regular.ttf"))
# Pages of the Criminal Code that are learnt from; those from 100 to 112 are kept to measure by.
CODE, PAGES = "criminal-code-2009-km.pdf", ((60, 72), (150, 162), (220, 240))
WORST = 0.3  # of what is read worse, no letter belongs surely to another
LONGEST = 3  # letters in a row
RARE = 2  # of pairs of letters
NO_COUNT = regex.compile(r"[\p{N}A-Za-z]")


def main() -> None:
    counts: Counter[tuple[str, str]] = Counter()
    letters = 0
    for printed, seen in [*judged(), *code(), *declaration()]:
        one, other = slips._UNIT.findall(printed), slips._UNIT.findall(seen)
        blocks = [block for block in Levenshtein.opcodes(one, other) if block.tag != "equal"]
        wrong = sum(max(block.src_end - block.src_start, block.dest_end - block.dest_start) for block in blocks)
        if wrong > WORST * len(one):
            continue
        letters += len(one)
        for block in blocks:
            was, became = one[block.src_start : block.src_end], other[block.dest_start : block.dest_end]
            if len(was) == len(became) <= LONGEST:
                counts.update(zip(was, became, strict=True))
            elif len(was) + len(became) == 1:
                counts["".join(was), "".join(became)] += 1
    table: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (was, became), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        if not NO_COUNT.search(was + became):
            table[was][became] = count
    lines = [
        f"{as_toml(was)} = {{ {', '.join(f'{as_toml(k)} = {v}' for k, v in seen.items())} }}"
        for was, seen in table.items()
    ]
    head, _, tail = TABLE.read_text("utf-8").partition('pairs = """\n')
    about = tail.partition('"""\n')[2].partition("[read_as]\n")[0]
    TABLE.write_text(f'{head}pairs = """\n{pairs()}"""\n{about}[read_as]\n' + "\n".join(lines) + "\n", "utf-8")
    print(f"{letters} letters, {sum(counts.values())} read otherwise, {len(lines)} letters in {TABLE.name}")


def pairs() -> str:
    """The letters with another below them, but for those that are rare enough to be mistyped."""
    data = SHARED / "data"
    files = [*data.glob("kh-criminal-code/*.unicode.txt"), data / "intake" / "kh-constitution-2015.md"]
    files += [data / "udhr" / "khm.html", *(Path(__file__).parents[2] / "fixtures").rglob("*km*")]
    texts = (normalise(file.read_text("utf-8"), "km").text for file in files if file.is_file())
    counts = Counter(letter + below for text in texts for letter, below in slips._PAIR.findall(text))
    return textwrap.fill(" ".join(sorted(pair for pair, count in counts.items() if count > RARE)), 110) + "\n"


def as_toml(letters: str) -> str:
    return json.dumps(letters, ensure_ascii=False)


def plain(text: str) -> str:
    return re.sub(r"\s+", "", normalise(text, "km").text)


def found_in(document: str, passage: str) -> str:
    place = fuzz.partial_ratio_alignment(passage, document, score_cutoff=80)
    return document[place.dest_start : place.dest_end] if place else ""


def judged() -> Iterator[tuple[str, str]]:
    folder = SHARED / "data" / "intake" / "khmer"
    for name, truth in json.loads((folder / "gold.json").read_text("utf-8")).items():
        if "scan" in truth["stored"] and truth["passages"]:
            try:
                document = read((folder / name).read_bytes(), filename=name)
            except ReadingError:
                continue
            text = plain(" ".join(f"{clause.num} {clause.heading} {clause.text}" for clause in document.clauses))
            for passage in truth["passages"]:
                yield plain(passage["text"]), found_in(text, plain(passage["text"]))


def code() -> Iterator[tuple[str, str]]:
    for begin, end in PAGES:
        part = pypdfium2.PdfDocument.new()
        part.import_pages(pypdfium2.PdfDocument(SHARED / "data" / "kh-criminal-code" / CODE), range(begin, end))
        file = io.BytesIO()
        part.save(file)
        pages = [page.render(scale=DPI / 72).to_pil().convert("L") for page in part]
        printed, seen = articles(read(file.getvalue())), articles(read(scanned(pages)))
        yield from ((words, seen[number]) for number, words in printed.items() if number in seen)


def articles(document: Document) -> dict[str, str]:
    def words(clause: Clause) -> str:
        return plain("".join(inside.heading + inside.text for inside in document.subtree(clause.eid)))

    return {clause.num: words(clause) for clause in document.clauses if clause.element == "article"}


def declaration() -> Iterator[tuple[str, str]]:
    text = html.unescape(re.sub(r"<[^>]+>", "\n", (SHARED / "data" / "udhr" / "khm.html").read_text("utf-8")))
    lines = [line.strip() for line in text.splitlines() if regex.search(r"\p{Khmer}", line)]
    for face in filter(Path.exists, FACES):
        seen = plain("".join(read(scan("\n".join(lines), face), filename="declaration.pdf").source))
        for line in map(plain, lines):
            yield line, found_in(seen, line)


if __name__ == "__main__":
    main()
