"""Small law files of our own in the forms of publishers: invented or restated law in our own words, built on demand.

The large real texts of ``../shared`` are read on top where they are.
"""

from __future__ import annotations

from functools import cache

USLM1 = "http://xml.house.gov/schemas/uslm/1.0"
USLM2 = "http://schemas.gpo.gov/xml/uslm"

# --- The United States Code -------------------------------------------------------------------------------------------

RELEASES = {"113-31": "2013-08-09", "117-80": "2021-04-29"}


FOOTNOTE = (
    '<ref class="footnoteRef" idref="f1">1</ref><note type="footnote" id="f1"><num>1</num> So in the print.</note>'
)


def _level(kind: str, at: str, number: str, printed: str, heading: str, *inside: str, attributes: str = "") -> str:
    num = f'<num value="{number}">{printed}</num>'
    heading = f"<heading> {heading}</heading>" if heading else ""
    return f'<{kind} identifier="/us/usc/t17/{at}"{attributes}>{num}{heading}{"".join(inside)}</{kind}>\n'


def _section(number: str, heading: str, *inside: str, credit: str = "Pub. L. 94–553") -> str:
    credited = (
        f'<sourceCredit>(<ref href="/us/pl/94/553">{credit}</ref>, <date date="1976-10-19">1976</date>)</sourceCredit>'
    )
    note = f"<heading>Amendments</heading><p>§ {number} as it was.</p>"
    notes = f'<notes type="uscNote"><note topic="amendments">{note}</note></notes>'
    return _level("section", f"s{number}", number, f"§ {number}.", heading, *inside, credited, notes)


def _subsection(section: str, letter: str, heading: str, *inside: str) -> str:
    heading = f'<inline class="small-caps">{heading}</inline>.—' if heading else ""
    return _level("subsection", f"s{section}/{letter}", letter, f"({letter})", heading, *inside)


def _paragraph(at: str, number: str, words: str) -> str:
    return _level("paragraph", f"{at}/{number}", number, f"({number})", "", f"<content>{words}</content>")


def _content(words: str) -> str:
    return f"<content>{words}</content>"


@cache
def us_title(release: str, named: str = "") -> bytes:
    """Title 17 as the Code's publisher gives it at a release point, restated and short; ``named``: calls itself so."""
    is_new = release == "117-80"
    remedy = "an owner, a licensee, or a State" if is_new else "an owner or a licensee"
    chapter_5 = _level(
        "chapter", "ch5", "5", "CHAPTER 5—", "INFRINGEMENT AND REMEDIES",
        "<toc><tocItem><column>501.</column><column>Infringement.</column></tocItem></toc>",
        _section("501", "Infringement of copyright", *(
            _subsection("501", "a", "", _content(f"Whoever uses a work against the rights of {remedy} does wrong.")),
            _subsection("501", "b", "", _content(f"The owner may bring an action,{FOOTNOTE} as § 507 limits it.")),
        )),
        _section("506", "Criminal offenses", *(
            _subsection("506", "a", "Criminal Infringement", *(
                "<chapeau>Whoever willfully infringes a copyright is punished under section 2319 of title 18, if it"
                " was done—</chapeau>",
                _paragraph("s506/a", "1", "for profit or commercial advantage;"),
                _paragraph("s506/a", "2", "by copies worth more than $1,000 within 180 days; or"),
                _paragraph("s506/a", "3", "by making a work public on a computer network before its time."),
            )),
            _subsection("506", "b", "Forfeiture", _content("Section 2323 of title 18 says what is forfeited.")),
            _subsection("506", "c", "Fraudulent Notice", _content("A notice known to be false costs up to $2,500.")),
        )),
        _section("507", "Limitations on actions", *(
            _subsection("507", "a", "Criminal Proceedings", _content("They begin within 5 years of the act.")),
            _subsection("507", "b", "Civil Actions", _content("They begin within three years of the claim.")),
        )),
        _level("section", "s509", "509", "[§ 509.", "Repealed. Pub. L. 110–403]", attributes=' status="repealed"'),
    )  # fmt: skip
    chapter_15 = _level(
        "chapter", "ch15", "15", "CHAPTER 15—", "SMALL CLAIMS",
        _section("1501", "Definitions", _content("In this chapter, a <b>claim</b> is one the Board may hear.")),
    )  # fmt: skip
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<uscDoc xmlns="{USLM1}" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xml:lang="en" identifier="/us/usc/t17"><meta><dc:title>Title 17</dc:title><dc:type>USCTitle</dc:type>
<docNumber>17</docNumber><docPublicationName>Online@{named or release}</docPublicationName>
<dcterms:created>{RELEASES[release]}T11:22:12</dcterms:created></meta><main>
<title identifier="/us/usc/t17"><num value="17">Title 17—</num><heading>COPYRIGHTS</heading>
<note topic="miscellaneous"><p>Current through {release}</p></note>
{chapter_5}{chapter_15 if is_new else ""}</title></main></uscDoc>""".encode()


# --- Bills and resolutions --------------------------------------------------------------------------------------------


@cache
def bill(stage: str) -> bytes:
    """A bill as ``introduced`` or ``enrolled``: enrolled, a sum is larger and the section before another is gone."""
    is_enrolled = stage == "enrolled"
    dropped = (
        "<section identifier='/us/bill/1/s101'><num value='101'>Sec. 101.</num><heading>Lamps on piers</heading>"
        "<content>Every pier of the Service has a lamp that burns from dusk to dawn.</content></section>"
    )
    number = "101" if is_enrolled else "102"
    sum_ = "$381,000,000" if is_enrolled else "$200,000,000"
    return f"""<bill xmlns="{USLM2}"><meta><docNumber>1</docNumber><date>2019-01-08</date></meta><main>
