"""From a draft's rows to the text as it stands now, and to what is kept of a reading."""

import json
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePath

from lawcompare.engine.document import Document, from_plain, to_plain
from lawcompare.engine.reading import EXTENSIONS
from lawcompare.engine.structure import corrections
from lawcompare.engine.structure.corrections import CorrectedDocument
from lawcompare.imports.corrections.warning_keys import keys_of
from lawcompare.imports.models import ImportCorrection, ImportDraft
from lawcompare.laws.uploads import originals

# Texts held in memory, so that one correction after another does not unpack a long law again.
HELD = 4


def keep_reading(document: Document, organisation: int) -> str:
    """Keep what was read beside the file it was read from; returns where."""
    return originals.put(zlib.compress(json.dumps(to_plain(document)).encode(), 3), organisation)


@lru_cache(maxsize=HELD)
def load_reading(digest: str) -> Document:
    """What was read, as the reader gave it. It never changes."""
    return from_plain(json.loads(zlib.decompress(originals.get(digest))))


def forget() -> None:
    """Hold no text in memory any more."""
    load_reading.cache_clear()
    _corrected.cache_clear()


def neutral_name(draft: ImportDraft) -> str:
    """A name for the file that tells nothing of whoever wrote it or passed it on."""
    ending = PurePath(draft.name).suffix.lower()
    return f"import-{draft.pk}{ending if ending in EXTENSIONS else ''}"


def apply_corrections(draft: ImportDraft, rows: Iterable[ImportCorrection]) -> CorrectedDocument:
    """The text with these corrections alone. Raises ``CorrectionError``."""
    steps = [[row.number, row.kind, row.target, row.values, row.was] for row in rows]
    return _corrected(draft.reading, json.dumps(steps))


def corrected(draft: ImportDraft) -> CorrectedDocument:
    """The text as it stands now."""
    return apply_corrections(draft, ImportCorrection.objects.active().filter(draft=draft).order_by("number"))


def warning_keys(draft: ImportDraft) -> list[str]:
    """The names of the warnings of the text as it stands now, in their order."""
    return keys_of(corrected(draft).document.warnings)


@lru_cache(maxsize=HELD)
def _corrected(reading: str, steps: str) -> CorrectedDocument:
    return corrections.apply_corrections(
        load_reading(reading), [corrections.Correction(*step) for step in json.loads(steps)]
    )
