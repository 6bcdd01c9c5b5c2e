"""The families of old Khmer fonts whose letters are known, from ``fonts.toml``."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from lawcompare.engine.reading.legacy_fonts.convert import FontTable, sub

PATH = Path(__file__).with_name("fonts.toml")


@cache
def load_families() -> dict[str, tuple[re.Pattern[str], FontTable]]:
    """By its name in the file each family: how its fonts are named, and its table."""
    entries = tomllib.loads(PATH.read_text("utf-8"))
    return {
        name: (re.compile(entry["fonts"], re.IGNORECASE), _table(entry, entries.get(entry.get("like"), {})))
        for name, entry in entries.items()
        if "fonts" in entry
    }


def _table(entry: dict[str, Any], other: dict[str, Any]) -> FontTable:
    def pairs(name: str) -> dict[str, str]:
        return other.get(name, {}) | entry.get(name, {})

    def strings(name: str) -> dict[str, str]:
        return dict(zip(*(entry.get(name) or other.get(name) or ("", "")), strict=True))

    return FontTable(
        name=entry["name"],
        before=pairs("before"),
        letters=strings("letters"),
        after={key: sub(letter) for key, letter in pairs("subscripts").items()} | pairs("marks"),
        signs=strings("digits") | pairs("signs"),
        sequences=pairs("sequences"),
        colon=entry.get("colon", ""),
    )
