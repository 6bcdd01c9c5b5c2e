"""The faces in which Typst sets PDF and pictures: those of the pages, with all their letters."""

import importlib
from functools import cache
from pathlib import Path

PACKAGES = ("fontpkg_source_serif_4", "fontpkg_noto_sans_khmer")


@cache
def face_folders() -> list[str]:
    """Returns the folders in which the faces' files are."""
    return [str(Path(importlib.import_module(name).__path__[0]) / "files") for name in PACKAGES]
