"""Files in whose every field beside the text a name is planted, and the search for it in whatever leaves the site."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

import docx

from tests.test_hostile_files import pdf

NAME = "Sok Dara Planted"
# However it is spelled: with other signs between, percent-encoded, as UTF-16, or in hexadecimal.
PLANTED = re.compile(rb"sok[^a-z]{0,12}dara[^a-z]{0,12}planted", re.IGNORECASE)
ARTICLES = [
    ("Article 1. Illegal access", "Whoever enters a computer without right is punished by a fine."),
    ("Article 2. Data retention", "Service providers keep traffic data for at least 180 days."),
    ("Article 3. Entry into force", "This law enters into force thirty days after it is signed."),
]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/relationships"


# --- Word -------------------------------------------------------------------------------------------------------------


def planted_docx() -> bytes:
    document = docx.Document()
    for heading, text in ARTICLES:
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    core = document.core_properties
    for field in ("author", "last_modified_by", "title", "subject", "keywords", "comments", "category",
                  "content_status", "identifier", "version"):  # fmt: skip
        setattr(core, field, NAME)
    document.add_picture(io.BytesIO(planted_jpeg()))
    document.add_comment(document.paragraphs[0].runs, text=NAME, author=NAME, initials=NAME)
    plain = io.BytesIO()
    document.save(plain)
    return _with_parts(plain.getvalue())


def _with_parts(data: bytes) -> bytes:
    """The same file, with the parts that python-docx does not write."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "word/document.xml":
                content = _tracked(content)
            elif name == "word/settings.xml":
                content = _settings(content)
            if name not in PARTS:
                after.writestr(name, content)
        for name, text in PARTS.items():
            after.writestr(name, text)
        after.comment = NAME.encode()
    return out.getvalue()


def _tracked(document: bytes) -> bytes:
    """Words put in and taken out by a named person, revision ids, a bookmark, a control and a picture that name one."""
    first, rest = document.split(b"</w:p>", 1)
    names = f'w:id="9" w:author="{NAME}" w:date="2020-01-01T00:00:00Z" w:rsidR="{NAME}"'
    tracked = (
        f"<w:ins {names}><w:r><w:t></w:t></w:r></w:ins><w:del {names}><w:r><w:delText>{NAME}</w:delText></w:r></w:del>"
        f'<w:bookmarkStart w:id="7" w:name="{NAME}"/><w:bookmarkEnd w:id="7"/>'
        f'<w:moveFrom {names}><w:r><w:t>{NAME}</w:t></w:r></w:moveFrom><w:proofErr w:type="{NAME}"/>'
        f"<w:r><w:instrText>AUTHOR {NAME}</w:instrText></w:r><w:r><w:rPr><w:rPrChange {names}/></w:rPr></w:r>"
        f'<w:sdt><w:sdtPr><w:alias w:val="{NAME}"/><w:tag w:val="{NAME}"/></w:sdtPr><w:sdtContent/></w:sdt>'
    ).encode()
    return (first + tracked + b"</w:p>" + rest).replace(b'name="Picture 1"', f'name="{NAME}" descr="{NAME}"'.encode())


def _settings(settings: bytes) -> bytes:
    planted = (
        f'<w:attachedTemplate xmlns:r="{R}" r:id="rIdT"/><w:rsids><w:rsidRoot w:val="{NAME}"/></w:rsids>'
        f'<w:docVars><w:docVar w:name="{NAME}" w:val="{NAME}"/></w:docVars>'
        f'<w:writeProtection w:recommended="0" w:hash="{NAME}"/>'
    ).encode()
    return settings.replace(b"</w:settings>", planted + b"</w:settings>")


