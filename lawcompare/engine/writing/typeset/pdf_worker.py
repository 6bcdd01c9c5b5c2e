"""Setting the pages of a PDF in a process of its own, inside the box that files are read in.

Called as ``python -m lawcompare.engine.writing.typeset.pdf_worker MEGABYTES SECONDS``: JSON comes in (``data``,
``moment``), the PDF goes out. The words are strangers' too, and the library that sets them is large.
"""

import json
import sys
from datetime import datetime

from lawcompare.engine.reading.sandbox.box import enter
from lawcompare.engine.writing.typeset.pdf import set_pages


def main(memory: int, seconds: int) -> int:
    enter(memory, seconds)
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(set_pages(asked["data"], datetime.fromisoformat(asked["moment"])))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
