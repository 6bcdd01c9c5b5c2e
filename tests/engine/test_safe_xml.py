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


def test_what_expands_breaks_or_nests_without_end_is_refused(subtests):
    for data, sentence in [
        (LAUGHS, "line 3: the document type declares an entity"),
        (LAUGHS.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"), "declares an entity"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "declares an entity"),
        (b'<!DOCTYPE a [<!ENTITY % p "x">]><a/>', "declares an entity"),
        (b"<a>\n<b></a>", "line 2: the XML is not well formed"),
        (b"<a>" * 5000 + b"</a>" * 5000, "not well formed"),
        *((data, "") for data in (b"", b"Article 1", b"<", b"\xff\xfe")),
    ]:
        with subtests.test(data=data), pytest.raises(ReadingError, match=sentence or None):
            parse(data)


def test_a_plain_doctype_is_taken_and_not_fetched_and_the_root_is_named_with_its_namespace():
    assert parse(b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>').tag == "a"
    assert root_name(b'<x:b xmlns:x="urn:n"/>') == ("urn:n", "b")
