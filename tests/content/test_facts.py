"""The demonstration corpus says what is known and nothing else: numbers, penalties, quotations, sources, references."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message
from tests.content.corpus import (
    ASEAN,
    BUDAPEST,
    CODE,
    COMMENT_16,
    COMMENT_34,
    CONSTITUTION,
    D2020,
    D2024,
    DRAFTS,
    FIXTURES,
    ICCPR,
    NUMBER,
    OURS,
    PRESS_LAW,
    QUOTED,
    SHARED,
    TELECOM_LAW,
    TREATY_SOURCES,
    UDHR,
    UN_CYBERCRIME,
    US_CONSTITUTION,
    V1,
    articles,
    document,
    entries,
    for_each,
    needs_shared,
    resolve,
    skeleton,
    spaced,
    whole_text,
    words,
)

pytestmark = pytest.mark.content

# Words of a draft that published pages quote, beyond those in skeleton.json.
QUOTED_ELSEWHERE = {
    "continuation of publication",
    "knowingly or intentionally",
    "writings or pixilation",
    "devalue the moral of family values",
    "display inappropriate activities of persons, copulations between humans or animals",
    "pixilation that displays domestic violence",
    "warrantless searches",
    "authorization/right",
    "competent authorities",
    "adverse effect",
    "unauthorized access",
    "knowingly and intentionally makes a false statement or material misrepresentation through information technology",
    "false information",
    "traditional culture",
}
# Pages that carry facts of the drafts, beyond those in skeleton.json.
OTHER_PAGES = {
    "https://english.cambodiadaily.com/news/cybercrime-law-may-silence-critics-ngos-say-56288/",
    "https://platform.dataguidance.com/opinion/cambodia-implications-draft-cybercrime-law",
    "https://blog.sithi.org/2014/07/03/how-could-cambodias-draft-cybercrime-law-affect-internet-users/",
    "https://english.cambodiadaily.com/news/cybercrime-law-copies-2001-european-treaty-56429/",
    "https://mekong-post.com/68620",
    "https://ccimcambodia.org/?p=260",
    "https://zico.group/blog/legal-alert-cambodia-cybercrime-law-drafted-following-rise-cyber-attacks/",
    "https://ooni.org/post/2022-state-of-internet-censorship-cambodia/",
    "https://freedomhouse.org/report/freedom-net/2014/cambodia",
    "https://docplayer.net/20634187-kingdom-of-cambodia-nation-religion-king-cybercrime-law-draft-v-1-"
    "unofficial-translation-to-english.html",
    "http://truth2power-media.blogspot.com/2014/11/overseas-cambodians-told-cyber-law.html",
    "https://www.business-humanrights.org/en/latest-news/"
    "cambodia-civil-society-claim-that-draft-law-on-cybercrime-restricts-free-expression-privacy-of-individuals/",
}
# What is remembered of the drafts but was seen on no page.
NOT_VERIFIED = {
    V1: [r"Article 39", r"dissol", r"[Cc]hapter 6", r"closure"],
    D2020: [r"Article 2\b"],
    D2024: [r"April", r"Article \d"],
}

# Article: (prison from, to in months), (fine from, to in riel); either is None where there is the other alone.
PENALTIES = {
    231: [((1, 6), (100_000, 1_000_000))],
    232: [((6, 24), (1_000_000, 4_000_000))],
    233: [((6, 24), (1_000_000, 4_000_000))],
    234: [((12, 36), (2_000_000, 6_000_000))],
    301: [((1, 12), (100_000, 2_000_000))],
    302: [((1, 12), (100_000, 2_000_000))],
    305: [(None, (100_000, 10_000_000))],
    307: [(None, (100_000, 10_000_000))],
    317: [((1, 12), (100_000, 2_000_000))],
    318: [((1, 12), (100_000, 2_000_000))],
    356: [((6, 36), (1_000_000, 6_000_000))],
    378: [((6, 36), (1_000_000, 6_000_000))],
    425: [((12, 24), (2_000_000, 4_000_000))],
    427: [((1, 12), (100_000, 2_000_000)), ((12, 24), (2_000_000, 4_000_000))],
    428: [((12, 24), (2_000_000, 4_000_000))],
    429: [((12, 24), (2_000_000, 4_000_000))],
    430: [((12, 24), (2_000_000, 4_000_000))],
    445: [((84, 180), None)],
    446: [((60, 120), None)],
    447: [((84, 180), None)],
    495: [((6, 24), (1_000_000, 4_000_000))],
    496: [((12, 36), (2_000_000, 6_000_000))],
    502: [(("1 day", "6 day"), (1_000, 100_000))],
    522: [((1, 6), (100_000, 1_000_000))],
    523: [((1, 6), (100_000, 1_000_000))],
    627: [((12, 36), (2_000_000, 6_000_000))],
}
CODE_ARTICLES = [3, 4, 5, *range(12, 23), 27, 28, 29, 42, *range(231, 235), 301, 302, *range(305, 310), 317, 318, 319]
CODE_ARTICLES += [353, 354, 356, 377, 378, 425, *range(427, 433), 445, 446, 447, *range(494, 498), 502, 522, 523]
CODE_ARTICLES += [626, 627, 668, 670]

# --- the texts


# Doubts that are true of these texts: most are selections, and of V.1 some headings are not known.
EXPECTED_DOUBTS = {
    V1: [
        "text without a heading: words between",
    ],
    **{address: ["skipped number: "] for address in set(OURS) - {V1, D2024, BUDAPEST, US_CONSTITUTION}},
}


@for_each(OURS)
def test_every_text_is_read_without_an_unexpected_doubt(address: str) -> None:
    law = document(address)
    expected = tuple(EXPECTED_DOUBTS.get(address, []))
    assert [
        warning_message(ENGLISH, warning)
        for warning in law.warnings
        if not warning_message(ENGLISH, warning).startswith(expected or "\0")
    ] == []
    assert f"{law.meta['law']}/{law.meta['version']}" == address
    assert law.meta["text_status"] == "restatement"
    assert law.meta["note"]


def test_each_text_has_the_articles_it_says() -> None:
    assert list(articles(V1)) == [str(number) for number in range(1, 39)]
    assert list(articles(D2020)) == ["1", "3", "8", "12", "32", "33", "40", "45"]
    assert list(articles(D2024)) == []
    assert list(articles(BUDAPEST)) == [str(number) for number in range(1, 36)]
    assert list(articles(ICCPR)) == ["2", "9", "14", "15", "17", "19", "20", "21", "22"]
    assert list(articles(CONSTITUTION)) == ["31", "38", "39", "40", "41"]
    assert list(articles(UDHR)) == ["12", "19", "29"]
    assert list(articles(ASEAN)) == ["7", "8", "23"]
    assert list(articles(PRESS_LAW)) == ["1", "2", "3", "4", "5", "12"]
    assert list(articles(TELECOM_LAW)) == ["6", "15", "66", "80", "97", "99"]
    assert list(articles(UN_CYBERCRIME)) == [
        str(number) for number in [*range(1, 19), *range(22, 25), *range(28, 32), 34, 35, 41, 53, 64, 65]
    ]
    assert list(articles(CODE)) == [str(number) for number in CODE_ARTICLES]


def test_the_general_comments_have_the_paragraphs_they_say() -> None:
    paragraphs = {
        address: [NUMBER.search(clause.num).group() for clause in document(address).clauses]
        for address in (COMMENT_16, COMMENT_34)
    }
    assert paragraphs[COMMENT_16] == [str(number) for number in [1, 3, 4, *range(7, 12)]]
    numbers = [9, 11, 12, 21, 22, 25, 26, 30, *range(32, 36), 38, *range(42, 45), 47, 49, 50, 52]
    assert paragraphs[COMMENT_34] == [str(number) for number in numbers]


def test_a_decision_names_its_volume_its_year_and_the_page_it_was_read_on() -> None:
    decisions = [clause for clause in document(US_CONSTITUTION).clauses if " v. " in clause.heading]
    assert len(decisions) == 11
    for clause in decisions:
        cited = r", \d+ (?:U\.S\.|S\. Ct\.|F\.3d) \d+ \((?:6th Cir\. )?\d{4}\): \w+"
        assert re.search(cited, clause.heading), clause.heading
        assert clause.attributes["source"].startswith("http")
        if "Garrison" not in clause.heading:  # read on a page that leaves out small words
            assert whole_text(US_CONSTITUTION, clause).count('"') >= 4, "the operative words are quoted"


@for_each([PRESS_LAW, TELECOM_LAW])
def test_what_is_known_of_a_law_from_reports_names_them(address: str) -> None:
    for clause in document(address).clauses:
        assert clause.attributes["source"].startswith("http"), clause.eid
        if "not seen" in clause.attributes.get("note", "") or clause.attributes["text_status"] == "quotation":
            assert re.match(r"As (?:reported|quoted) by ", clause.text), clause.eid


def test_article_28_has_five_heads() -> None:
    heads = document(V1).children[resolve(V1, "28").eid]
    assert [head.num.strip("()") for head in heads] == ["1", "2", "3", "4", "5"]


def test_clauses_without_number_keep_their_address() -> None:
    names = [clause.eid.split("__")[-1] for address in DRAFTS for clause in document(address).clauses if not clause.num]
    assert len(names) == 1 + 7 + 5
    assert all(name.startswith("art_nn_") for name in names)


# --- the drafts


@for_each(DRAFTS)
def test_every_clause_of_a_draft_says_what_it_is_and_where_it_was_seen(address: str) -> None:
    for clause in document(address).clauses:
        status = clause.attributes["text_status"]
        assert status in {"quotation", "restatement", "heading-only", "not-known"}, clause.eid
        if status in {"heading-only", "not-known"}:
            assert clause.text == "", clause.eid
        else:
            assert clause.text, clause.eid
        if status == "not-known":
            assert clause.attributes["note"], clause.eid
        else:
            assert clause.attributes["source"].startswith("http"), clause.eid


@needs_shared
@for_each(DRAFTS)
def test_a_draft_quotes_only_words_that_a_page_quotes(address: str) -> None:
    known = spaced(json.dumps(skeleton(), ensure_ascii=False))
    for clause in document(address).clauses:
        for quoted in QUOTED.findall(clause.text):
            # The pages quote the five heads with "deemed" or "deemed to (be)" before the words that skeleton.json has.
            core = re.sub(r"^deemed (to (be )?)?", "", quoted)
            assert quoted in QUOTED_ELSEWHERE or spaced(core) in known, quoted


@needs_shared
def test_the_headings_of_v1_are_those_of_the_table_of_contents() -> None:
    listed = {str(row["n"]): row["heading"] for row in skeleton()["versions"][0]["articles"]}
    listed |= {"2": "Objective", "4": "Terms and Definition"}  # from another copy of the table
    for number, clause in articles(V1).items():
        assert clause.heading.lower() == listed.get(number, "").lower(), number


@needs_shared
def test_the_counts_of_chapters_and_articles_are_those_reported() -> None:
    by_id = {row["id"]: row for row in skeleton()["versions"]}
    for address, known in [(D2020, by_id["kh-cybercrime-2020-08-04"]), (D2024, by_id["kh-cybercrime-2024-leak"])]:
        assert document(address).meta["articles_total"] == known["articles_total"]
        assert document(address).meta.get("chapters_total") == known.get("chapters")
    assert "articles_total" not in document(V1).meta


@for_each(DRAFTS)
def test_nothing_unverified_is_in_a_draft(address: str) -> None:
    for pattern in NOT_VERIFIED[address]:
        clauses = [
            clause for clause in document(address).clauses if re.search(pattern, f"{clause.heading} {clause.text}")
        ]
        assert clauses == [], pattern


def test_the_penalties_of_the_drafts_are_those_reported() -> None:
    assert "imprisonment from one year to three years and a fine from 2,000,000 riel to 6,000,000 riel" in " ".join(
        resolve(V1, "28").text.split()
    )
    assert "imprisonment of up to six months" in resolve(D2020, "40").text
    assert "imprisonment of up to three years" in resolve(D2020, "45").text
    assert "2,500 US dollars" in resolve(D2020, "45").text
    assert "from one month to three years and a fine from 2,000,000 riel to 10,000,000 riel" in " ".join(
        resolve(D2020, "45").text.split()
    )


def test_what_a_page_reports_is_not_said_to_be_unreported() -> None:
    retention = resolve(D2020, "art_nn_retention")
    assert "to the authorities if they deem it necessary" in " ".join(retention.text.split())
    statements = [retention.attributes["note"], *(row["body"] for row in entries("annotations.yaml"))]
    statements += [row["reason"] for row in entries("fates.yaml")]
    statements += [row["reasoning"] for row in entries("correspondences.yaml")]
    untrue = re.compile(
        r"\b(?:whether|that means) (?:to )?these data\b|a minimum\s+is set[^.]*not reported", re.IGNORECASE
    )
    assert [words for words in statements if untrue.search(words)] == []


@needs_shared
def test_every_page_named_is_a_page_that_was_seen() -> None:
    known = set(re.findall(r"https?://[^\"\s]+", json.dumps(skeleton()))) | OTHER_PAGES
    named = {clause.attributes.get("source") for address in DRAFTS for clause in document(address).clauses} - {None}
    named |= {document(address).meta["source_url"] for address in DRAFTS}
    named |= {row["source"]["url"] for row in entries("annotations.yaml")}
    assert named <= known


# --- the treaties


def source_of(address: str) -> str:
    text = (SHARED / TREATY_SOURCES[address]).read_text("utf-8")
    text = re.sub(r"<[^>]+>", " ", text)
    return re.sub(r"\]\([^\s]*\)", "]", text)


@needs_shared
@for_each(TREATY_SOURCES)
def test_quoted_words_of_a_treaty_stand_in_it(address: str) -> None:
    source = spaced(source_of(address))
    quotations = [quoted for clause in document(address).clauses for quoted in QUOTED.findall(clause.text)]
    assert len(quotations) >= 8 if address != UDHR else len(quotations) >= 4
    for quoted in quotations:
        assert spaced(quoted) in source, quoted
        assert len(words(quoted)) <= 25, quoted


@needs_shared
@for_each(TREATY_SOURCES)
def test_a_treaty_is_restated_and_not_copied(address: str) -> None:
    """No run of more than 12 words outside quotation marks is the treaty's."""
    source = words(source_of(address))
    runs = {tuple(source[at : at + 13]) for at in range(len(source) - 12)}
    for clause in document(address).clauses:
        for stretch in QUOTED.split(clause.text)[::2]:
            own = words(stretch)
            copied = [own[at : at + 13] for at in range(len(own) - 12) if tuple(own[at : at + 13]) in runs]
            assert copied == [], clause.eid