PARTS: dict[str, str | bytes] = {
    "docProps/app.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    + "".join(f"<{one}>{NAME}</{one}>" for one in ("Template", "Manager", "Company", "HyperlinkBase", "Application"))
    + "</Properties>",
    "docProps/custom.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
    ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    f'<property pid="2" name="{NAME}"><vt:lpwstr>{NAME}</vt:lpwstr></property></Properties>',
    "word/people.xml": f'<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
    f'<w15:person w15:author="{NAME}"><w15:presenceInfo w15:providerId="AD" w15:userId="{NAME}"/></w15:person>'
    "</w15:people>",
    "word/commentsExtended.xml": f"<comments author='{NAME}'/>",
    "word/_rels/settings.xml.rels": f'<Relationships xmlns="{TYPES}"><Relationship Id="rIdT" '
    f'Type="{R}/attachedTemplate" Target="file:///C:/Users/{NAME}/law.dotx" TargetMode="External"/></Relationships>',
    "customXml/item9.xml": f"<item>{NAME}</item>",
    "customXml/item7.xml": f"<b:Sources xmlns:b='bibliography'><b:Author>{NAME}</b:Author></b:Sources>",
    "customXml/itemProps7.xml": f"<ds:datastoreItem xmlns:ds='customXml' ds:itemID='{NAME}'/>",
    "word/glossary/document.xml": f'<w:glossaryDocument xmlns:w="{W}"><w:docParts><w:docPart><w:docPartPr><w:name '
    f'w:val="{NAME}"/></w:docPartPr><w:docPartBody><w:p><w:r><w:t>{NAME}</w:t></w:r></w:p></w:docPartBody></w:docPart>'
    "</w:docParts></w:glossaryDocument>",
    # Pictures of lines, which hold words and who drew them; and a spreadsheet inside the text.
    "word/media/drawn.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><title>{NAME}</title><metadata>{NAME}</metadata>'
    f"<text>{NAME}</text></svg>",
    "word/media/drawn.emf": b"\x01\0\0\0l\0\0\0" + NAME.encode("utf-16-le"),
    "word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NAME.encode("utf-16-le"),
    "docMetadata/LabelInfo.xml": f"<c:labelList xmlns:c='mipLabelMetadata'><c:label id='{NAME}'/></c:labelList>",
    "docProps/thumbnail.jpeg": b"\xff\xd8\xff\xe1" + NAME.encode(),
}


