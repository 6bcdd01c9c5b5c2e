"""Writing a data set: JSON Lines, a Frictionless data package and a citation file. All of it, or nothing.

Everything is written beside the folder and moved into its place at the end. Where what is public changes meanwhile, it
is written anew, so that the tables are of one moment.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from django.utils.translation import override

from lawcompare.api.datasets.tables import TABLES, Table
from lawcompare.core.page_cache.content_token import current_token

PACKAGE, CITATION = "datapackage.json", "CITATION.cff"
PROFILE = "tabular-data-package"
ATTEMPTS = 3


class DatasetError(Exception):
    """Why no data set was written, in one sentence."""


@dataclass(frozen=True)
class DatasetOrder:
    """``site``: its address, which is the source; ``licence``: an SPDX name, or empty where none is given."""

    folder: Path
    site: str
    name: str
    day: date
    licence: str = ""


def write_dataset(order: DatasetOrder) -> dict[str, int]:
    """Write the data set and return the number of rows of each table. Raises ``DatasetError``; then nothing changed."""
    folder = order.folder.absolute()
    # Raises ``DatasetError`` for a folder that is neither empty nor an earlier data set.
    if folder.exists() and not folder.is_dir():
        raise DatasetError(f"{folder} is a file, not a folder")
    if folder.exists() and any(folder.iterdir()) and not _is_dataset(folder):
        raise DatasetError(f"{folder} is not empty and holds no data set; choose another folder")
    stage = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}")
    try:
        counts = _write_of_one_moment(order, stage)
        _move(stage, folder)
    except OSError as error:
        raise DatasetError(f"{folder} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return counts


def _is_dataset(folder: Path) -> bool:
    try:
        package = json.loads((folder / PACKAGE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(package, dict) and package.get("created_by") == "lawcompare"


def _write_of_one_moment(order: DatasetOrder, stage: Path) -> dict[str, int]:
    for _attempt in range(ATTEMPTS):
        before = current_token()
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        with override("en"):
            counts = {table.name: _write_table(table, stage) for table in TABLES}
        if current_token() == before:
            _write_package(order, stage, counts)
            _write_citation(order, stage)
            return counts
    raise DatasetError("what is public changed again and again meanwhile; try once more")


def _move(stage: Path, folder: Path) -> None:
    """Put the finished folder in its place; the one before comes back where that fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.exists():
        stage.rename(folder)
        return
    before = stage.with_name(f"{stage.name}.before")
    folder.rename(before)
    try:
        stage.rename(folder)
    except OSError:
        before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


# --- Tables -----------------------------------------------------------------------------------------------------------


def _write_table(table: Table, stage: Path) -> int:
    count = 0
    with (stage / f"{table.name}.jsonl").open("w", encoding="utf-8", newline="\n") as lines:
        for row in table.rows():
            lines.write(f"{json.dumps(row, ensure_ascii=False)}\n")
            count += 1
    return count


# --- What describes it ------------------------------------------------------------------------------------------------


def _write_package(order: DatasetOrder, stage: Path, counts: dict[str, int]) -> None:
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "name": "lawcompare",
        "profile": PROFILE,
        "created_by": "lawcompare",
        "title": _title(order),
        "homepage": order.site,
        "created": f"{order.day.isoformat()}T00:00:00Z",
        "version": order.day.isoformat(),
        "sources": [{"title": order.name, "path": order.site}],
        "resources": list(_resources(stage, counts)),
    }
    if order.licence:
        package["licenses"] = [{"name": order.licence}]
    _write(stage / PACKAGE, json.dumps(package, ensure_ascii=False, indent=2) + "\n")


def _resources(stage: Path, counts: dict[str, int]) -> Iterator[dict[str, Any]]:
    for table in TABLES:
        file = stage / f"{table.name}.jsonl"
        fields = [{"name": name, "type": kind, "description": words} for name, (kind, words) in table.columns.items()]
        schema: dict[str, Any] = {"fields": fields}
        if table.key:
            schema["primaryKey"] = list(table.key)
        if table.refers:
            schema["foreignKeys"] = [
                {"fields": [column], "reference": {"resource": other, "fields": [there]}}
                for column, other, there in table.refers
            ]
        yield {
            "name": table.name,
            "profile": "tabular-data-resource",
            "title": table.title,
            "path": file.name,
            "format": "jsonl",
            "mediatype": "application/x-ndjson",
            "encoding": "utf-8",
            "bytes": file.stat().st_size,
            "hash": f"sha256:{_sha256(file)}",
            "rows": counts[table.name],
            "schema": schema,
        }


def _write_citation(order: DatasetOrder, stage: Path) -> None:
    """The Citation File Format 1.2.0, which reference managers read."""
    citation: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, cite them as below, and each text with its own source and status.",
        "type": "dataset",
        "title": _title(order),
        "authors": [{"name": f"The organisations and editors of {order.name}"}],
        "url": order.site,
        "version": order.day.isoformat(),
        "date-released": order.day.isoformat(),
    }
    if order.licence:
        citation["license"] = order.licence
    _write(stage / CITATION, yaml.safe_dump(citation, allow_unicode=True, sort_keys=False))


def _title(order: DatasetOrder) -> str:
    return f"{order.name}: cybercrime laws compared, {order.day.isoformat()}"


def _write(file: Path, words: str) -> None:
    file.write_text(words, "utf-8", newline="\n")


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
