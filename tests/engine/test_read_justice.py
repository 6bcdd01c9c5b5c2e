"""Acts and regulations of Canada in the XML of its Department of Justice."""

from __future__ import annotations

import pytest

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import detect, read

ACT = """<?xml version="1.0"?><Statute xml:lang="en"><Identification><LongTitle>An Act respecting lamps</LongTitle>
<ShortTitle>Lamp Act</ShortTitle></Identification><Body>
<Heading level="1"><Label>PART I</Label><TitleText>Lamps</TitleText></Heading>
<Heading level="2"><TitleText>Interpretation</TitleText></Heading>
<Section><MarginalNote>Definitions</MarginalNote><Label>1</Label><Text>In this Act,</Text>
<Definition><Text><DefinedTermEn>lamp</DefinedTermEn> means any light;</Text></Definition></Section>
<Heading level="1"><Label>PART II</Label><TitleText>Fees</TitleText></Heading>
<Section><Label>2.1</Label><Subsection><MarginalNote>Fee</MarginalNote><Label>(1)</Label><Text>A lamp is taxed if</Text>
<Paragraph><Label>(a)</Label><Text>it burns; and</Text></Paragraph>
<Paragraph><Label>(b)</Label><Text>it is sold,</Text></Paragraph>
<ContinuedSectionSubsection><Text>unless it is small.</Text></ContinuedSectionSubsection></Subsection>
<HistoricalNote>R.S., c. 1, s. 2</HistoricalNote></Section></Body>
<Schedule><ScheduleFormHeading><Label>SCHEDULE</Label><TitleText>Tariff</TitleText></ScheduleFormHeading>
<Section><Label>1</Label><Text>One dollar.</Text></Section></Schedule></Statute>"""


def test_headings_hold_their_sections_and_marginal_notes_are_headings():
    assert detect(ACT.encode(), "lamps.xml") == "justice"
    act = read(ACT.encode(), filename="lamps.xml")
    assert (act.title, act.language) == ("Lamp Act", "en")
    found = [(clause.element, clause.num, clause.heading, clause.text) for clause in act.clauses]
    assert found == [
        ("part", "PART I", "Lamps", ""),
        ("hcontainer", "", "Interpretation", ""),
        ("section", "1", "Definitions", "In this Act,"),
        ("point", "", "", "lamp means any light;"),
        ("part", "PART II", "Fees", ""),
        ("section", "2.1", "", ""),
        ("subsection", "(1)", "Fee", "A lamp is taxed if"),
        ("paragraph", "(a)", "", "it burns; and"),
        ("paragraph", "(b)", "", "it is sold,"),
        ("wrapUp", "", "", "unless it is small."),
        ("schedule", "SCHEDULE", "Tariff", ""),
        ("section", "1", "", "One dollar."),
    ]
    assert "R.S., c. 1, s. 2" in [furniture.text for furniture in act.furniture]


def test_the_rows_of_a_table_keep_their_cells():
    cells = (("Lamp", "Size", "Fee"), ("Oil", "", "5"), ("Gas", "<Text>great,</Text><Text>small</Text>", ""))
    rows = ["".join(f"<entry>{cell}</entry>" for cell in row) for row in cells]
    table = "<TableGroup><table><title>Of fees</title><tgroup cols='3'><thead><row>{}</row></thead><tbody>"
    table = (table + "<row>{}</row><row>{}</row></tbody></tgroup></table></TableGroup>").format(*rows)
    act = read(ACT.replace("<Text>One dollar.</Text>", f"<Text>Fees:</Text>{table}").encode(), filename="lamps.xml")
    lines = act.clauses[-1].text.split("\n")
    assert [lines[0], *lines[-3:]] == ["Fees:", "Lamp\tSize\tFee", "Oil\t\u00a0\t5", "Gas\tgreat, small\t\u00a0"]


def test_xml_that_is_not_read_says_which_form_would_be():
    for data, message in (
        (b"<?xml version='1.0'?><ACT><P>x</P></ACT>", "EUR-Lex has the same text as HTML"),
        (b"<?xml version='1.0'?><gesetz/>", "save the law as one of these, as a Word file, or as text"),
        (b"<?xml version='1.0'?><Statute><Body/></Statute>", "this act holds no section"),
    ):
        with pytest.raises(ReadingError, match=message):
            read(data, filename="law.xml")
