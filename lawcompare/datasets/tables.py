"""The tables of a data set: what their columns mean, and their rows, of which each is what any visitor may see."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from lawcompare.annotations.concerns.outcomes import survival
from lawcompare.annotations.models import Annotation, Risk
from lawcompare.comparisons.access import visible_comparisons
from lawcompare.comparisons.models import ClausePair, Comparison
from lawcompare.crosswalk.access import visible_correspondences, visible_values
from lawcompare.crosswalk.values.exchange import value_data
from lawcompare.engine.wording.changes import change_sentences
from lawcompare.engine.wording.locale import ENGLISH
from lawcompare.jobs.models import JobState
from lawcompare.languages import in_every_language
from lawcompare.laws.access import visible_laws, visible_versions
from lawcompare.laws.models import Clause
from lawcompare.laws.timeline.services import visible_events

VISITOR = AnonymousUser()
CHUNK = 2000

Row = dict[str, Any]
# Name of a column -> (its type in a Frictionless schema, what it means).
Columns = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """``key``: the columns that name a row; ``refers``: column -> (table, column) that it names."""

    name: str
    title: str
    columns: Columns
    rows: Callable[[], Iterator[Row]]
    key: tuple[str, ...] = ()
    refers: tuple[tuple[str, str, str], ...] = ()


STRING, INTEGER, NUMBER, BOOLEAN, ARRAY = "string", "integer", "number", "boolean", "array"
DATE = "As precise as it is known: 2012, 2012-02 or 2012-02-29; empty where it is not."


# --- Laws, texts, clauses ---------------------------------------------------------------------------------------------


def _laws() -> Iterator[Row]:
    for law in visible_laws(VISITOR).order_by("slug"):
        yield {
            "law": law.slug,
            "title": law.title,
            "title_km": in_every_language(law, "title").get("km", ""),
            "jurisdiction": law.jurisdiction,
            "kind": law.kind,
            "description": law.description,
            "date": law.date,
            "frbr_uri": law.frbr_uri,
        }


def _texts() -> Iterator[Row]:
    texts = list(visible_versions(VISITOR).order_by("law__slug", "date", "slug"))
    addresses = {text.pk: text.address for text in texts}
    for text in texts:
        yield {
            "text": text.address,
            "law": text.law.slug,
            "title": text.title,
            "language": text.language,
            "date": text.date,
            "text_status": text.text_status,
            "is_partial": text.is_partial,
            "source_url": text.source_url,
            "became_public": text.became_public,
            "became_public_on": text.became_public_on,
            "note": text.note,
            "clause_count": text.clause_count,
            "text_hash": text.text_hash,
            "frbr_uri": text.frbr_uri,
            "follows": addresses.get(text.follows_id or 0),
            "corrects": addresses.get(text.corrects_id or 0),
            "translates": addresses.get(text.translates_id or 0),
            "published_on": f"{text.published_at:%Y-%m-%d}",
        }


def _clauses() -> Iterator[Row]:
    for text in visible_versions(VISITOR).order_by("law__slug", "date", "slug"):
        eids: dict[int, str] = {}
        for clause in text.clauses.defer("html").order_by("position").iterator(CHUNK):
            eids[clause.pk] = clause.eid
            yield {
                "text": text.address,
                "eid": clause.eid,
                "parent": eids.get(clause.parent_id or 0),
                "position": clause.position,
                "end": clause.end,
                "depth": clause.depth,
                "element": clause.element,
                "num": clause.num,
                "heading": clause.heading,
                "words": clause.text,
                "text_status": clause.text_status or text.text_status,
                "source_url": clause.source_url or text.source_url,
                "note": clause.note,
                "identifier": clause.identifier,
            }


# --- Comparisons ------------------------------------------------------------------------------------------------------


def _done() -> Any:
    done = visible_comparisons(VISITOR).filter(state=JobState.DONE)
    return done.order_by("old__law__slug", "old__slug", "new__law__slug", "new__slug")


def _comparisons() -> Iterator[Row]:
    for comparison in _done():
        yield {
            **_names(comparison),
            "rules": comparison.engine,
            "edition": comparison.edition,
            "compared_on": f"{comparison.finished_at:%Y-%m-%d}" if comparison.finished_at else "",
            "old_is_partial": comparison.old.is_partial,
            "new_is_partial": comparison.new.is_partial,
            "old_text_hash": comparison.old.text_hash,
            "new_text_hash": comparison.new.text_hash,
        }


def _names(comparison: Comparison) -> Row:
    return {"old": comparison.old.address, "new": comparison.new.address}


def _stored_pairs() -> Iterator[tuple[Comparison, ClausePair]]:
    related = ["old", "new", "row", "decision__decision__organisation", "decision__decision__by"]
    for comparison in _done():
        pairs = comparison.pairs.select_related(*related).defer("html", "old__html", "new__html", "row__html")
        for pair in pairs.order_by("position").iterator(CHUNK):
            yield comparison, pair


def _pairs() -> Iterator[Row]:
    for comparison, pair in _stored_pairs():
        yield {
            **_names(comparison),
            "position": pair.position,
            "level": pair.level,
            "row": pair.row.position if pair.row else None,
            "kind": pair.kind,
            "standing": pair.standing,
            "old_eid": pair.old.eid if pair.old else None,
            "new_eid": pair.new.eid if pair.new else None,
            "group": pair.group,
            "score": pair.score,
            "size": pair.size,
            "is_noise": pair.is_noise,
            "is_unseen": pair.is_unseen,
            "is_coarse": pair.is_coarse,
            "sentence": change_sentences(ENGLISH, pair.sentences),
            "decided_by": pair.decision.credit if pair.decision else None,
            "reason": pair.decision.reason if pair.decision else None,
        }


def _changes() -> Iterator[Row]:
    for comparison, pair in _stored_pairs():
        for part, changes in (("heading", pair.heading_changes), ("words", pair.changes)):
            for place, (op, words, *noise) in enumerate(changes):
                yield {
                    **_names(comparison),
                    "position": pair.position,
                    "part": part,
                    "place": place,
                    "op": op,
                    "words": words,
                    "noise": noise[0] if noise else "",
                }


# --- Correspondences and values ---------------------------------------------------------------------------------------


def _correspondences() -> Iterator[Row]:
    stated = visible_correspondences(VISITOR).select_related("organisation").defer("subject__html", "object__html")
    for row in stated.order_by("topic__position", "subject_version", "subject__position", "pk"):
        yield {
            "topic": row.topic.slug if row.topic else "",
            "subject_text": row.subject_version.address,
            "subject_eid": row.subject.eid,
            "relation": row.relation,
            "object_text": row.object_version.address,
            "object_eid": row.object.eid if row.object else None,
            "elements": row.elements,
            "reasoning": row.reasoning,
            "searched": row.searched,
            "author": row.author,
            "standing": row.standing,
        }


def _values() -> Iterator[Row]:
    for value in visible_values(VISITOR).order_by("version", "clause__position", "element", "pk"):
        data = value_data(value)
        yield {
            "text": value.version.address,
            "eid": data["clause"],
            "element": data["element"],
            "value": data["value"],
            "values": json.dumps(data["values"], ensure_ascii=False, sort_keys=True),
            "quote": data["quote"],
            "quote_eid": data["words_clause"],
            "start": data["start"],
            "end": data["end"],
            "status": data["status"],
            "organisation": data["organisation"],
            "confirmed_for": data["confirmed_for"],
            "credit": data["credit"],
        }


# --- Notes and history ------------------------------------------------------------------------------------------------


def _notes() -> Iterator[Row]:
    for note in Annotation.objects.published().for_export().order_by("version", "clause__position", "pk"):
        yield {
            "note": note.slug,
            "text": note.version.address,
            "eid": note.clause.eid,
            "exact": note.exact,
            "start": note.start,
            "end": note.end,
            "risk": Risk(note.risk).name.lower(),
            "categories": [category.code for category in note.categories.all()],
            "motivation": note.motivation,
            "body": note.body,
            "proposed_text": note.proposed_text,
            "standards": _addresses(note.public_standards),
            "answers": _addresses(note.public_answers),
            "organisation": note.organisation.name,
            "restates": note.source_url,
            "descends_from": note.descends_from.slug if note.descends_from else None,
            "published_on": f"{note.published_at:%Y-%m-%d}" if note.published_at else "",
        }


def _addresses(clauses: list[Clause]) -> list[str]:
    return [f"{clause.version.address}/{clause.eid}" for clause in clauses]


def _concerns() -> Iterator[Row]:
    for law in visible_laws(VISITOR).order_by("slug"):
        texts = list(visible_versions(VISITOR).filter(law=law))
        for language in sorted({text.language for text in texts}):
            for concern in survival([text for text in texts if text.language == language]).concerns:
                for cell in concern.cells:
                    if cell.state:
                        yield {
                            "concern": concern.root.slug,
                            "law": law.slug,
                            "text": cell.version.address,
                            "state": cell.state,
                            "reason": cell.reason,
                            "notes": [note.slug for note in cell.notes],
                        }


def _events() -> Iterator[Row]:
    for law in visible_laws(VISITOR).order_by("slug"):
        for event in visible_events(VISITOR, law):
            yield {
                "law": law.slug,
                "event": event.slug,
                "date": event.date,
                "date_is_inferred": event.date_is_inferred,
                "kind": event.kind,
                "title": event.title,
                "title_km": in_every_language(event, "title").get("km", ""),
                "body": event.body,
                "body_km": in_every_language(event, "body").get("km", ""),
                "sources": [source["url"] for source in event.sources],
                "texts": [text.address for text in event.shown],  # type: ignore[attr-defined]
                "organisation": event.organisation.name if event.organisation else None,
            }


PAIR_KEY: Columns = {"old": (STRING, "The old text."), "new": (STRING, "The new text.")}
BY_TEXT = ("text", "texts", "text")

TABLES = (
    Table("laws", "Laws, bills, treaties", {
        "law": (STRING, "Its name in addresses."), "title": (STRING, "In English."), "title_km": (STRING, "In Khmer."),
        "jurisdiction": (STRING, "kh, us or int."), "kind": (STRING, "draft, statute, treaty, instrument …"),
        "description": (STRING, "What it is."), "date": (STRING, "When it was first made or drafted."),
        "frbr_uri": (STRING, "The work's address by Akoma Ntoso."),
    }, _laws, ("law",)),
    Table("texts", "Their texts: one date, one language each", {
        "text": (STRING, "Its address: law/text."), "law": (STRING, "The law."), "title": (STRING, "Its title."),
        "language": (STRING, "en or km."), "date": (STRING, DATE),
        "text_status": (STRING, "official, unofficial-translation, leaked, restatement, headings-only."),
        "is_partial": (BOOLEAN, "Whether a clause that is missing here may still be in the law."),
        "source_url": (STRING, "Where it was read."), "became_public": (STRING, "How it became public."),
        "became_public_on": (STRING, DATE), "note": (STRING, "What the editors say of it."),
        "clause_count": (INTEGER, "Clauses of any level."), "text_hash": (STRING, "SHA-256 of addresses and words."),
        "frbr_uri": (STRING, "The expression's address by Akoma Ntoso."), "follows": (STRING, "The text before it."),
        "corrects": (STRING, "The text that it corrects."), "translates": (STRING, "The text that it translates."),
        "published_on": (STRING, "The day on which it was published here."),
    }, _texts, ("text",), (("law", "laws", "law"),)),
    Table("clauses", "Their clauses, in order", {
        "text": (STRING, "The text."), "eid": (STRING, "Its address in the text, by Akoma Ntoso."),
        "parent": (STRING, "The clause it stands in."), "position": (INTEGER, "Order in the text, from 0."),
        "end": (INTEGER, "What stands inside it has positions below this one."), "depth": (INTEGER, "From 0."),
        "element": (STRING, "chapter, article, paragraph …"), "num": (STRING, "Its number as the text has it."),
        "heading": (STRING, "Its heading."), "words": (STRING, "Its own words, without those inside it."),
        "text_status": (STRING, "What the words are; not-known where they are not."),
        "source_url": (STRING, "Where they were read."), "note": (STRING, "What the editors say of it."),
        "identifier": (STRING, "The key that the publisher gives it."),
    }, _clauses, ("text", "eid"), (BY_TEXT,)),
    Table("comparisons", "Which texts were compared", {
        **PAIR_KEY, "rules": (STRING, "By which it was computed."), "edition": (INTEGER, "Of its clause map."),
        "compared_on": (STRING, "The day."), "old_is_partial": (BOOLEAN, "See texts."),
        "new_is_partial": (BOOLEAN, "See texts."), "old_text_hash": (STRING, "See texts."),
        "new_text_hash": (STRING, "See texts."),
    }, _comparisons, ("old", "new")),
    Table("pairs", "Which clauses belong together, and how", {
        **PAIR_KEY, "position": (INTEGER, "Order in the comparison."),
        "level": (STRING, "unit: a row; container: a heading above rows; part: inside a row."),
        "row": (INTEGER, "Of a part the position of its row."),
        "kind": (STRING, "unchanged, changed, renumbered, moved, split, merged, added, removed: the computed map."),
        "standing": (STRING, "What may be said of it: not-in-new, and not removed, of a text known in part."),
        "old_eid": (STRING, "The old clause."), "new_eid": (STRING, "The new clause."),
        "group": (INTEGER, "The same in all rows of a split or merge."), "score": (NUMBER, "Likeness, 0 to 1."),
        "size": (NUMBER, "Share of the words that changed, 0 to 1."),
        "is_noise": (BOOLEAN, "Whether all that differs is numbering, punctuation or spelling."),
        "is_unseen": (BOOLEAN, "Whether words of either clause are not known."),
        "is_coarse": (BOOLEAN, "Whether the words were too many for a fine redline."),
        "sentence": (STRING, "What happened, by the program."),
        "decided_by": (STRING, "Who set the clauses together, where it was not the program."),
        "reason": (STRING, "Why."),
    }, _pairs, ("old", "new", "position")),
    Table("changes", "The words of each pair that differ, as a redline", {
        **PAIR_KEY, "position": (INTEGER, "The pair."), "part": (STRING, "heading or words."),
        "place": (INTEGER, "Order in the redline, from 0."), "op": (STRING, "equal, insert or delete."),
        "words": (STRING, "The words; equal and delete joined are the old text, equal and insert the new one."),
        "noise": (STRING, "Of what kind it is where it changes nothing of substance."),
    }, _changes, ("old", "new", "position", "part", "place")),
    Table("correspondences", "Which clause of one law answers a clause of another", {
        "topic": (STRING, "The subject."), "subject_text": (STRING, "The text."),
        "subject_eid": (STRING, "Its clause."),
        "relation": (STRING, "equivalent, narrower, broader, partial, contrary, none …"),
        "object_text": (STRING, "The other text."), "object_eid": (STRING, "Its clause; null where none was found."),
        "elements": (ARRAY, "In what they differ."), "reasoning": (STRING, "Why."),
        "searched": (STRING, "Where a counterpart was looked for."), "author": (STRING, "Who states it."),
        "standing": (STRING, "stated by one, confirmed by a second, or the project's."),
    }, _correspondences),
    Table("values", "What clauses lay down, as people confirmed it", {
        "text": (STRING, "The text."), "eid": (STRING, "The clause."), "element": (STRING, "conduct, penalty …"),
        "value": (STRING, "In words."), "values": (STRING, "As JSON: months of prison, fines …"),
        "quote": (STRING, "The words it rests on."), "quote_eid": (STRING, "The clause they stand in."),
        "start": (INTEGER, "Their place in it, in code points."), "end": (INTEGER, "The same."),
        "status": (STRING, "confirmed or disputed."), "organisation": (STRING, "Who states it."),
        "confirmed_for": (STRING, "For whom the second person confirmed it."), "credit": (STRING, "In words."),
    }, _values, (), (BY_TEXT,)),
    Table("notes", "Published notes on clauses", {
        "note": (STRING, "Its name in addresses."), "text": (STRING, "The text."), "eid": (STRING, "The clause."),
        "exact": (STRING, "The words it is about; empty: the whole clause."),
        "start": (INTEGER, "Their place in the clause, in code points."), "end": (INTEGER, "The same."),
        "risk": (STRING, "none, low, medium, high or critical."), "categories": (ARRAY, "Kinds of risk."),
        "motivation": (STRING, "W3C Web Annotation: assessing, editing …"), "body": (STRING, "Markdown."),
        "proposed_text": (STRING, "Words proposed instead."), "standards": (ARRAY, "Clauses relied on."),
        "answers": (ARRAY, "Clauses that answer it."), "organisation": (STRING, "Whose note it is."),
        "restates": (STRING, "The publication that it restates."),
        "descends_from": (STRING, "The note on an earlier text whose concern it takes up."),
        "published_on": (STRING, "The day."),
    }, _notes, ("note",), (BY_TEXT,)),
    Table("concerns", "What became of each concern in each later text, as people judged it", {
        "concern": (STRING, "The note that raised it."), "law": (STRING, "The law."), "text": (STRING, "The text."),
        "state": (STRING, "raised, kept, softened, worsened, removed, not-known; unjudged: nobody has judged."),
        "reason": (STRING, "Why."), "notes": (ARRAY, "Notes on this text that take it up."),
    }, _concerns, ("concern", "text"), (BY_TEXT,)),
    Table("events", "How the laws came about", {
        "law": (STRING, "The law."), "event": (STRING, "Its name."), "date": (STRING, DATE),
        "date_is_inferred": (BOOLEAN, "Whether the source does not state it."),
        "kind": (STRING, "drafting, text, us-law …"),
        "title": (STRING, "In English."), "title_km": (STRING, "In Khmer."), "body": (STRING, "In English."),
        "body_km": (STRING, "In Khmer."), "sources": (ARRAY, "Where it was read."),
        "texts": (ARRAY, "Texts it concerns."),
        "organisation": (STRING, "Who states it; null: those who run the site."),
    }, _events, ("law", "event"), (("law", "laws", "law"),)),
)  # fmt: skip
