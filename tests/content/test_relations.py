"""Topics and correspondences of the demonstration: what can be checked without judgement (docs/relations.md)."""

from __future__ import annotations

import re

import pytest

from lawcompare.engine.document import Clause
from tests.content.corpus import (
    BUDAPEST,
    DRAFTS,
    NUMBER,
    ROOT,
    UN_CYBERCRIME,
    document,
    entries,
    for_each,
    resolve,
    spaced,
    words,
)

pytestmark = pytest.mark.content

RELATIONS = {"equivalent", "narrower", "broader", "partial", "contrary", "none"}


@for_each(entries("correspondences.yaml"))
def test_a_correspondence_names_clauses_that_exist(row: dict) -> None:
    ((address, cited),) = row["from"].items()
    resolve(address, cited)
    ((other, answer),) = row["to"].items()
    assert other != address
    if answer is not None:
        resolve(other, answer)
    else:
        document(other)


@for_each(entries("correspondences.yaml"))
def test_a_correspondence_gives_its_reason_as_a_judgement(row: dict) -> None:
    assert row.get("basis") == "heading" if "relation" not in row else row["relation"] in RELATIONS
    assert row["topic"] in {topic["slug"] for topic in entries("topics.yaml")}
    assert row["reasoning"].startswith("Editorial judgement: ")
    assert len(words(row["reasoning"])) >= 8
    assert row["status"] == "confirmed"
    has_none = next(iter(row["to"].values())) is None
    assert (row.get("relation") == "none" or (has_none and "basis" in row)) == has_none == ("searched" in row)


ELEMENTS = {"conduct", "mental", "harm", "defences", "penalties", "authorisation", "time_limits"}
# Texts whole enough here for "none found", with what was searched.
SEARCHABLE = {
    BUDAPEST,
    UN_CYBERCRIME,
    "us-code-6/2023-en",
    "us-code-17/2023-en",
    "us-code-18/2023-en",
    "us-code-28/2023-en",
    "us-code-47/2023-en",
}
# Phrases that would state something about words that nobody here has seen.
OF_THE_UNSEEN = re.compile(
    r"\bthe (?:draft|article|offence) (?:has|names|asks for|requires|sets|knows|gives) (?:no|neither)\b"
    r"|\bthe draft (?:does|asks) (?:not|neither)\b"
)
DOCS = ROOT / "docs" / "relations.md"


def sides(row: dict) -> list[tuple[str, str, Clause]]:
    """The clauses of a correspondence with the words of each that it relies on: text, words, clause."""
    ends = [("from", *next(iter(row["from"].items()))), ("to", *next(iter(row["to"].items())))]
    return [(address, row["words"][end], resolve(address, cited)) for end, address, cited in ends if cited is not None]


def is_unseen(clause: Clause) -> bool:
    return clause.attributes.get("text_status") in {"heading-only", "not-known"}


@for_each(entries("correspondences.yaml"))
def test_a_correspondence_relies_on_words_that_stand_in_its_clauses(row: dict) -> None:
    assert set(row["words"]) == ({"from"} if "searched" in row else {"from", "to"})
    for address, quoted, clause in sides(row):
        text = "\n".join(f"{part.heading} {part.text}" for part in document(address).subtree(clause.eid))
        assert words(quoted) and spaced(quoted) in spaced(text), quoted
        assert len(words(quoted)) <= 16, quoted


@for_each(entries("correspondences.yaml"))
def test_a_relation_is_said_only_of_words_that_were_seen(row: dict) -> None:
    assert ("relation" not in row) == any(is_unseen(clause) for _address, _words, clause in sides(row))


@for_each(entries("correspondences.yaml"))
def test_a_heavier_penalty_alone_is_never_contrary(row: dict) -> None:
    named = set(row.get("elements", []))
    assert named <= ELEMENTS
    if row.get("relation") == "contrary":
        assert named - {"penalties"}, "name the element in which the two conflict"


@for_each(entries("correspondences.yaml"))
def test_nothing_found_is_said_of_a_text_that_could_be_searched(row: dict) -> None:
    if "searched" in row:
        (address,) = row["to"]
        assert address in SEARCHABLE
        assert re.search(r"\d", row["searched"]), "name what was searched"
        missing = ["state law", "case law"] if address.startswith("us-") else ["not searched"]
        assert [word for word in missing if word not in row["searched"]] == []


@for_each(entries("correspondences.yaml"))
def test_the_silence_of_a_report_is_not_a_rule_of_the_draft(row: dict) -> None:
    assert OF_THE_UNSEEN.findall(row["reasoning"]) == []
    if any(address in DRAFTS and not is_unseen(clause) for address, _words, clause in sides(row)):
        assert re.search(r"report|quoted|restated|not known|not seen|the Convention has", row["reasoning"])


# What a reason says is not known of an element.
_NOT_KNOWN = r"[^.;]*\b(?:is|was) not (?:known|reported)\b"
UNKNOWN = {
    "mental": re.compile(rf"(?i)\b(?:asks? for (?:intent|knowledge|a mental element)|mental element){_NOT_KNOWN}"),
    "time_limits": re.compile(rf"(?i)\b(?:time limits?|how long){_NOT_KNOWN}"),
    "authorisation": re.compile(rf"(?i)\bwho (?:authorises|approves){_NOT_KNOWN}"),
}


