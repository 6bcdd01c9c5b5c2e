"""The elements of laws side by side, and their differences in words."""

import re

import pytest
from django.core.cache import cache
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from lawcompare.crosswalk import elements
from lawcompare.crosswalk.elements import build_table, outermost, read_clauses
from lawcompare.crosswalk.models import Element, Topic, Value
from lawcompare.crosswalk.provisions import ConfirmedElements, differences_between, texts_inside
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.laws.models import Clause, Version
from tests.conftest import FRONT
from tests.processor_time import at_most
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]

DRAFT = """# Chapter 1. Offences

## Article 1. Access

Whoever enters a computer system is punished by imprisonment from one year to three years and a fine from 2,000,000 riel
to 4,000,000 riel.

## Article 2. Insults

Whoever publishes online any of the following is punished by imprisonment from one year to three years:

(1) an insult;

(2) a statement that could cause disorder.

## Article 3. Data
{: text_status=heading-only }

## Article 4. Keeping data

Service providers must keep the data of all users for at least 180 days.
"""

CODE = """## Article 10. Access

Whoever intentionally enters a computer system is punished by imprisonment of up to six months. It is a defense to
prosecution that the owner consented.

## Article 11. Insults

Whoever insults another in bad faith is punished by a fine of up to 1,000,000 riel.

## Article 12. The right to privacy

Nobody may be subjected to arbitrary interference with privacy.

## Article 13. Preserving data

Under a court order the police may require a provider to preserve named data for a period of 90 days.
"""


@pytest.fixture
def keep():
    """Store a text: ``keep(DRAFT, "draft")``, restated unless said otherwise."""
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish

    def keep(text: str, law: str, status: str = "official", **changed: str):
        front = FRONT.format(law=law, version="1", title=law.capitalize(), date="2020")
        for name, value in {"text_status": status, **changed}.items():
            front = re.sub(rf"(?m)^{name}: .*$", f"{name}: {value}", front)
        version = import_law(Import((front + text).encode(), "x.md")).version
        publish(version)
        return version

    return keep


@pytest.fixture
@made_once
def laws(keep):
    """A draft, and a code of the same country that is in force."""
    return keep(DRAFT, "draft"), keep(CODE, "code", kind="statute")


def clause(version, end: str):
    return version.clauses.get(eid__endswith=end)


def both(laws, own: str, other: str, absent: tuple[str, ...] = ("mental", "harm", "defences")):
    """The differences of two clauses of which all that was read was confirmed, and that ``absent`` are absent."""
    placed = [(version, clause(version, end)) for version, end in zip(laws, (own, other), strict=True)]
    readings = read_clauses(placed)
    confirmed = {pk: ConfirmedElements(reading.elements, frozenset(absent)) for pk, reading in readings.items()}
    return differences_between(*placed, readings, confirmed)


def confirm(one, element: str, words: str, values: dict | None = None, *, status: str = "confirmed") -> Value:
    """A value of a clause that rests on words of its own text."""
    start = one.text.index(words)
    place = {"words_clause": one, "start": start, "end": start + len(words), "quote": words}
    return Value.objects.create(
        clause=one, version=one.version, element=element, values=values or {}, status=status, **place
    )


def sentences(direction) -> list[str]:
    return [one.sentence for one in direction.differences]


def cells_of(table) -> dict[str, list[list[str]]]:
    """Element → for each column what it says."""
    return {
        line.name: [
            [value.label or value.quotes[0].words for entry in cell.entries for value in entry.values]
            + list(cell.silent)
            for cell in line.cells
        ]
        for line in table.lines
    }


def table_of(laws, own: list[str], other: list[str]):
    shelves = [
        (version, [clause(version, end) for end in ends]) for version, ends in zip(laws, (own, other), strict=True)
    ]
    readings = read_clauses([(version, one) for version, clauses in shelves for one in clauses])
    return build_table(shelves, readings)


