"""``python -m lawcompare.engine read|align|explain|diff|anchor|amend|examine``: the engine from the shell, JSON out.

Exit status 0, or 2 with one line on standard error that says what is wrong with the input and where. No database, no
Django; each command loads only the part of the engine that it needs.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import FORMATS, LANGUAGES, detect
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.changes import evidence_in_words
from lawcompare.engine.wording.warnings import warning_message

if TYPE_CHECKING:
    from lawcompare.engine.align import Alignment


class InputError(EngineError):
    """An argument or an input file of the command line cannot be used."""


_LAW = "a law file of any kind that `read` reads (Word, PDF, HTML, XML, text …), or what `read` prints"
_TAKES = f"A FILE, OLD or NEW is {_LAW}; `diff` compares plain texts as they are."


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as everything here does."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    try:
        chosen = _parser().parse_args(arguments)
        result = chosen.run(chosen)
    except EngineError as error:
        print(" ".join(f"lawcompare.engine: {error}".split()), file=sys.stderr)
        return 2
    _print_json(result)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="lawcompare.engine", description=f"Read, align and compare texts of law. {_TAKES}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    options: dict[str, dict[str, Any]] = {
        "file": {"help": "a law file"},
        "old": {"help": _LAW},
        "new": {"help": _LAW},
        "annotations": {"help": 'JSON: a list of {"id", "clause", "start", "end"}'},
        "--language": {"choices": LANGUAGES},
        "--format": {"choices": FORMATS, "default": "auto"},
        "--before-changes": {"action": "store_true", "help": "of a Word file: the text before its tracked changes"},
        "--ignore-numbers": {"action": "store_true"},
        "--as": {"dest": "numbers", "action": "append", "metavar": "section 251=901", "help": "a number here"},
        "--pair": {"nargs": 2, "required": True, "metavar": ("A", "B"), "help": "id of the old and of the new clause"},
    }
    for name, run, what, arguments in (
        ("read", _read, "a law file as clauses", "file --language --format --before-changes"),
        ("align", _align, "which clauses of two texts belong together", "old new --ignore-numbers"),
        ("explain", _explain, "why two clauses were paired, or were not", "old new --pair"),
        ("diff", _diff, "the words that changed between two texts", "old new --language"),
        ("anchor", _anchor, "where the places of notes are in a new text", "old new annotations"),
        ("amend", _amend, "an amending act carried out on a law", "base act --language --as"),
        ("examine", _examine, "penalties, time limits and other findings in a law file", "file --language --format"),
    ):
        command = commands.add_parser(name, help=what, description=f"Prints as JSON {what}.")
        for argument in arguments.split():
            command.add_argument(argument, **options.get(argument, {}))
        command.set_defaults(run=run)
    return parser


def _read(chosen: argparse.Namespace) -> dict[str, Any]:
    document = _document(chosen.file, chosen)
    clauses = [_fields(clause, "eid element num heading text depth parent") for clause in document.clauses]
    warnings = [{"line": warning.line, "message": warning_message(ENGLISH, warning)} for warning in document.warnings]
    return {"title": document.title, "language": document.language, "clauses": clauses, "warnings": warnings}


def _fields(value: object, names: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names.split()}


def _align(chosen: argparse.Namespace) -> dict[str, Any]:
    from lawcompare.engine.align import align

    alignments = align(_clauses(chosen.old), _clauses(chosen.new), ignore_numbers=chosen.ignore_numbers)
    return {
        "alignments": [
            _fields(each, "old new kind")
            | {"score": round(each.score, 4), "doubtful": list(each.doubtful), "evidence": _evidence(each)}
            for each in alignments
        ]
    }


def _evidence(entry: Alignment) -> str:
    return evidence_in_words(ENGLISH, [(reason.kind, reason.values) for reason in entry.evidence])


def _explain(chosen: argparse.Namespace) -> dict[str, Any]:
    from lawcompare.engine.align import explain

    why = explain(_clauses(chosen.old), _clauses(chosen.new), tuple(chosen.pair))
    return {
        "paired": why.is_paired,
        "kind": why.entry.kind,
        "evidence": _evidence(why.entry),
        "stages": [
            {
                "stage": each.stage,
                "score": each.score,
                "probability": round(each.probability, 3),
                "cut-off": each.floor,
                "bias": each.bias,
                "features": [{"name": name, "value": value, "adds": adds} for name, value, adds in each.terms],
            }
            for each in why.weighings
        ],
    }


def _diff(chosen: argparse.Namespace) -> dict[str, Any]:
    from lawcompare.engine.diff import READ, diff, which_read
    from lawcompare.engine.text.words import language_of
    from lawcompare.engine.writing.text import write

    names = chosen.old, chosen.new
    if all(_is_plain(name) for name in names):
        redline = diff(*map(_text, names), language=chosen.language or "en")
    else:  # the words of both laws, however either file sets them
        laws = [tuple(_clauses(name, chosen)) for name in names]
        old, new = (write(Document("", "", law)) for law in laws)
        read = which_read(*(any(clause.attributes.get("origin") in READ for clause in law) for law in laws))
        redline = diff(old, new, language=chosen.language or (language_of(new) if read else "en"), read=read)
    changes = [[change.op, change.text] for change in redline.changes]
    # Which of the changes are probably slips of the reader, by their places in the list.
    slips = [at for at, change in enumerate(redline.changes) if change.noise == "slip"]
    return {"changes": changes, "coarse": redline.coarse} | ({"slips": slips} if slips else {})


def _anchor(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    from lawcompare.engine.anchor import AnnotatedSpan, carry
    from lawcompare.engine.text.words import language_of

    old, new = _clauses(chosen.old), _clauses(chosen.new)
    notes = _annotations(chosen.annotations, {clause.eid: clause.text for clause in old})
    spans = [AnnotatedSpan(str(note["id"]), note["clause"], note["start"], note["end"]) for note in notes]
    language = language_of("".join(clause.text for clause in new))
    carried_spans = carry(old, new, spans, language=language)
    return [
        {"id": note["id"], **_fields(each, "verdict clause start end"), "score": round(each.score, 4)}
        for note, each in zip(notes, carried_spans, strict=True)
    ]


def _amend(chosen: argparse.Namespace) -> dict[str, Any]:
    from lawcompare.engine.amend import amend
    from lawcompare.engine.wording.amending import outcome_message, words_of

    numbers = {}
    for each in ",".join(chosen.numbers).split(",") if chosen.numbers else ():
        own, _, here = each.strip().removeprefix("section ").partition("=")
        if not own.strip() or not here.strip():
            raise InputError(f"--as {each!r}: two numbers with = between them are expected, as in 'section 251=901'")
        numbers[own.strip()] = here.strip()
    base, act = (_document(file, chosen) for file in (chosen.base, chosen.act))
    amended = amend(base, act, numbers=numbers)
    return {
        "clauses": [
            _fields(clause, "eid element num heading text depth parent") for clause in amended.document.clauses
        ],
        "instructions": [
            {
                "act": outcome.instruction.act,
                "target": outcome.target,
                "operation": outcome.instruction.operation,
                **words_of(outcome.instruction),
                "verdict": outcome.verdict,
                "reason": outcome.reason or None,
                "message": outcome_message(ENGLISH, outcome),
                "clauses": list(outcome.clauses),
            }
            for outcome in amended.outcomes
        ],
    }


def _examine(chosen: argparse.Namespace) -> Any:
    from lawcompare.engine.rules.runner import examine
    from lawcompare.engine.wording.values import finding_message

    findings = examine(_document(chosen.file, chosen), language=chosen.language)
    return [
        _fields(each, "eid rule start end quote")
        | {"message": finding_message(ENGLISH, each.rule, each.quote, each.values), "values": dict(each.values)}
        for each in findings
    ]


def _document(name: str, chosen: argparse.Namespace | None = None) -> Document:
    from lawcompare.engine.reading import read

    path = Path(name)
    data = _bytes(path)
    options = {option: getattr(chosen, option, None) for option in ("language", "format", "before_changes")}
    try:
        return read(data, filename=path.name, **{option: value for option, value in options.items() if value})
    except EngineError as error:
        raise InputError(f"{path.name}: {error}") from error


def _is_plain(name: str) -> bool:
    """Whether a file is text without a form of its own, which ``diff`` compares letter by letter."""
    data = _bytes(Path(name))
    try:
        return not _is_json(name, data) and detect(data, Path(name).name) in ("text", "markdown")
    except EngineError as error:
        raise InputError(f"{Path(name).name}: {error}") from error


def _is_json(name: str, data: bytes) -> bool:
    return name.lower().endswith(".json") or bool(_JSON_START.match(data))


# What `read` prints, or a list of clauses; rich text and Markdown may begin with a brace, a text with a bracket.
_JSON_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)?(?:\{\s*"|\[\s*\])')


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _text(name: str) -> str:
    """A text as it is, line ends included: what is compared must come out again."""
    data = _bytes(Path(name))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}: byte {error.start} is not UTF-8 text", line=line) from error


def _json(name: str) -> Any:
    try:
        return json.loads(_text(name))
    except json.JSONDecodeError as error:
        raise InputError(f"{name} is no JSON: {error.msg}", line=error.lineno) from error
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of a million digits
        raise InputError(f"{name} is no JSON that can be read: {error}") from error


def _clauses(name: str, chosen: argparse.Namespace | None = None) -> list[Clause]:
    """Those of a law file, of what ``read`` prints, or of a list of ``{"id", "number", "heading", "text"}``."""
    if not _is_json(name, _bytes(Path(name))):
        return list(_document(name, chosen).clauses)
    given = _json(name)
    if isinstance(given, dict):
        given = given.get("clauses")
    if not isinstance(given, list):
        raise InputError(f'{name}: a list of clauses or {{"clauses": […]}} is expected')
    clauses = [_clause(each, f"{name}: clause {at}") for at, each in enumerate(given, 1)]
    seen: set[str] = set()
    for clause in clauses:
        if clause.eid in seen:
            raise InputError(f"{name}: the id {clause.eid!r} is given twice")
        seen.add(clause.eid)
    for clause in clauses:
        if clause.parent is not None and clause.parent not in seen:
            raise InputError(f"{name}: the parent {clause.parent!r} of {clause.eid!r} is not among the clauses")
    return clauses


def _clause(clause: Any, where: str) -> Clause:
    if not isinstance(clause, dict):
        raise InputError(f"{where} is not an object")
    identifier = clause.get("id", clause.get("eid"))
    if not isinstance(identifier, str | int) or isinstance(identifier, bool) or identifier == "":
        raise InputError(f"{where} has neither id nor eid")
    parent, depth = clause.get("parent"), clause.get("depth", 0)
    if parent is not None and not isinstance(parent, str):
        raise InputError(f"{where}: parent is not a string")
    if not isinstance(depth, int):
        raise InputError(f"{where}: depth is not a number")
    return Clause(
        eid=str(identifier),
        element=_words(clause, "element", where),
        num=_words(clause, "number", where) or _words(clause, "num", where),
        heading=_words(clause, "heading", where),
        text=_words(clause, "text", where),
        depth=depth,
        parent=parent,
    )


def _words(given: Mapping[str, Any], key: str, where: str) -> str:
    value = given.get(key)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise InputError(f"{where}: {key} is not a string")
    return value


def _annotations(name: str, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    given = _json(name)
    if not isinstance(given, list):
        raise InputError(f"{name}: a list of annotations is expected")
    spans = []
    for at, each in enumerate(given, 1):
        where = f"{name}: annotation {at}"
        if not isinstance(each, dict) or not {"id", "clause", "start", "end"} <= each.keys():
            raise InputError(f"{where} has not all of id, clause, start and end")
        clause, start, end = str(each["clause"]), each["start"], each["end"]
        if clause not in texts:
            raise InputError(f"{where}: there is no clause {clause!r} in the old text")
        if type(start) is not int or type(end) is not int:
            raise InputError(f"{where}: start and end are not whole numbers")
        if not 0 <= start < end <= len(texts[clause]):
            raise InputError(
                f"{where}: {start} to {end} is not inside the {len(texts[clause])} characters of {clause!r}"
            )
        spans.append({"id": each["id"], "clause": clause, "start": start, "end": end})
    return spans


def _print_json(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair in the input
        data = json.dumps(value, indent=1).encode()
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
