"""Drawing a card in a process of its own, inside the box that files are read in.

Called as ``python -m lawcompare.engine.writing.typeset.card_worker MEGABYTES SECONDS``: the card comes in as JSON, the
picture goes out. Nothing but the drawing is loaded here: a reader waits for it.
"""

import json
import sys

from lawcompare.engine.reading.sandbox.box import enter
from lawcompare.engine.writing.typeset.card_drawing import draw


def main(memory: int, seconds: int) -> int:
    enter(memory, seconds)
    sys.stdout.buffer.write(draw(json.loads(sys.stdin.buffer.read())))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
