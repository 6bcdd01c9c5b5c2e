"""Helpers of a reader: processes that recognise pages, each in a box of its own with its own limits.

A reader in its box can start no process, so they are started before it enters; they wait, and end with it. They are
sent page images through pipes, and have no other way to the file. Their answers are trusted no more than those of
the reader are.
"""

import ctypes
import json
import os
import select
import signal
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from lawcompare.engine.errors import EngineError, ReadingError
from lawcompare.engine.reading import facsimiles
from lawcompare.engine.reading.page_results import NumberedPage, PlainPages
from lawcompare.engine.reading.sandbox.box import enter

PR_SET_PDEATHSIG = 1
_LENGTHS = struct.Struct(">II")


class Helpers:
    """Processes that recognise a page each. Start them while this process has one thread and is in no box."""

    def __init__(self, count: int, memory: int, seconds: int, *, with_images: bool) -> None:
        """``memory`` in megabytes of address space and ``seconds`` of processor time are what each may take."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        self.with_images = with_images
        self.pipes = [_start(memory, seconds) for _ in range(count)]

    def recognise(self, pages: Iterable[NumberedPage]) -> Iterator[tuple[int, PlainPages, list[facsimiles.Facsimile]]]:
        """See ``page_results.PageHelpers``."""
        idle, busy = list(self.pipes), dict[int, tuple[int, int]]()  # the pipe of answers -> that of requests, the page
        following = iter(pages)
        failure: ReadingError | None = None
        while True:
            while failure is None and idle and (page := next(following, None)) is not None:
                requests, answers = idle.pop()
                _send_page(requests, page, self.with_images)
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
    """The pipes to and from a new helper."""
    (own_requests, requests), (answers, own_answers) = os.pipe(), os.pipe()
    parent = os.getpid()
    if os.fork():
        os.close(own_requests)
        os.close(own_answers)
        return requests, answers
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == parent:  # else it ended before it could be heard of
            _close_all_but(own_requests, own_answers)
            enter(memory, seconds)
            _serve(own_requests, own_answers)
    finally:
        os._exit(0)


def _close_all_but(*kept: int) -> None:
    """A helper holds neither the file nor the reader's output, nor the pipes of other helpers."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    first = 3
    for number in sorted(kept):
        os.closerange(first, number)
        first = number + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def _serve(requests: int, answers: int) -> None:
    # Loaded here, inside the box, as all that meets the file is.
    from PIL import Image

    from lawcompare.engine.reading.ocr import recogniser
    from lawcompare.engine.reading.ocr.many_pages import to_plain
    from lawcompare.engine.reading.ocr.page_lines import recognise_page

    while (asked := _receive(requests)) is not None:
        page, pixels = asked
        number, size = page["number"], (page["width"], page["height"])
        images: list[facsimiles.Facsimile] = []
        try:
            with facsimiles.kept_by(images.append if page["with_images"] else None):
                image = Image.frombytes("L", size, pixels)
                plain = to_plain(recognise_page(image, number, recogniser(), is_part=page["is_part"]))
        except EngineError as error:
            _send(answers, {"refused": error.reason}, b"")
        except MemoryError:
            return
        else:
            sizes = [(image.number, image.width, image.height) for image in images]
            _send(answers, {"pages": plain, "images": sizes}, b"".join(image.pixels for image in images))


def _send_page(requests: int, page: NumberedPage, with_images: bool) -> None:
    image = page.image()
    asked = {"number": page.number, "width": image.width, "height": image.height}
    try:
        _send(requests, {**asked, "with_images": with_images, "is_part": page.is_part}, image.tobytes())
    except OSError as error:  # the helper is no more
        raise _too_much(page.number) from error


def _receive_page(answers: int, number: int) -> tuple[PlainPages, list[facsimiles.Facsimile]]:
    answer = _receive(answers)
    if answer is None:
        raise _too_much(number)
    message, pixels = answer
    if "refused" in message:
        raise ReadingError(message["refused"])
    images, start = [], 0
    for image_number, width, height in message["images"]:
        images.append(facsimiles.Facsimile(image_number, width, height, pixels[start : start + width * height]))
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
