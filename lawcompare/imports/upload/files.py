"""Pictures of pages on their way in: what a camera wrote into them is taken out, and several become one file.

Nothing is decoded here, in the process that serves pages; that does the reader in its sandbox.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from django.conf import settings

from lawcompare.engine.errors import EngineError
from lawcompare.laws.services import ImportRefused, check_file

SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff"}
PACKED = "pictures.pages"
BROKEN = "the picture is broken and cannot be opened; take or save it anew"
_PNG = b"\x89PNG\r\n\x1a\n"
# Chunks of a PNG without which it does not look the same; all others may say who made it, where and when.
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"}
_JPEG_START, _JPEG_SCAN, _JPEG_END = 0xD8, 0xDA, 0xD9
# Of the application segments: JFIF and Adobe's, which say how colours are stored.
_JPEG_KEPT = {0xE0, 0xEE}
_JPEG_COMMENT = 0xFE
_ORIENTATION = 0x0112
# Tags of TIFF that describe the picture itself (TIFF 6.0); the values of all others are blanked.
_TIFF_KEPT = {
    *range(254, 267), 273, 274, *range(277, 285), 290, 291, 292, 293, 296, 297, 317, 320, 322, 323, 324, 325,
    332, 338, 339, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532,
}  # fmt: skip
_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
# Segments, and entries of directories, of one picture; a camera writes some hundred, a program of scans a few thousand.
_MOST_PARTS = 1_000_000


def is_picture(name: str) -> bool:
    """Whether a file is called like a picture.

    >>> is_picture("IMG_0001.JPG"), is_picture("law.pdf")
    (True, False)
    """
    return PurePath(name).suffix.lower() in SUFFIXES


def without_metadata(data: bytes) -> bytes:
    """The same picture without place, time, names, program and thumbnail; how it has to be turned stays.

    What is no JPEG, PNG or TIFF is returned as it is. Raises ``ImportRefused`` for a broken one.
    """
    try:
        if data.startswith(b"\xff\xd8"):
            return b"".join(_jpeg_parts(data))
        if data.startswith(_PNG):
            return _PNG + b"".join(_png_chunks(data))
        if data.startswith((b"II*\0", b"MM\0*")):
            return _blank_tiff(data)
    except (struct.error, IndexError) as error:
        raise ImportRefused(BROKEN) from error
    return data


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at, parts = 2, 0
    while at < len(data):
        parts += 1
        if data[at] != 0xFF or parts > _MOST_PARTS:
            raise ImportRefused(BROKEN)
        kind = data[at + 1]
        if kind == 0xFF:  # filling
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        if kind == _JPEG_SCAN:
            end = data.rfind(b"\xff\xd9")
            # After the end of the picture cameras put previews and films.
            yield data[at : end + 2 if end > at else len(data)]
            return
        if kind == 0xE1 and (turn := _exif_orientation(segment[4:])) not in (None, 1):
            tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turn or 1, 0, 0)
            exif = b"Exif\0\0" + tiff
            yield b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
        elif not (0xE0 <= kind <= 0xEF or kind == _JPEG_COMMENT) or kind in _JPEG_KEPT:
            yield segment
        at += 2 + length


def _exif_orientation(exif: bytes) -> int | None:
    if not exif.startswith(b"Exif\0\0"):
        return None
    tiff = exif[6:]
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(count):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _png_chunks(data: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length:
            raise ImportRefused(BROKEN)
        if kind in _PNG_KEPT:
            yield chunk
        if kind == b"IEND":
            return
        at += 12 + length


def _blank_tiff(data: bytes) -> bytes:
    """A TIFF with zeros for what its other tags say, in place, so that no offset moves."""
    blank = bytearray(data)
    order = "<" if data.startswith(b"II") else ">"
    entries, room = _MOST_PARTS, 10 * len(data)  # many entries may name the same bytes, and a directory itself
    pending = [(struct.unpack_from(f"{order}I", data, 4)[0], True)]
    for at, is_page in pending:
        if not at or (at >= len(data) - 2 and not is_page):
            continue
        (count,) = struct.unpack_from(f"{order}H", data, at)
        entries -= count + 1
        for number in range(count):
            entry = at + 2 + 12 * number
            if entry + 12 > len(data) and not is_page:
                break
            tag, kind, values, place = struct.unpack_from(f"{order}HHII", data, entry)
            if is_page and tag in _TIFF_KEPT:
                continue
            size = _TIFF_SIZES.get(kind, 1) * values
            if size > 4:
                length = max(min(size, len(blank) - place), 0)
                room -= length
                if min(room, entries) < 0:
                    raise ImportRefused(BROKEN)
                blank[place : place + length] = bytes(length)
                continue
            blank[entry + 8 : entry + 12] = bytes(4)
            if is_page and kind in (4, 13) and size == 4:  # a directory of its own: where the camera was, and when
                pending.append((place, False))
        if is_page and (following := struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)[0]):
            pending.append((following, True))
        if entries < 0:
            raise ImportRefused(BROKEN)
    return bytes(blank)


def packed(files: Iterable[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Several pictures as one file, in the order of their names, which are forgotten: its name and its bytes."""
    ordered = sorted(files, key=lambda file: _in_order(file[0]))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, data) in enumerate(ordered, 1):
            member = zipfile.ZipInfo(f"{number:04}{PurePath(name).suffix.lower()}")
            archive.writestr(member, without_metadata(data))
    return PACKED, out.getvalue()


def _in_order(name: str) -> list[tuple[int, str]]:
    """``page 2`` comes before ``page 10``."""
    return [(int(part), "") if part.isdecimal() else (0, part.lower()) for part in re.split(r"(\d+)", name)]


# Text packs to a tenth, rarely to a fiftieth; beyond a hundredth it was made to burst.
RATIO_MAX = 100
# Small files may pack to nothing without any harm.
RATIO_MATTERS = 100 * 1024
# What systems put into a ZIP beside the files one meant.
NOT_MEANT = ("__MACOSX/",)


# A list of a million files takes seconds to read; files of Word in a ZIP have lists of their own.
LISTED_TIMES = 100


def unpack(data: bytes, filename: str, number: int = 0, size: int = 0) -> Iterator[tuple[str, bytes | EngineError]]:
    """(name, bytes) of each file, or (name, why it is refused). Raises ``ImportRefused`` for the whole.

    ``number``, ``size``: of files that were handed in with it, which count against the same limits.
    """
    listed = data.count(zipfile.stringCentralDir)  # type: ignore[attr-defined]
    if listed > LISTED_TIMES * settings.IMPORT_FILES_MAX:
        raise ImportRefused(f"{filename} holds {listed} files, more than the {settings.IMPORT_FILES_MAX} allowed")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        raise ImportRefused(f"{filename} is no ZIP, or is broken") from None
    with archive:
        entries = []
        for entry in archive.infolist():
            name = entry.filename.replace("\\", "/")
            if not (entry.is_dir() or name.startswith(NOT_MEANT) or name.rpartition("/")[2].startswith(".")):
                entries.append(entry)
        if not entries:
            raise ImportRefused(f"{filename} holds no file")
        if number + len(entries) > settings.IMPORT_FILES_MAX:
            raise ImportRefused(
                f"{filename} holds {len(entries)} files, more than the {settings.IMPORT_FILES_MAX} allowed"
            )
        if size + sum(entry.file_size for entry in entries) > settings.IMPORT_BYTES_MAX:
            raise ImportRefused(f"{filename} unpacks to more than the limit")
        for entry in entries:
            yield entry.filename, _take(archive, entry)


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
