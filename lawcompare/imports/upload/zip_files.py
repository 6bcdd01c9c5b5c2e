"""The files of a ZIP, taken out with care: how many, how large, how far packed, and never another ZIP."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from django.conf import settings

from lawcompare.engine.errors import EngineError
from lawcompare.laws.services import ImportRefused, check_file

# Text packs to a tenth, rarely to a fiftieth; beyond a hundredth it was made to burst.
RATIO_MAX = 100
# Small files may pack to nothing without any harm.
RATIO_MATTERS = 100 * 1024
# What systems put into a ZIP beside the files one meant.
NOT_MEANT = ("__MACOSX/",)


def unpack(data: bytes, filename: str) -> Iterator[tuple[str, bytes | EngineError]]:
    """(name, bytes) of each file, or (name, why it is refused). Raises ``ImportRefused`` for the whole."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        raise ImportRefused(f"{filename} is no ZIP, or is broken") from None
    with archive:
        entries = [entry for entry in archive.infolist() if _is_meant(entry)]
        if not entries:
            raise ImportRefused(f"{filename} holds no file")
        if len(entries) > settings.IMPORT_FILES_MAX:
            raise ImportRefused(
                f"{filename} holds {len(entries)} files, more than the {settings.IMPORT_FILES_MAX} allowed"
            )
        if sum(entry.file_size for entry in entries) > 4 * settings.IMPORT_BYTES_MAX:
            raise ImportRefused(f"{filename} unpacks to more than the limit")
        for entry in entries:
            yield entry.filename, _take(archive, entry)


def _is_meant(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    return not entry.is_dir() and not name.startswith(NOT_MEANT) and not name.rpartition("/")[2].startswith(".")


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | EngineError:
    """The bytes of an entry, no more than it says it has; or why not."""
    try:
        check_file(entry.filename.rpartition("/")[2], entry.file_size)
        if entry.file_size > RATIO_MATTERS and entry.file_size > RATIO_MAX * max(entry.compress_size, 1):
            raise ImportRefused("the file is packed more tightly than a text can be")
        if entry.flag_bits & 1:
            raise ImportRefused("the file is locked with a password")
        with archive.open(entry) as packed:
            data = packed.read(entry.file_size + 1)
        if len(data) > entry.file_size:
            raise ImportRefused("the file is larger than the ZIP says")
        return data
    except EngineError as refused:
        return refused
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError):
        return ImportRefused("the file is damaged inside the ZIP")
