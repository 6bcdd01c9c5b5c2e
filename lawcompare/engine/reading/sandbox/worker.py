"""A reader in a process of its own.

Called as ``python -m lawcompare.engine.reading.sandbox.worker MEGABYTES SECONDS NAME [LANGUAGE [images] [before]
[pages] [helpers=N]]``; an empty LANGUAGE is found out.

The file comes on standard input; with ``pages`` a line of JSON before it, what is known of its pages (``{number:
pages}``). On standard output stand lines of JSON: ``{"missing"}``, the layers of the box that this machine does not
give; any number of ``{"step", "done", "total"}``, where images are asked for of ``{"image", "width", "height",
"pixels"}``, and with ``pages`` of ``{"recognised", "pages"}``, each after its images; then ``{"document"}``, or
``{"refused", "line"}`` where it is no law. Nothing else of the process is trusted: what a hostile file does to it ends
with it.
"""

import base64
import json
import os
import sys
import time
import zlib
from threading import Lock, Thread
from typing import Any

from lawcompare.engine.document import to_plain
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import facsimiles, page_results, read
from lawcompare.engine.reading.rendered_lines import with_rendered_lines
from lawcompare.engine.reading.sandbox import progress
from lawcompare.engine.reading.sandbox.box import enter
from lawcompare.engine.reading.sandbox.helpers import Helpers

NICENESS = 10  # pages come before reading
SECONDS_BETWEEN = 0.25
SECONDS_AT_MOST = 5
HELPERS = "helpers="

_turn = Lock()  # one line at a time


def main(memory: int, seconds: int, filename: str, language: str | None, *asked: str) -> int:
    """Read standard input within limits; return the exit status, 2 where the file is refused."""
    os.nice(NICENESS)
    with_images = "images" in asked
    count = sum(int(word.removeprefix(HELPERS)) for word in asked if word.startswith(HELPERS))
    helpers = Helpers(count, memory // 2, seconds, with_images=with_images) if count else None
    _write({"missing": enter(memory, seconds)})
    store = PageWriter(json.loads(sys.stdin.buffer.readline())) if "pages" in asked else None
    data = sys.stdin.buffer.read()
    try:
        with (
            progress.listening(_ProgressWriter()),
            facsimiles.kept_by(_write_image if with_images else None),
            page_results.kept_in(store),
            page_results.helped_by(helpers),
        ):
            document = read(data, filename=filename, language=language, before_changes="before" in asked)
            if with_images:
                document = with_rendered_lines(document, data, filename)
    except EngineError as error:
        _write({"refused": error.reason, "line": error.line})
        return 2
    except MemoryError:
        _write({"refused": "the file needs more memory to read than any law does", "line": None})
        return 2
    _write({"document": to_plain(document)})
    if helpers is not None:
        helpers.end()
    return 0


class PageWriter:
    """Says what was recognised of pages, and knows what was recognised of some before."""

    def __init__(self, known: dict[str, page_results.PlainPages]) -> None:
        self.known = {int(number): pages for number, pages in known.items()}

    def keep(self, number: int, pages: page_results.PlainPages) -> None:
        _write({"recognised": number, "pages": pages})


def _write_image(image: facsimiles.Facsimile) -> None:
    pixels = base64.b64encode(zlib.compress(image.pixels, 1)).decode()
    _write({"image": image.number, "width": image.width, "height": image.height, "pixels": pixels})


class _ProgressWriter:
    """Says how far the reading is: a few times a second at most, and at least every few seconds, as a sign of life."""

    def __init__(self) -> None:
        self.progress: dict[str, Any] = {"step": "opening", "done": 0, "total": 0}
        self.last = 0.0
        Thread(target=self._go_on, daemon=True).start()

    def __call__(self, step: str, done: int, total: int) -> None:
        is_next = step != self.progress["step"] or done == total
        self.progress = {"step": step, "done": done, "total": total}
        if is_next or time.monotonic() - self.last > SECONDS_BETWEEN:
            self._repeat()

    def _go_on(self) -> None:
        while True:
            time.sleep(SECONDS_AT_MOST)
            self._repeat()

    def _repeat(self) -> None:
        self.last = time.monotonic()
        _write(self.progress)


def _write(message: dict[str, Any]) -> None:
    line = json.dumps(message) + "\n"
    with _turn:
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    spoken, asked = (sys.argv[4:5] or [""])[0], sys.argv[5:]
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], spoken or None, *asked))