@needs_shared
def test_the_headings_of_the_budapest_convention_are_the_official_ones() -> None:
    matches = re.findall(r"^### Article\s+(\d+)\s+####(.+)$", source_of(BUDAPEST), re.MULTILINE)
    official = {number: heading.strip() for number, heading in matches}
    assert {number: clause.heading for number, clause in articles(BUDAPEST).items()} == {
        number: heading for number, heading in official.items() if int(number) <= 35
    }


@needs_shared
def test_the_paragraphs_of_the_budapest_convention_are_numbered_as_in_the_source() -> None:
    parts = re.split(r"^### Article\s+(\d+)\s*$", source_of(BUDAPEST), flags=re.MULTILINE)
    for number, text in zip(parts[1::2], parts[2::2], strict=True):
        if int(number) > 35:
            continue
        paragraphs = re.findall(r"^(\d)\.\s", text, re.MULTILINE)
        own = [clause.num.strip("().") for clause in document(BUDAPEST).children.get(resolve(BUDAPEST, number).eid, ())]
        assert [num for num in own if num.isdigit()] == paragraphs, number


@for_each(
    [
        ("2", '"intentionally" and "without right"'),
        ("3", '"intentionally" and "without right"'),
        ("4(1)", '"intentionally" and "without right"'),
        ("4(2)", "serious harm"),
        ("5", "serious hindering without right"),
        ("6(1)", "intentionally and without right"),
        ("6(1)(b)", "intent"),
        ("6(2)", "authorised testing"),
        ("8", "fraudulent or dishonest intent"),
        ("9(3)", "under 18 years"),
        ("10(1)", "wilfully, on a commercial scale"),
        ("13(1)", "effective, proportionate and dissuasive"),
        ("15(2)", "judicial or other independent supervision"),
        ("16(2)", "maximum of ninety days"),
        ("21(1)", "range of serious offences"),
        ("24(1)(a)", "at least one year"),
        ("29(7)", "not less than sixty days"),
    ]
)
def test_thresholds_and_mental_elements_of_the_budapest_convention(cited: str, words: str) -> None:
    assert words in " ".join(resolve(BUDAPEST, cited).text.split())


