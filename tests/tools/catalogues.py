"""Name the messages of the catalogues whose translation has other placeholders than the original, each with its line.

``python -m tests.tools.catalogues [FILE …]``, part of ``make check``: exit code 2 where one is broken, so that no page
fails, or shows ``%(n)`` to a reader, in one language alone.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
KEYWORD = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")')
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%%|%[sdif]|%")
BRACKETED = re.compile(r"%\((\w+)\)")


def entries(text: str) -> Iterator[tuple[int, dict[str, str], bool]]:
    """Yields of each entry the line of its translation, its words by keyword, and whether it has placeholders."""
    words: dict[str, str] = {}
    name, line, is_format = "", 0, False
    for number, row in enumerate([*text.splitlines(), ""], start=1):
        match = KEYWORD.fullmatch(row.strip())
        if not row.strip():
            if words.get("msgid"):
                yield line, words, is_format
            words, name, is_format = {}, "", False
        elif match:
            name = match[1] or name
            line = number if match[1] and name.startswith("msgstr") and "[1]" not in name else line
            words[name] = words.get(name, "") + ast.literal_eval(match[2])
        elif row.startswith("#,"):
            is_format = "python-format" in row


def problem(original: str, translated: str) -> str:
    """Returns what is wrong with the placeholders of a translation, or nothing."""
    wanted, there = (Counter(PLACEHOLDER.findall(words)) for words in (original, translated))
    if there["%"]:
        names = [f"%({name})" for name in BRACKETED.findall(re.sub(r"%\(\w+\)[sdif]", "", translated))]
        return f"broken placeholder {names[0] if names else '%'}"
    if missing := sorted(set(wanted) - set(there) - {"%%"}):
        return f"{missing[0]} is missing"
    if extra := sorted(set(there) - set(wanted) - {"%%"}):
        return f"{extra[0]} is not in the original"
    return ""


def problems_of(path: Path) -> Iterator[str]:
    """Yields a sentence, with file and line, for each translation with a broken placeholder."""
    for line, words, is_format in entries(path.read_text("utf-8")):
        originals = [words["msgid"], words.get("msgid_plural", words["msgid"])]
        for name, translated in words.items():
            if not name.startswith("msgstr") or not translated or not (is_format or "%(" in translated):
                continue
            wrong = [problem(original, translated) for original in originals]
            if all(wrong):
                yield f"{path}:{line}: {wrong[-1]}: {translated[:60]}"


def main() -> int:
    paths = [Path(name) for name in sys.argv[1:]] or CATALOGUES
    problems = [sentence for path in paths for sentence in problems_of(path)]
    for sentence in problems:
        print(sentence, file=sys.stderr)
    return 2 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