def test_a_part_of_an_article_has_the_penalty_that_stands_above_it(laws):
    draft, _code = laws
    part = clause(draft, "art_2__para_2")
    penalty = read_clauses([(draft, part)])[part.pk].elements.penalties[0]
    assert (penalty.eid, penalty.values["prison_months_min"]) == ("chp_1__art_2", 12)


def test_reading_a_section_gives_what_reading_the_whole_law_gives(laws):
    from lawcompare.engine.compare_laws.elements import elements_of
    from lawcompare.laws.documents import load_document

    for version in laws:
        rows = list(version.clauses.all())
        whole = elements_of(load_document(version), [row.eid for row in rows])
        readings = read_clauses([(version, row) for row in rows])
        assert {row.eid: readings[row.pk].elements for row in rows} == whole


def test_of_an_article_that_is_too_long_the_clause_alone_is_read_and_nothing_of_a_clause_that_is(laws, monkeypatch):
    draft, _code = laws
    article, part = clause(draft, "art_2"), clause(draft, "art_2__para_2")
    monkeypatch.setattr(elements, "READ_MAX", sum(len(one.text) + 20 for one in draft.clauses.filter(pk=part.pk)))
    readings = read_clauses([(draft, article), (draft, part)])
    assert not readings[article.pk].has_values and readings[article.pk].known == elements.PART
    assert readings[part.pk].elements.conduct


def test_each_element_is_told_side_by_side_with_its_words(laws):
    table = table_of(laws, ["art_1"], ["art_10"])
    cells_by_element = cells_of(table)
    assert cells_by_element["Mental element"] == [["nothing was read"], ["intent"]]
    assert cells_by_element["Exception or defence"] == [["nothing was read"], ["defence"]]
    assert cells_by_element["Penalty"] == [
        ["Imprisonment from 1 year to 3 years. A fine from 2,000,000 to 4,000,000 riel. Prison and fine together."],
        ["Imprisonment up to 6 months."],
    ]
    penalty = next(line for line in table.lines if line.name == "Penalty").cells[0].entries[0].values[0]
    assert penalty.quotes[0].words.startswith("imprisonment from one year to three years")
    assert penalty.in_dollars == "about 500 to 1,000 US dollars at the rate of November 2020"
    assert table.nowhere == ["Threshold of harm", "Who authorises", "Time limits", "Scope"]


def test_of_what_is_known_in_part_or_not_at_all_no_silence_is_told(keep, laws):
    restated = keep(DRAFT, "restated", "restatement")
    assert cells_of(table_of((restated, laws[1]), ["art_1"], ["art_10"]))["Mental element"][0] == [
        "nothing was read in what is known of it"
    ]
    assert set(map(tuple, (cells[0] for cells in cells_of(table_of(laws, ["art_3"], ["art_10"])).values()))) == {
        ("not known: the text has not been seen",)
    }


def test_clauses_of_the_same_values_or_inside_another_are_told_of_once(laws):
    table = table_of(laws, ["art_2__para_1", "art_2__para_2"], ["art_11"])
    penalty = next(line for line in table.lines if line.name == "Penalty").cells[0]
    assert [[one.num for one in entry.clauses] for entry in penalty.entries] == [["(1)", "(2)"]]
    draft, _code = laws
    rows = [clause(draft, end) for end in ("art_2__para_1", "art_2", "art_1")]
    assert [row.num for row in outermost(rows)] == ["Article 1", "Article 2"]


DRAFT_1, CODE_10 = "Draft of 2020, Article 1", "Code, Article 10"


