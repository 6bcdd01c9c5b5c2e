"""A reader in a process of its own, and its helpers, which recognise pages: each in a box of its own.

Called as ``python -m lawcompare.engine.sandbox.reader MEGABYTES SECONDS NAME [LANGUAGE [images] [before] [pages]
[bytes=N] [helpers=N] [NAME=N …]]``; an empty LANGUAGE is found out, ``bytes`` is the size limit of the file, every
other NAME a limit of the text (``document.sizes``).

The file comes on standard input; with ``pages`` a line of JSON before it, what is known of its pages (``{number:
pages}``). On standard output stand lines of JSON: ``{"missing"}``, the layers of the box that this machine does not
give; any number of ``{"step", "done", "total"}``, where images are asked for of ``{"image", "width", "height",
"pixels"}``, and with ``pages`` of ``{"recognised", "pages"}``, each after its images; then ``{"document"}``, or
``{"refused", "line"}`` where it is no law, or ``{"beyond"}``, the name of a limit that its text is beyond. Nothing else
of the process is trusted: what a hostile file does to it ends with it.
"""

import base64
import json
import os
import select
import signal
import struct
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from threading import Lock, Thread
from typing import Any

from lawcompare.engine.document import first_beyond, to_plain
from lawcompare.engine.errors import EngineError, ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.reading.rendered_lines import with_rendered_lines
from lawcompare.engine.reading.reporting import Facsimile, Listeners, NumberedPage, PlainPages, listening
from lawcompare.engine.sandbox.box import end_as_told, end_first, end_with, enter

NICENESS = 10  # pages come before reading
SECONDS_BETWEEN = 0.25
SECONDS_AT_MOST = 5

_turn = Lock()  # one line at a time
_LENGTHS = struct.Struct(">II")


