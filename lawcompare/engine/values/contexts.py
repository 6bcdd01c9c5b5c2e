"""What stands around the words that carry values and changes what they say, from ``contexts.yaml``."""

import re
from functools import cache
from pathlib import Path

import yaml

from lawcompare.engine.text.search_form import khmer_pattern, lazy_compile

FILE = Path(__file__).with_suffix(".yaml")


@cache
def _read() -> dict[str, dict[str, str]]:
    return yaml.load(FILE.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def contexts_of(reader: str) -> dict[str, re.Pattern[str]]:
    """The patterns of one reader of values, by name."""
    return {
        name: lazy_compile(khmer_pattern(text) if name.startswith("khmer-") else text)
        for name, text in _read()[reader].items()
    }