def test_differences_are_said_in_both_directions_and_name_the_laws(laws):
    differences = both(laws, "art_1", "art_10")
    assert [direction.lead for direction in differences.directions] == [f"{DRAFT_1} beside {CODE_10}"]
    assert sentences(differences.directions[0]) == [
        f"No mental element is named; {CODE_10} requires “intentionally”.",
        f"No exception or defence; {CODE_10} has “a defense to”.",
    ]
    assert differences.heavier.lead == "Heavier than in the law in force"
    assert sentences(differences.heavier) == [
        f"Minimum of 1 year; {CODE_10} has none.",
        f"Up to 3 years of prison; {CODE_10} has up to 6 months.",
    ]
    turned = both((laws[1], laws[0]), "art_10", "art_1")
    assert turned.heavier == differences.heavier and turned.directions == differences.directions


def test_a_section_of_united_states_law_is_named_by_its_title(keep):
    from lawcompare.laws.citing import cite_in_law

    code = keep(
        "## § 2703. Disclosure\n\n(f) A provider preserves records for 90 days.\n", "us-code-18", kind="statute"
    )
    assert cite_in_law(code, clause(code, "subsec_f")) == "18 U.S.C. 2703(f)"


def test_a_difference_rests_on_confirmed_silence_alone_and_quotes_both(laws):
    differences = both(laws, "art_1", "art_10", absent=())
    assert not differences.directions and differences.heavier
    offline = both(laws, "art_2__para_1", "art_11").heavier
    assert sentences(offline) == ["Prison (1 year to 3 years); Code, Article 11 has a fine only."]
    assert [words.quote.clause for words in offline.words] == ["Article 2", "Article 11"]


def test_another_country_s_law_is_no_law_in_force_beside_the_draft(keep, laws):
    foreign = keep(CODE, "foreign", kind="statute", jurisdiction="us")
    differences = both((laws[0], foreign), "art_1", "art_10")
    assert differences.heavier is None
    assert "Minimum of 1 year; Foreign, Article 10 has none." in sentences(differences.directions[0])


def test_of_an_unseen_text_no_difference_is_said_and_of_a_restated_one_that_it_is_known_in_part(laws, keep):
    differences = both(laws, "art_3", "art_10")
    assert differences.silence == (
        "Nothing can be said of differences: the text of Draft of 2020, Article 3 has not been seen."
    )
    assert not differences.directions and not differences.heavier
    differences = both((keep(DRAFT, "restated", "restatement"), laws[1]), "art_1", "art_10")
    assert differences.directions[0].lead == f"{DRAFT_1} beside {CODE_10}, in what is known of them"


THREATS = """## Article 1. Threats

Whoever threatens another by computer is punished by imprisonment of up to six months.
"""
OFFLINE = """## Article 20. Threats

Whoever threatens another is punished by imprisonment from one month to six months.

## Article 21. Insults

Whoever insults another is punished by a fine of up to 1,000,000 riel.
"""


@pytest.mark.parametrize(
    ("article", "words"), [("art_20", "Minimum of 1 month; "), ("art_21", "A fine is added; ")], ids=["minimum", "fine"]
)
@pytest.mark.parametrize("status", ["official", "restatement"])
def test_what_a_penalty_lacks_is_said_of_a_draft_known_in_full_alone(keep, status, article, words):
    texts = keep(THREATS, "draft", status), keep(OFFLINE, "code", kind="statute")
    shown = [one for direction in both(texts, "art_1", article).directions for one in sentences(direction)]
    assert [one.startswith(words) for one in shown] == ([True] if status == "official" else [])


def test_powers_differ_in_who_authorises_and_for_how_long_and_differences_are_said_in_khmer(laws):
    own, other = both(laws, "art_4", "art_13", absent=("authorisation",)).directions
    assert "No authorising body is named" in sentences(own)[0] and "A time of at least 180 days" in sentences(own)[1]
    assert sentences(other) == ["A time of 90 days; Draft of 2020, Article 4 has at least 180 days."]
    with translation.override("km"):
        differences = both(laws, "art_1", "art_10")
        assert re.search("[\u1780-\u17b3]", differences.directions[0].lead)
        assert "១ ឆ្នាំ" in sentences(differences.heavier)[0]