def main(memory: int, seconds: int, filename: str, language: str | None, *asked: str) -> int:
    """Read standard input within limits; return the exit status, 2 where the file is refused."""
    end_as_told()
    end_first()
    os.nice(NICENESS)
    with_images = "images" in asked
    numbers = {name: int(number) for name, equals, number in (word.partition("=") for word in asked) if equals}
    most, count = numbers.pop("bytes", None), numbers.pop("helpers", 0)
    helpers = Helpers(count, memory // 2, seconds, with_images=with_images) if count else None
    _write({"missing": enter(memory, seconds)})
    store = PageWriter(json.loads(sys.stdin.buffer.readline())) if "pages" in asked else None
    data = sys.stdin.buffer.read()
    try:
        with listening(Listeners(_ProgressWriter(), _write_image if with_images else None, store, helpers)):
            document = read(
                data,
                filename=filename,
                language=language,
                max_bytes=most,
                before_changes="before" in asked,
            )
            if with_images:
                document = with_rendered_lines(document, data, filename)
    except EngineError as error:
        _write({"refused": error.reason, "line": error.line})
        return 2
    except MemoryError:
        _write({"refused": "the file needs more memory to read than any law does", "line": None})
        return 2
    if name := first_beyond(document, numbers):  # as JSON it would take several times its memory, here and outside
        _write({"beyond": name})
        return 2
    _write({"document": to_plain(document)})
    if helpers is not None:
        helpers.end()
    return 0


class PageWriter:
    """Says what was recognised of pages, and knows what was recognised of some before."""

    def __init__(self, known: dict[str, PlainPages]) -> None:
        self.known = {int(number): pages for number, pages in known.items()}

    def keep(self, number: int, pages: PlainPages) -> None:
        _write({"recognised": number, "pages": pages})


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


def _write_image(image: Facsimile) -> None:
    pixels = base64.b64encode(zlib.compress(image.pixels, 1)).decode()
    _write({"image": image.number, "width": image.width, "height": image.height, "pixels": pixels})


def _write(message: dict[str, Any]) -> None:
    line = json.dumps(message) + "\n"
    with _turn:
        sys.stdout.write(line)
        sys.stdout.flush()


class Helpers:
    """Processes that recognise a page each. Start them while this process has one thread and is in no box.

    A reader in its box can start no process, so they wait from before it enters, and end with it. They are sent page
    images through pipes, and have no other way to the file. Their answers are trusted no more than those of the reader.
    """

    def __init__(self, count: int, memory: int, seconds: int, *, with_images: bool) -> None:
        """``memory`` in megabytes of address space and ``seconds`` of processor time are what each may take."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        self.with_images = with_images
        self.pipes = [_start(memory, seconds) for _ in range(count)]

    def recognise(self, pages: Iterable[NumberedPage]) -> Iterator[tuple[int, PlainPages, list[Facsimile]]]:
        """See ``reporting.PageHelpers``."""
        idle, busy = list(self.pipes), dict[int, tuple[int, int]]()  # the pipe of answers -> that of requests, the page
        following = iter(pages)
        failure: ReadingError | None = None
        while True:
            while failure is None and idle and (page := next(following, None)) is not None:
                requests, answers = idle.pop()
                image = page.image()
                asked = {"number": page.number, "is_part": page.is_part, "with_images": self.with_images}
                try:
                    _send(requests, {**asked, "width": image.width, "height": image.height}, image.tobytes())
                except OSError as error:  # the helper is no more
                    raise _too_much(page.number) from error
                busy[answers] = requests, page.number
            if not busy:
                break
            for answers in select.select(list(busy), [], [])[0]:
                requests, number = busy.pop(answers)
                try:
                    recognised = _receive_page(answers, number)
                except ReadingError as error:
                    failure = error  # raised once the others have done the pages they are at
                    continue
                idle.append((requests, answers))
                yield number, *recognised
        if failure is not None:
            raise failure

    def end(self) -> None:
        """Have them end, and wait for it."""
        for requests, _answers in self.pipes:
            os.close(requests)
        for _requests, answers in self.pipes:
            while os.read(answers, 1 << 16):
                pass
            os.close(answers)
        self.pipes = []


def _start(memory: int, seconds: int) -> tuple[int, int]:
    """The pipes to and from a new helper. It holds neither the file nor the reader's output, nor others' pipes."""
    (own_requests, requests), (answers, own_answers) = os.pipe(), os.pipe()
    parent = os.getpid()
    if os.fork():
        os.close(own_requests)
        os.close(own_answers)
        return requests, answers
    try:
        end_with(parent, int(os.environ.get("SECONDS_MAX", 0)))
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        first = 3
        for number in sorted((own_requests, own_answers)):
            os.closerange(first, number)
            first = number + 1
        os.closerange(first, os.sysconf("SC_OPEN_MAX"))
        enter(memory, seconds)
        Thread(target=_end_with_the_reader, args=(parent,), daemon=True).start()
        _serve(own_requests, own_answers)
    finally:
        os._exit(0)


def _end_with_the_reader(reader: int) -> None:
    """The reader's Landlock lets no signal out of its box, not even the one that says that it has ended."""
    while os.getppid() == reader:
        time.sleep(SECONDS_BETWEEN)
    os._exit(1)


def _serve(requests: int, answers: int) -> None:
    # Loaded here, inside the box, as all that meets the file is.
    from PIL import Image

    from lawcompare.engine.reading.ocr import recogniser
    from lawcompare.engine.reading.ocr.pages import recognise_page, to_plain

    while (asked := _receive(requests)) is not None:
        page, pixels = asked
        images: list[Facsimile] = []
        try:
            with listening(Listeners(keep_image=images.append if page["with_images"] else None)):
                image = Image.frombytes("L", (page["width"], page["height"]), pixels)
                plain = to_plain(recognise_page(image, page["number"], recogniser(), is_part=page["is_part"]))
        except EngineError as error:
            _send(answers, {"refused": error.reason}, b"")
        except MemoryError:
            return
        else:
            sizes = [(image.number, image.width, image.height) for image in images]
            _send(answers, {"pages": plain, "images": sizes}, b"".join(image.pixels for image in images))


def _receive_page(answers: int, number: int) -> tuple[PlainPages, list[Facsimile]]:
    answer = _receive(answers)
    if answer is None:
        raise _too_much(number)
    message, pixels = answer
    if "refused" in message:
        raise ReadingError(message["refused"])
    images, start = [], 0
    for image_number, width, height in message["images"]:
        images.append(Facsimile(image_number, width, height, pixels[start : start + width * height]))
        start += width * height
    return message["pages"], images


def _too_much(number: int) -> ReadingError:
    """A helper ended on a page, by its limits or by what the page did to it."""
    return ReadingError(f"page {number} could not be recognised within the limits; scan it anew, or leave it out")


def _send(pipe: int, message: dict[str, Any], data: bytes) -> None:
    words = json.dumps(message).encode()
    left = memoryview(_LENGTHS.pack(len(words), len(data)) + words + data)
    while left:
        left = left[os.write(pipe, left) :]


def _receive(pipe: int) -> tuple[dict[str, Any], bytes] | None:
    """None where the other side has ended."""
    lengths = _read(pipe, _LENGTHS.size)
    if lengths is None:
        return None
    words, data = (_read(pipe, length) for length in _LENGTHS.unpack(lengths))
    return None if words is None or data is None else (json.loads(words), data)


def _read(pipe: int, length: int) -> bytes | None:
    pieces = bytearray()
    while len(pieces) < length:
        piece = os.read(pipe, min(length - len(pieces), 1 << 20))
        if not piece:
            return None
        pieces += piece
    return bytes(pieces)


if __name__ == "__main__":
    spoken, asked = (sys.argv[4:5] or [""])[0], sys.argv[5:]
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], spoken or None, *asked))
