"""XML made safe to read: no entity is expanded, no DTD is loaded, nothing is fetched. Used by every XML reader."""

from xml.parsers import expat

from lxml import etree

from lawcompare.engine.errors import ReadingError

MAX_BYTES = 256 * 1024 * 1024  # the largest title of the US Code is about 110 MB


class _RootSeen(Exception):
    """Stops the look at the prolog once the root element has begun."""


def parse(data: bytes, *, max_bytes: int = MAX_BYTES) -> etree._Element:
    """Return the root element of an XML document.

    Raises ReadingError, with the line, for XML that is not well formed, that declares entities (they can be made to
    grow without bound, or to read files), that nests deeper than 256 elements, or that is larger than ``max_bytes``.

    >>> parse(b"<act><num>1</num></act>").tag
    'act'
    """
    if len(data) > max_bytes:
        raise ReadingError(f"the XML is larger than {max_bytes} bytes")
    root_name(data)
    # Without huge_tree libxml2 stops at 256 levels and at text nodes of 10 MB, which no law reaches.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadingError(f"the XML is not well formed: {_reason(error.msg)}", line=error.lineno or None) from error
    except (ValueError, LookupError) as error:
        raise ReadingError(f"the XML cannot be read: {_reason(str(error))}") from error
    if root is None:
        raise ReadingError("the XML has no root element")
    return root


def root_name(data: bytes) -> tuple[str, str]:
    """Return namespace (empty for none) and local name of the root element, reading no further than its start tag.

    Raises ReadingError where there is no XML, or where the document type declares an entity.

    >>> root_name(b'<?xml version="1.0"?><bill xmlns="http://schemas.gpo.gov/xml/uslm"/>')
    ('http://schemas.gpo.gov/xml/uslm', 'bill')
    """
    root_names: list[str] = []

    def element_begins(name: str, _attributes: dict[str, str]) -> None:
        root_names.append(name)
        raise _RootSeen

    def entity_is_declared(*_declaration: object) -> None:
        raise ReadingError(
            "the document type declares an entity, which is refused; remove the DOCTYPE", line=parser.CurrentLineNumber
        )

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element_begins
    parser.EntityDeclHandler = entity_is_declared
    try:
        parser.Parse(data, True)
    except _RootSeen:
        namespace, _, name = root_names[0].rpartition(" ")
        return namespace, name
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "syntax error")
        raise ReadingError(f"the XML is not well formed: {reason}", line=error.lineno) from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise ReadingError(f"the XML cannot be read: {_reason(str(error))}") from error
    raise ReadingError("the XML has no root element")


def _reason(message: str | None) -> str:
    """libxml2 appends its own position, which the error already names."""
    return (message or "unknown reason").split(", line ")[0].replace("\n", " ")