@pytest.fixture
@made_once
def measured(laws):
    draft, code = laws
    access = Topic.objects.create(slug="access", title="Access", position=1)
    state_correspondence(access, clause(draft, "art_1"), clause(code, "art_10"), "broader", "Why.", "An editor")
    speech = Topic.objects.create(
        slug="speech", title="Speech", position=2, elsewhere=["United States: First Amendment", "Cambodia: Article 41"]
    )
    part = clause(draft, "art_2__para_1")
    state_correspondence(speech, part, clause(code, "art_11"), "broader", "Worse online.", "An editor")
    nothing = clause(draft, "art_2")
    state_correspondence(speech, nothing, code, "none", "Not there.", "An editor", searched="All of it.")
    return laws


def words_of(client, address: str) -> str:
    html = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


PAGES = ["/compare/draft/1/with/code/1/", "/topics/access/", "/laws/draft/1/chp_1__art_1/"]
PRISON = {"prison_months_min": 12, "prison_months_max": 36}
PRISON_WORDS = "imprisonment from one year to three years"


@pytest.mark.parametrize("address", PAGES[:2])
def test_what_the_program_read_is_folded_away_as_such_and_no_difference_rests_on_it(client, measured, address):
    html = client.get(address).content.decode()
    folded = re.findall(r'(?s)<details class="by-program">.*?</details>', html)
    assert folded and all("Read by the program, not checked" in one for one in folded)
    outside = " ".join(re.sub(r'(?s)<details class="by-program">.*?</details>|<[^>]+>', " ", html).split())
    for words in ("Imprisonment from 1 year to 3 years.", "No mental element", "Minimum of 1 year", "beside Code"):
        assert words not in outside


def test_what_is_said_against_a_clause_stands_on_the_pages_of_both_laws(client, measured):
    words = words_of(client, "/compare/draft/1/with/code/1/")
    assert "Imprisonment from 1 year to 3 years." in words and "November 2020" in words
    assert "Cambodia: Article 41" in words and "Looked for in: All of it." in words
    assert "First Amendment" not in words, "no law of that country stands here"
    words = words_of(client, "/laws/draft/1/chp_1__art_2/")
    for sentence in (
        "None found", "Not there.", "Looked for in: All of it.", "United States: First Amendment", "Worse online.",
        "of its part Article 2(1)",
    ):  # fmt: skip
        assert sentence in words
    assert "Narrower Draft, Article 2(1)" in words_of(client, "/laws/code/1/art_11/").replace(" ,", ",")


@pytest.mark.parametrize("address", PAGES)
def test_confirmed_values_of_both_sides_are_shown_with_who_stands_for_them_and_compared(client, measured, address):
    draft, code = measured
    confirm(clause(draft, "art_1"), "penalties", PRISON_WORDS, PRISON)
    confirm(clause(code, "art_10"), "penalties", "imprisonment of up to six months", {"prison_months_max": 6})
    html = client.get(address).content.decode()
    words = " ".join(re.sub(r'(?s)<details class="by-program">.*?</details>|<[^>]+>', " ", html).split())
    assert "Imprisonment from 1 year to 3 years." in words
    assert "Elements were read twice;" in words or "Confirmed: read twice by the project" in words
    assert f"Minimum of 1 year; {CODE_10} has none." in words and "No mental element" not in words


@pytest.mark.parametrize("status", ["stated", "disputed", "struck"])
def test_no_difference_rests_on_a_value_that_is_not_confirmed(client, measured, status):
    draft, code = measured
    confirm(clause(draft, "art_1"), "penalties", PRISON_WORDS, PRISON, status=status)
    confirm(clause(code, "art_10"), "penalties", "imprisonment of up to six months", {"prison_months_max": 6})
    words = words_of(client, "/topics/access/")
    assert "Minimum of 1 year" not in words
    assert ("disputed" in words) == (status == "disputed")