@for_each(entries("correspondences.yaml"))
def test_an_element_that_is_not_known_is_named_as_no_difference(row: dict) -> None:
    unknown = {element for element, words_of in UNKNOWN.items() if words_of.search(row["reasoning"])}
    assert not unknown & set(row.get("elements", []))


def test_there_are_reasons_that_call_an_element_unknown() -> None:
    reasons = "\n".join(row["reasoning"] for row in entries("correspondences.yaml"))
    assert all(words_of.search(reasons) for words_of in UNKNOWN.values())


def test_the_convention_has_a_row_of_us_law_for_every_offence_and_power() -> None:
    pairs = {
        NUMBER.match(cited).group()
        for row in entries("correspondences.yaml")
        for address, cited in row["to"].items()
        if address == BUDAPEST and cited and next(iter(row["from"])).startswith("us-code-")
    }
    assert pairs >= {str(number) for number in range(2, 23)}


def test_each_relation_is_defined_with_an_example_of_the_corpus() -> None:
    text = DOCS.read_text("utf-8")
    rows = {row["id"]: row for row in entries("correspondences.yaml")}
    for relation in RELATIONS:
        (part,) = re.findall(rf"^## {relation}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL | re.IGNORECASE)
        examples = re.findall(r"`([a-z0-9-]+)`", part)
        named = [rows[name] for name in examples if name in rows]
        assert [row["id"] for row in named if row.get("relation") == relation], relation
    assert all(name in rows for name in re.findall(r"`([a-z0-9]+-[a-z0-9-]+)`", text))


def test_only_a_whole_text_is_said_to_have_nothing() -> None:
    for topic in entries("topics.yaml"):
        assert set(topic.get("absent", [])) <= {BUDAPEST}, topic["slug"]


def test_no_pair_is_stated_twice_and_nothing_found_is_not_found_after_all() -> None:
    stated = [(row["topic"], *row["from"].items(), *row["to"].items()) for row in entries("correspondences.yaml")]
    assert len(stated) == len(set(stated))
    none = {(topic, start, end[0]) for topic, start, end in stated if end[1] is None}
    answered = {(topic, start, end[0]) for topic, start, end in stated if end[1] is not None}
    assert not none & answered


def test_a_law_that_was_searched_in_vain_is_not_said_to_add_the_subject() -> None:
    none = [row for row in entries("correspondences.yaml") if "searched" in row]
    searched = {(row["topic"], next(iter(row["to"]))) for row in none}
    assert searched & {(row["topic"], next(iter(row["from"]))) for row in none} == set()


def test_not_known_is_not_none() -> None:
    for topic in entries("topics.yaml"):
        clauses, unknown = set(topic["clauses"]), set(topic.get("not_known", []))
        absent = set(topic.get("absent", []))
        assert not clauses & unknown and not clauses & absent and not unknown & absent, topic["slug"]
        for row in entries("correspondences.yaml"):
            if row["topic"] == topic["slug"]:
                assert not set(row["from"]) & (unknown | absent), row["id"]
        assert set(DRAFTS) <= clauses | unknown | absent, topic["slug"]


@for_each(entries("topics.yaml"))
def test_a_topic_names_clauses_that_exist_in_both_languages(row: dict) -> None:
    for address, cited in row["clauses"].items():
        for citation in cited:
            resolve(address, citation)
    for field in ("title", "description"):
        assert re.search("[\u1780-\u17ff]", row[field]["km"])
        assert not re.search("[A-Za-z]", row[field]["km"])


def test_topics_come_in_the_order_of_the_budapest_convention() -> None:
    inside = [row for row in entries("topics.yaml") if not row.get("outside_budapest")]
    outside = [row for row in entries("topics.yaml") if row.get("outside_budapest")]
    assert entries("topics.yaml") == inside + outside
    first = [int(row["clauses"][BUDAPEST][-1]) for row in inside]
    assert first == sorted(first)
    # A subject of its own outside the Convention may have a duty in it, and is not said to be absent then.
    assert all((BUDAPEST in row["clauses"]) != (BUDAPEST in row.get("absent", [])) for row in outside)
    covered = {int(number) for row in inside for number in row["clauses"][BUDAPEST]}
    assert covered == set(range(1, 36))


@for_each(["illegal-access", "content-of-speech", "preservation", "misuse-of-devices"])
def test_the_clauses_of_a_correspondence_are_among_those_of_its_topic(slug: str) -> None:
    (topic,) = [row for row in entries("topics.yaml") if row["slug"] == slug]
    named = {address: {resolve(address, cited).eid for cited in many} for address, many in topic["clauses"].items()}
    for row in entries("correspondences.yaml"):
        if row["topic"] == slug:
            ((address, cited),) = row["from"].items()
            eid = resolve(address, cited).eid
            assert any(eid == own or eid.startswith(f"{own}__") for own in named[address]), row["id"]
