"""Pages and pictures made in a process of its own, inside the box: their words and files are strangers'.

Called as ``python -m lawcompare.engine.sandbox.maker TASK MEGABYTES SECONDS`` with what is asked on standard input and
what was made on standard output. TASK is ``page N``, which draws the image of page N of a PDF file (BEGINNING, width
and height of four bytes each, pixels); ``pdf``, which sets the pages of a redline (JSON with ``data`` and ``moment``);
or ``card``, which draws a card for sharing (JSON). No more is loaded than the task needs: a reader waits for it.
"""

import json
import os
import struct
import sys
from datetime import datetime

from lawcompare.engine.sandbox.box import end_as_told, end_first, enter

BEGINNING = b"PAGE"
SIZE = struct.Struct(">II")
NICENESS = 10  # of drawing a page: the site's own come first


def main(task: str, number: int, memory: int, seconds: int) -> int:
    """Make one thing within limits; return the exit status, 2 where a page cannot be drawn."""
    end_as_told()
    end_first()
    if task == "page":
        os.nice(NICENESS)
    enter(memory, seconds)
    asked = sys.stdin.buffer.read()
    if task == "page":
        from lawcompare.engine.errors import ReadingError
        from lawcompare.engine.reading.reporting import draw_page

        try:
            image = draw_page(asked, number)
        except (ReadingError, MemoryError):
            return 2
        made = BEGINNING + SIZE.pack(image.width, image.height) + image.pixels
    else:
        from lawcompare.engine.writing import typeset

        words = json.loads(asked)
        if task == "card":
            made = typeset.draw_card(words)
        else:
            made = typeset.set_pages(words["data"], datetime.fromisoformat(words["moment"]))
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    task, *number, memory, seconds = sys.argv[1:]
    sys.exit(main(task, int(number[0]) if number else 0, int(memory), int(seconds)))
