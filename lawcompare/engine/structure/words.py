"""The words by which laws name their parts, and the abbreviations of addresses, from ``words.toml``."""

import tomllib
from pathlib import Path

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

ORDER = tuple(_TABLES["order"])
ENGLISH: dict[str, str] = _TABLES["english"]
KHMER: dict[str, str] = _TABLES["khmer"]
UNNUMBERED: dict[str, str] = _TABLES["unnumbered"]
ABBREVIATIONS: dict[str, str] = _TABLES["abbreviations"]
