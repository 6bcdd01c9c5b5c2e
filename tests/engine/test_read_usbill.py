"""The XML in which Congress publishes bills."""

from __future__ import annotations

import pytest

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read

BILL = b"""<?xml version="1.0"?>
<!DOCTYPE bill PUBLIC "-//US Congress//DTDs/bill.dtd//EN" "bill.dtd">
<bill><form><legis-num>H. R. 5</legis-num><action><action-date date="20230503">May 3</action-date></action>
<official-title>To count lamps.</official-title></form><legis-body>
<section section-type="section-one"><enum>1.</enum><header>Lamps</header><text>In this Act&#8212;</text>
<paragraph><enum>(1)</enum><text>a lamp is a light; and</text></paragraph>
<paragraph changed="deleted"><enum>(2)</enum><text>a candle is none.</text></paragraph></section>
<section><enum>2.</enum><header>Amendment</header><text>Add at the end:</text>
<quoted-block><section><enum>9.</enum><header>Wax</header><text>Wax is law.</text></section>
<after-quoted-block>.</after-quoted-block></quoted-block></section>
<section><enum>3.</enum><header>Force</header><text>In force in May.</text></section></legis-body></bill>"""


def test_what_a_committee_struck_out_is_set_aside_with_a_warning():
    bill = read(BILL, filename="bill.xml")
    assert (bill.title, bill.meta["date"]) == ("To count lamps.", "2023-05-03")
    assert [(warning.kind, warning.subject) for warning in bill.warnings] == [("deleted-text", "(2)a candle is none.")]
    assert "a candle is none." in "".join(each.text for each in bill.furniture if each.name == "deleted-text")


def test_what_is_no_bill_is_refused_in_one_sentence(subtests):
    for data, sentence in [
        (b"<bill><legis-body/></bill>", "holds no section"),
        (b"<?xml version='1.0'?><bills><section/></bills>", "none of the forms of XML that are read"),
        (b"<bill><legis-body>" + b"<section>" * 300 + b"</section>" * 300 + b"</legis-body></bill>", "not well formed"),
    ]:
        with subtests.test(data=data), pytest.raises(ReadingError, match=sentence):
            read(data, filename="bill.xml")
