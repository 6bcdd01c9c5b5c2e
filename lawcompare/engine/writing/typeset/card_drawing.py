"""From the plain data of a card to its picture. Words reach Typst as data, never as markup."""

import json
from pathlib import Path
from typing import Any

from lawcompare.engine.writing.typeset.faces import face_folders

TEMPLATE = Path(__file__).with_name("card.typ")
# At 72 dots an inch a point is a pixel.
DOTS_PER_INCH = 72


def draw(data: dict[str, Any]) -> bytes:
    """Returns the PNG of a card given as ``card.Card`` names its parts."""
    import typst  # where cards are drawn, which is inside the box

    compiler = typst.Compiler(
        str(TEMPLATE),
        font_paths=face_folders(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    picture = compiler.compile(format="png", ppi=DOTS_PER_INCH)
    assert isinstance(picture, bytes)  # one page
    return picture