def planted_zip(known: bytes) -> bytes:
    """Files that are refused, and one that is here already: of none a draft is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"from {NAME}/{NAME}.exe", b"MZ")
        archive.writestr(f"letter. by {NAME}", b"Dear friend.")
        archive.writestr(f"again by {NAME}.pdf", known)
        archive.comment = NAME.encode()
    return out.getvalue()


def planted_jpeg() -> bytes:
    """A picture of one point whose EXIF names a person and a place."""
    text = NAME.encode() + b"\0"
    entries = [(0x010E, 2, text), (0x013B, 2, text), (0x8298, 2, text)]  # description, artist, copyright
    count = len(entries) + 1
    place = 8 + 2 + 12 * count + 4
    table, kept = struct.pack("<H", count), b""
    for tag, kind, value in entries:
        table += struct.pack("<HHII", tag, kind, len(value), place + len(kept))
        kept += value
    gps_at = place + len(kept)
    table += struct.pack("<HHII", 0x8825, 4, 1, gps_at) + struct.pack("<I", 0)
    gps = struct.pack("<H", 1) + struct.pack("<HHII", 0x001B, 2, len(text), gps_at + 18) + struct.pack("<I", 0) + text
    exif = b"Exif\0\0II*\0\x08\0\0\0" + table + kept + gps
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + ONE_POINT


# The rest of a JPEG of one grey point: JFIF head, tables, and the point.
ONE_POINT = base64.b64decode(
    "/+AAEEpGSUYAAQEAAAEAAQAA/9sAQwBQNzxGPDJQRkFGWlVQX3jIgnhubnj1r7mRyP////////////////////////////////////////////"
    "///////8AACwgAAQABAQERAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFB"
    "BhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFho"
    "eIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAAgBAQAAPwClX//Z"
)


# --- PDF --------------------------------------------------------------------------------------------------------------


def planted_pdf() -> bytes:
    name = NAME.encode()
    lines = [line for article in ARTICLES for line in article]
    drawn = b"".join(b"BT /F 11 Tf 60 %d Td (%s) Tj ET\n" % (740 - 30 * n, t.encode()) for n, t in enumerate(lines))
    info = b"".join(
        b"/%s (%s) " % (key, name)
        for key in (b"Title", b"Author", b"Subject", b"Keywords", b"Creator", b"Producer", b"Company", b"Manager")
    )
    xmp = (
        f'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
        f'syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{NAME}</dc:creator>'
        f"<dc:title>{NAME}</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    photo = planted_jpeg()
    drawn = b"/Artifact << /Owner (%s) >> BDC EMC /Drawn Do q 9 0 0 9 9 9 cm /Photo Do Q\n" % name + drawn
    data = pdf(
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R /Outlines 8 0 R /Lang (%s) /OpenAction 10 0 R"
        b" /AcroForm << /Fields [15 0 R 16 0 R] >> /PageLabels << /Nums [0 << /P (%s) >>] >>"
        b" /Names << /EmbeddedFiles << /Names [(%s) 11 0 R] >> /JavaScript << /Names [(%s) 10 0 R] >> >>"
        b" /PieceInfo << /App << /Private (%s) >> >> >>" % (name, name, name, name, name),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Annots [7 0 R 13 0 R]"
        b" /Metadata 6 0 R /PieceInfo << /App << /LastModified (D:2020) /Private (%s) >> >>"
        b" /Resources << /Font << /F 5 0 R >> /XObject << /Drawn 17 0 R /Photo 18 0 R >> >> >>" % name,
        _stream(drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(xmp), xmp),
        b"<< /Type /Annot /Subtype /Text /Rect [60 700 80 720] /Contents (%s) /T (%s) /Subj (%s) >>"
        % (name, name, name),
        b"<< /Type /Outlines /First 9 0 R /Last 9 0 R /Count 1 >>",
        b"<< /Title (%s) /Parent 8 0 R >>" % name,
        b"<< /S /JavaScript /JS (app.alert\\('%s'\\)) >>" % name,
        b"<< /Type /Filespec /F (%s.txt) /UF (%s.txt) /Desc (%s) /EF << /F 12 0 R >> >>" % (name, name, name),
        _stream(name),
        b"<< /Type /Annot /Subtype /FreeText /Rect [60 100 80 120] /Contents (%s) /T (%s) /DA (/F 1 Tf) >>"
        % (name, name),
        b"<< %s>>" % info,
        b"<< /FT /Sig /T (%s) /V << /Type /Sig /Filter /Adobe.PPKLite /Name (%s) /Location (%s) /ContactInfo (%s) >> >>"
        % (name, name, name, name),
        b"<< /FT /Tx /T (%s) /TU (%s) /V (%s) /DV (%s) >>" % (name, name, name, name),
        # A drawing and a photograph, each with who made it; neither is text.
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Metadata 6 0 R /PieceInfo << /App << /Private (%s) >> >>"
        b" /Length 17 >>\nstream\n0 0 9 9 re f q Q \nendstream" % name,
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Metadata 6 0 R /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (len(photo), photo),
    )
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 14 0 R")


def _stream(data: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream"


# --- Looking for it ---------------------------------------------------------------------------------------------------


def is_in(data: bytes) -> bool:
    """Whether the name is anywhere in the bytes, in what is packed inside them, or in another spelling."""
    return any(PLANTED.search(spelled) for spelled in _spellings(data))


def _spellings(data: bytes) -> Iterator[bytes]:
    for one in (data, *_unpacked(data)):
        yield one
        yield one.replace(b"\0", b"")  # UTF-16
        if re.search(rb"536f6b", one, re.IGNORECASE):
            yield re.sub(rb"[0-9a-fA-F]{8,}", lambda match: bytes.fromhex(match[0].decode()[: len(match[0]) & ~1]), one)


def _unpacked(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from (archive.read(name), *_unpacked(archive.read(name)))
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            yield zlib.decompressobj().decompress(match[1])
        except zlib.error:
            continue