# --- the Criminal Code

COUNTS = {"one": 1, "two": 2, "three": 3, "five": 5, "six": 6, "seven": 7, "ten": 10, "fifteen": 15}
TERM = rf"({'|'.join(COUNTS)}) (day|month|year)s?"
FINE = re.compile(r"a fine from ([\d,]+) riel to ([\d,]+) riel")
PRISON = re.compile(rf"imprisonment from {TERM} to {TERM}")
PENALTY = re.compile(rf"{PRISON.pattern}(?: and {FINE.pattern})?|{FINE.pattern}")

KHMER_SUMS = {"មួយពាន់": 1_000, "មួយសែន": 100_000, "មួយលាន": 1_000_000, "ពីរលាន": 2_000_000, "បួនលាន": 4_000_000}
KHMER_SUMS |= {"ប្រាំមួយលាន": 6_000_000, "ដប់លាន": 10_000_000}
KHMER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
KHMER_PRISON = re.compile(r"ពន្ធនាគារពី([០-៩]+)\([^)]*\)(ថ្ងៃ|ខែ|ឆ្នាំ)ទៅ([០-៩]+)\([^)]*\)(ថ្ងៃ|ខែ|ឆ្នាំ)")
KHMER_FINE = re.compile(r"ពិន័យជាប្រាក់ពី[០-៩.]+\(([^)]*)\)រៀលទៅ[០-៩.]+\(([^)]*)\)រៀល")
KHMER_PENALTY = re.compile(rf"{KHMER_PRISON.pattern}(?:និង{KHMER_FINE.pattern})?|{KHMER_FINE.pattern}")