def test_every_element_can_be_shown(client, measured):
    draft, _code = measured
    one = clause(draft, "art_1")
    values = {"mental": {"level": "intent"}, "defences": {"kind": "consent"}, "authorisation": {"body": "court"},
              "time_limits": {"days": 730, "bound": "most", "amount": [[2, "year"]]},
              "penalties": PRISON | {"condition": "if death results"}}  # fmt: skip
    for element in Element.values:
        confirm(one, element, "enters a computer system", values.get(element))
    words = words_of(client, "/topics/access/")
    for shown in ("intent", "consent", "court", "at most 2 years", "Where: “if death results”.", "Scope"):
        assert shown in words


def test_the_number_of_queries_does_not_grow_with_the_rows(client, measured, connection_queries):
    draft, code = measured
    addresses = ["/compare/draft/1/with/code/1/", "/topics/access/", "/laws/draft/1/chp_1__art_2/"]
    few = [connection_queries(address) for address in addresses]
    rows = [(own, other) for own in draft.clauses.all() for other in code.clauses.all()]
    access = Topic.objects.get(slug="access")
    for own, other in rows:
        state_correspondence(access, own, other, "partial", "Why.", "An editor")
    for number in range(10):
        topic = Topic.objects.create(slug=f"t{number}", title=f"Topic {number}", position=10 + number)
        state_correspondence(topic, clause(draft, "art_2"), clause(code, "art_10"), "partial", "Why.", "An editor")
    assert [connection_queries(address) for address in addresses] == few
    assert max(few) <= 18


@pytest.fixture
def connection_queries(client):
    """How many queries a page takes whose clauses were not read before."""
    from django.db import connection

    def count(address: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    return count


def test_what_stands_inside_more_than_a_thousand_clauses_is_read(store):
    text = Version.objects.create(law=store(DRAFT, "one").law, slug="long", date="2025-01-01")
    tree = [("chp_1", 0, 2401), *((f"art_{n}", 2 * n + 1, 2 * n + 3) for n in range(1200))]
    tree += [(f"art_{n}__para_1", 2 * n + 2, 2 * n + 3) for n in range(1200)]
    rows = [Clause(version=text, eid=eid, position=begin, end=end, depth=eid.count("_")) for eid, begin, end in tree]
    Clause.objects.bulk_create(rows)
    inside = texts_inside(rows)
    assert [len(inside[row.pk]) for row in (rows[0], rows[1], rows[-1])] == [2401, 2, 1]
    assert [one.eid for one in inside[rows[1200].pk]] == ["art_1199", "art_1199__para_1"]
    assert [one.position for one in inside[rows[0].pk]] == list(range(2401))


BELOW = "".join(f"  ({number}) a{number};\n\n" for number in range(1, 91))
REPEATING = {
    "above": f"(a) {'if serious harm or damage results, imprisoned up to 2 years 1 months, ' * 700}\n\n{BELOW}",
    "named": f"""(a) Whoever knowingly does any of the following commits an offense:\n\n{BELOW}
(b) Whoever does it is {"imprisoned up to 2 years 1 months; " * 700}:\n
  (1) for an offense under subsection (a) {"x y " * 6500};\n\n""",
}


@pytest.mark.parametrize("name", REPEATING)
def test_what_stands_above_ninety_clauses_or_names_them_is_read_once_and_shown_in_part(client, store, name):
    """One page of such rows took a web process for a minute, or 3.4 GB of it."""
    one = store(f"## Section 1. Access\n\n{REPEATING[name]}## Section 2. Else\n\nNothing.\n", "a", law="one")
    two = store("## Article 1. Aim\n\nIt aims.\n", "b", law="two")
    topic = Topic.objects.create(slug="access", title="Access")
    for clause in one.clauses.filter(parent__num="(a)"):
        state_correspondence(topic, clause, two.clauses.get(num="Article 1"), "partial", "They speak of it.", "Editors")
    with at_most(seconds=5):
        page = client.get("/compare/one/a/with/two/b/").content
    assert len(page) < 400_000
