"""XML is parsed without expanding anything."""

import pytest

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import parse, root_name

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY lol "lol">
 <!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
]>
<lolz>&lol2;</lolz>"""


def test_a_document_is_parsed_to_its_root():
    assert parse(b"<a><b/></a>")[0].tag == "b"


def test_an_entity_declaration_is_refused_with_its_line():
    with pytest.raises(ReadingError, match="line 3: the document type declares an entity"):
        parse(LAUGHS)


def test_an_entity_in_another_encoding_is_refused_too():
    with pytest.raises(ReadingError, match="declares an entity"):
        parse(LAUGHS.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"))


def test_an_external_or_parameter_entity_is_refused():
    for declaration in (b'<!ENTITY x SYSTEM "file:///etc/passwd">', b'<!ENTITY % p "x">'):
        with pytest.raises(ReadingError, match="declares an entity"):
            parse(b"<!DOCTYPE a [" + declaration + b"]><a>&x;</a>")


def test_a_plain_doctype_is_taken_and_not_fetched():
    assert parse(b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>').tag == "a"


def test_broken_xml_is_refused_with_its_line():
    with pytest.raises(ReadingError, match="line 2: the XML is not well formed"):
        parse(b"<a>\n<b></a>")


def test_no_xml_at_all_is_refused():
    for data in (b"", b"Article 1", b"<", b"\xff\xfe"):
        with pytest.raises(ReadingError):
            parse(data)


def test_deep_nesting_is_refused():
    with pytest.raises(ReadingError, match="not well formed"):
        parse(b"<a>" * 5000 + b"</a>" * 5000)


def test_the_root_is_named_with_its_namespace():
    assert root_name(b'<x:b xmlns:x="urn:n"/>') == ("urn:n", "b")