def length(count: int, unit: str) -> int | str:
    """Months, or days as ``1 day``."""
    if unit in {"day", "ថ្ងៃ"}:
        return f"{count} day"
    return count * 12 if unit in {"year", "ឆ្នាំ"} else count


def english_penalties(text: str) -> list[tuple]:
    differing = []
    for a, b, c, d, low, high, *alone in PENALTY.findall(" ".join(text.split())):
        sums = [int(sum_.replace(",", "")) for sum_ in ([low, high] if low else alone) if sum_]
        prison = (length(COUNTS[a], b), length(COUNTS[c], d)) if a else None
        differing.append((prison, tuple(sums) or None))
    return differing


def khmer_penalties(text: str) -> list[tuple]:
    differing = []
    for a, b, c, d, low, high, *alone in KHMER_PENALTY.findall("".join(text.split())):
        sums = [KHMER_SUMS[sum_] for sum_ in ([low, high] if low else alone) if sum_]
        prison = (length(int(a.translate(KHMER_DIGITS)), b), length(int(c.translate(KHMER_DIGITS)), d)) if a else None
        differing.append((prison, tuple(sums) or None))
    return differing


def test_every_penalty_of_the_criminal_code_is_right() -> None:
    by_article = {int(number): english_penalties(whole_text(CODE, clause)) for number, clause in articles(CODE).items()}
    assert {number: penalties for number, penalties in by_article.items() if penalties} == PENALTIES


