"""The parts of a Word file that are the same in all of ours: styles, fonts, settings, what the package holds.

Khmer is a complex script to Word: its face, size, weight and language are those named ``cs`` and ``bidi`` (ECMA-376
17.3.2.26). The face named is replaced by the Khmer face of the reader's system where it is missing.
"""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
LATIN, KHMER = "Cambria", "Noto Sans Khmer"
_SPACING = '<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _style(
    name: str, title: str, paragraph: str = "", run: str = "", *, after: str = "Normal", kind: str = "paragraph"
) -> str:
    based = "" if kind == "character" else '<w:basedOn w:val="Normal"/>'
    onward = f'<w:next w:val="{after}"/>' if kind == "paragraph" else ""
    inside = (f"<w:pPr>{paragraph}</w:pPr>" if paragraph else "") + (f"<w:rPr>{run}</w:rPr>" if run else "")
    return f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{title}"/>{based}{onward}{inside}</w:style>'


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def _space(before: int, after: int, line: int = 300) -> str:
    return _SPACING.format(before=before * 20, after=after * 20, line=line)


_BOLD = "<w:b/><w:bCs/>"
_QUIET = '<w:color w:val="444444"/>'
_HEADINGS = [(18, 22, 6), (14, 18, 5), (12, 14, 4), (11, 12, 3), (11, 10, 3), (11, 10, 3)]


def styles(language: str) -> str:
    """``language`` of the words around the law text, ``en`` or ``km``."""
    spoken = "km-KH" if language == "km" else "en-GB"
    fonts = f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{LATIN}" w:cs="{KHMER}"/>'
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}{_size(11)}"
        f'<w:lang w:val="{spoken}" w:eastAsia="en-GB" w:bidi="km-KH"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{_space(0, 6)}</w:pPr></w:pPrDefault></w:docDefaults>"
    )
    parts = [
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>',
        _style("Title", "Title", _space(24, 8), _BOLD + _size(22)),
        _style("Subtitle", "Subtitle", _space(0, 8), _QUIET + _size(14)),
        _style("Remark", "Remark", _space(0, 3, 260), _QUIET + _size(9.5), after="Remark"),
        _style("Cell", "Cell", _space(0, 3, 260), _size(9.5), after="Cell"),
        _style("NewPage", "New Page", "<w:pageBreakBefore/>" + _SPACING.format(before=0, after=0, line=20), _size(1)),
        _style("LawText", "Law Text", _space(0, 5), after="LawText"),
        _style("Quotation", "Quotation", _space(2, 8) + '<w:ind w:left="400"/>', _size(11)),
        _style("Bullet", "Bullet", _space(0, 3) + '<w:ind w:left="500" w:hanging="260"/>', after="Bullet"),
        _style("Contents", "Contents", _tab_at_the_edge() + _space(0, 3), after="Contents"),
        _style("Header", "header", _tab_at_the_edge() + _space(0, 0), _QUIET + _size(8.5)),
        _style("Footer", "footer", _tab_at_the_edge() + _space(0, 0), _QUIET + _size(8.5)),
        _style("FootnoteText", "footnote text", _space(0, 2, 240), _size(9), after="FootnoteText"),
        _style("FootnoteReference", "footnote reference", run='<w:vertAlign w:val="superscript"/>', kind="character"),
        _style("Link", "Hyperlink", run='<w:color w:val="1F4E79"/><w:u w:val="single"/>', kind="character"),
    ]
    for level, (points, before, after) in enumerate(_HEADINGS, start=1):
        paragraph = f'<w:keepNext/><w:keepLines/>{_space(before, after)}<w:outlineLvl w:val="{level - 1}"/>'
        parts.append(_style(f"Heading{level}", f"heading {level}", paragraph, _BOLD + _size(points)))
    return f"{HEAD}<w:styles {NAMESPACES}>{defaults}{''.join(parts)}</w:styles>"


# The text column of an A4 page with the margins below, in twentieths of a point.
WIDTH = 9070
# The same of the page turned on its side.
WIDE = 14000


def _tab_at_the_edge() -> str:
    return f'<w:tabs><w:tab w:val="right" w:pos="{WIDTH}"/></w:tabs>'


FONTS = (
    f"{HEAD}<w:fonts {NAMESPACES}>"
    f'<w:font w:name="{LATIN}"><w:altName w:val="Georgia"/><w:family w:val="roman"/></w:font>'
    f'<w:font w:name="{KHMER}"><w:altName w:val="Khmer OS"/><w:family w:val="swiss"/></w:font></w:fonts>'
)
SETTINGS = (
    f'{HEAD}<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
    '<w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
    'w:val="15"/></w:compat><w:themeFontLang w:val="en-GB" w:bidi="km-KH"/></w:settings>'
)


def section(*, title_page: bool, landscape: bool) -> str:
    """The page: A4, upright or on its side. With a title page, the first has neither header nor footer."""
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if landscape else 'w:w="11906" w:h="16838"'
    return (
        f'<w:sectPr {NAMESPACES}><w:headerReference w:type="default" r:id="header"/>'
        f'<w:footerReference w:type="default" r:id="footer"/><w:pgSz {size}/>'
        '<w:pgMar w:top="1300" w:right="1418" w:bottom="1300" w:left="1418" w:header="600" w:footer="600" '
        f'w:gutter="0"/>{"<w:titlePg/>" if title_page else ""}</w:sectPr>'
    )


_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = {
    "document": f"{_MAIN}.document.main+xml",
    "styles": f"{_MAIN}.styles+xml",
    "settings": f"{_MAIN}.settings+xml",
    "fontTable": f"{_MAIN}.fontTable+xml",
    "header": f"{_MAIN}.header+xml",
    "footer": f"{_MAIN}.footer+xml",
}
_NOTES = {"footnotes": f"{_MAIN}.footnotes+xml"}


def content_types(has_notes: bool) -> str:
    """The list of the package's parts; ``has_notes``: footnotes are among them."""
    named = _PARTS | (_NOTES if has_notes else {})
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/word/{name}.xml" ContentType="{kind}"/>' for name, kind in named.items())
        + '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
PACKAGE = (
    f'{HEAD}<Relationships xmlns="{_RELATIONS}"><Relationship Id="main" Type="{R}/officeDocument" '
    'Target="word/document.xml"/><Relationship Id="core" Target="docProps/core.xml" '
    'Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"/></Relationships>'
)
NO_RELATIONS = f'{HEAD}<Relationships xmlns="{_RELATIONS}">'


def relations(has_notes: bool) -> str:
    """The beginning of the list of what the document is made of."""
    names = [*list(_PARTS)[1:], *(_NOTES if has_notes else {})]
    return NO_RELATIONS + "".join(
        f'<Relationship Id="{name}" Type="{R}/{name}" Target="{name}.xml"/>' for name in names
    )


RELATIONS_END = "</Relationships>"
CORE = (
    f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:creator>{site}</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
)