<longTitle><docTitle>A BILL</docTitle><officialTitle>To mend what storms have broken.</officialTitle></longTitle>
<title identifier="/us/bill/1/tI"><num value="I">TITLE I</num><heading>HARBOURS</heading>
{"" if is_enrolled else dropped}<section identifier="/us/bill/1/s{number}"><num value="{number}">Sec. {number}.</num>
<heading>Duties of harbour masters</heading><chapeau>A harbour master who learns of a broken quay—</chapeau>
<paragraph identifier="/us/bill/1/s{number}/1"><num value="1">(1)</num><content>closes it to carts and cranes;</content>
</paragraph><paragraph identifier="/us/bill/1/s{number}/2"><num value="2">(2)</num><content>tells the Service within
three days by adding to its list the following: <quotedContent><section><num>“SEC. 9.</num><content>A broken
quay.”</content></section></quotedContent></content></paragraph></section>
<section identifier="/us/bill/1/s200"><num value="200">Sec. 200.</num><heading>Harbour Repair Fund</heading>
<content>For the repair of quays, {sum_} are given to the Fund, to stay until they are spent.</content></section>
</title></main></bill>""".encode()


@cache
def resolution(stage: str) -> bytes:
    """A resolution of both houses with recitals; ``agreed`` or ``engrossed``, in the same words."""
    recitals = "".join(
        f"<recital><p>Whereas {words};</p></recital>" for words in ("ships pass by night", "lamps guide them")
    )
    return f"""<resolution xmlns="{USLM2}"><meta><docNumber>13</docNumber><docStage>{stage}</docStage>
<date>2019-04-30</date></meta><main><longTitle><docTitle>CONCURRENT RESOLUTION</docTitle></longTitle>
<preamble>{recitals}<resolvingClause>Resolved, That—</resolvingClause></preamble>
<section identifier="/us/sconres/13/s1"><num value="1">SECTION 1.</num><heading>Thanks</heading>
<content>The keepers of lamps are thanked.</content></section></main></resolution>""".encode()


# --- A declaration in two languages -----------------------------------------------------------------------------------

ARTICLES = [
    (["Everyone may ask to see a record of a public office."], ["មនុស្សគ្រប់រូបមានសិទ្ធិស្នើសុំមើលឯកសារសាធារណៈ។"]),
    (["An office answers within ten days.", "It gives its reasons in writing."],
     ["ការិយាល័យត្រូវឆ្លើយក្នុងរយៈពេលដប់ថ្ងៃ។", "ការិយាល័យត្រូវផ្តល់ហេតុផលជាលាយលក្ខណ៍អក្សរ។"]),
    (["No one is punished for asking."], ["គ្មាននរណាម្នាក់ត្រូវទទួលទោសដោយសារការស្នើសុំឡើយ។"]),
    (["Letters between people are private.", "Only a court may have them opened.", "The court says why."],
     ["លិខិតរវាងមនុស្សជាការឯកជន។", "មានតែតុលាការទេដែលអាចបញ្ជាឱ្យបើកលិខិត។", "តុលាការត្រូវបញ្ជាក់ហេតុផល។"]),
    (["Everyone may speak and listen in the language of their choice."],
     ["មនុស្សគ្រប់រូបអាចនិយាយនិងស្តាប់ជាភាសាដែលខ្លួនជ្រើសរើស។"]),
    (["A fee is never more than the cost of the copy."], ["កម្រៃសេវាមិនត្រូវលើសតម្លៃនៃការថតចម្លងឡើយ។"]),
]  # fmt: skip
PREAMBLE = (
    ["Whereas records belong to all,", "Now therefore this declaration is made:"],
    ["ដោយយល់ឃើញថាឯកសារជារបស់មនុស្សទាំងអស់", "ហេតុនេះសេចក្តីប្រកាសនេះត្រូវបានធ្វើឡើងសម្រាប់មនុស្សទាំងអស់៖"],
)
DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


@cache
def declaration(language: str) -> bytes:
    """The declaration on records as a web page, ``en`` or ``km``: a preamble and as many articles as ``ARTICLES``."""
    side = ("en", "km").index(language)
    title, before = (("Declaration on Records", "Preamble"), ("សេចក្តីប្រកាសស្តីពីឯកសារ", "បុព្វកថា"))[side]
    rows = [f"<h1>{title}</h1>", f"<h3>{before}</h3>", *(f"<p>{words}</p>" for words in PREAMBLE[side])]
    for number, paragraphs in enumerate(ARTICLES, start=1):
        name = (f"Article {number}", f"មាត្រា {number}".translate(DIGITS))[side]
        rows += [f"<h4>{name}</h4>", *(f"<p>{words}</p>" for words in paragraphs[side])]
    page = f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title></head><body>'
    return (page + "\n".join(rows) + "</body></html>").encode()