def test_every_penalty_of_the_criminal_code_has_the_one_form() -> None:
    for number, clause in articles(CODE).items():
        text = " ".join(whole_text(CODE, clause).split())
        assert len(re.findall(r"\briel to\b", text)) == len(FINE.findall(text)), number
        assert len(re.findall(r"\bimprisonment\b", text)) == len(PRISON.findall(text)), number


@needs_shared
def test_the_penalties_are_those_of_the_khmer_text() -> None:
    rows = json.loads((SHARED / "kh-criminal-code" / "articles.json").read_text("utf-8"))["articles"]
    khmer = {row["number"]: khmer_penalties(row["text"]) for row in rows if row["number"] in CODE_ARTICLES}
    assert {number: penalties for number, penalties in khmer.items() if penalties} == PENALTIES


@for_each(
    [
        ("4", "no offence without intent"),
        ("305", "bad faith"),
        ("317", "dishonestly"),
        ("318", "dishonestly"),
        ("427", "dishonestly"),
        ("429", "dishonestly"),
        ("29", "intentionally"),
        ("495", "directly incites"),
        ("42", "expressly so provides"),
        ("353", "dishonestly"),
        ("668", "special character"),
        ("670", "unless a provision says otherwise"),
    ]
)
def test_mental_elements_and_limits_of_the_criminal_code(cited: str, words: str) -> None:
    assert words in " ".join(resolve(CODE, cited).text.split())


def test_the_conduct_of_article_428_is_not_said_to_be_dishonest() -> None:
    assert "dishonest" not in resolve(CODE, "428").text


# --- categories, organisations, annotations


def test_every_category_has_both_languages() -> None:
    for row in entries("categories.yaml"):
        for field in ("label", "question"):
            assert re.search("[a-z]", row[field]["en"]), row["code"]
            assert re.search("[\u1780-\u17ff]", row[field]["km"]), row["code"]
            assert not re.search("[A-Za-z]", row[field]["km"]), row["code"]
    codes = [row["code"] for row in entries("categories.yaml")]
    assert len(codes) == len(set(codes)) == 26


def test_every_law_has_a_khmer_name() -> None:
    names = yaml.safe_load((FIXTURES / "laws.yaml").read_text("utf-8"))
    unseen = {slug: law for slug, law in names.items() if isinstance(law, dict)}
    assert set(names) - set(unseen) == {path.name for path in (FIXTURES / "laws").iterdir()}
    assert set(unseen) <= {row["law"] for row in entries("wanted.yaml")} <= set(names)
    for name in [unseen[slug]["title"]["km"] if slug in unseen else name for slug, name in names.items()]:
        assert re.search("[\u1780-\u17ff]", name) and not re.search("[A-Za-z0-9]", name), name


@for_each(entries("annotations.yaml"))
def test_an_annotation_points_at_words_that_are_there_once(row: dict) -> None:
    (address, cited), *more = row["on"].items()
    assert more == []
    clause = resolve(address, cited)
    assert clause.text.count(row["quote"]) == 1
    (there,) = (one for one in document(address.replace("-en", "-km")).clauses if one.eid == clause.eid)
    assert there.text.count(row["quote_km"]) == 1


@for_each(entries("annotations.yaml"))
def test_what_an_annotation_refers_to_exists(row: dict) -> None:
    for entry in [*row.get("standards", []), *row.get("answers", [])]:
        for address, cited in entry.items():
            resolve(address, cited)
    assert set(row["categories"]) <= {category["code"] for category in entries("categories.yaml")}
    assert not {"organisation", "author"} & row.keys(), "the editors of the site alone speak here"
    assert row["risk"] in {"low", "medium", "high", "critical"}
    assert set(row.get("checklist", {}).values()) <= {"yes", "partly", "no", "not-in-text"}
    assert {"organisation", "title", "url"} <= set(row["source"])


def test_a_concern_can_be_followed_through_the_drafts() -> None:
    rows = {row["id"]: row for row in entries("annotations.yaml")}
    assert len(rows) == len(entries("annotations.yaml"))
    assert {next(iter(row["on"])) for row in rows.values()} == set(DRAFTS)
    order = {address: at for at, address in enumerate(DRAFTS)}
    carried = [row for row in rows.values() if "carried_from" in row]
    assert len(carried) >= 3
    for row in carried:
        earlier = rows[row["carried_from"]]
        assert order[next(iter(earlier["on"]))] < order[next(iter(row["on"]))], row["id"]
        assert set(earlier["categories"]) & set(row["categories"]), row["id"]
