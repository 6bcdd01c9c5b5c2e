"""The tables of a data set: what their columns mean, and their rows, of which each is what any visitor may see."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.models import Annotation, Risk
from lawcompare.comparisons.access import visible_comparisons
from lawcompare.comparisons.models import ClausePair, Comparison
from lawcompare.crosswalk.access import visible_correspondences, visible_values, without_words
from lawcompare.crosswalk.values.exchange import value_data
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.changes import change_sentences
from lawcompare.languages import in_every_language
from lawcompare.laws.access import ABOUT, TITLE, proposal_of_law, visible_laws, visible_versions
from lawcompare.laws.models import Clause, VersionQuerySet
from lawcompare.laws.plain_words.services import plain_words_of, said
from lawcompare.laws.timeline.services import visible_events
from lawcompare.publishing.concerns.outcomes import survival

CHUNK, NOTES_AT_A_TIME = 2000, 100

Row = dict[str, Any]
Stated = tuple[Any, Row]
# Name of a column -> (its type in a Frictionless schema, what it means).
Columns = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """A table of ``tables.yaml``. ``key``: the columns that name a row; ``refers``: (column, table, column it names).

    ``stated`` yields what each row is of, with those of its columns that are no attribute of that.
    """

    name: str
    title: str
    columns: Columns
    stated: Callable[[], Iterator[Stated]]
    key: tuple[str, ...] = ()
    refers: tuple[tuple[str, str, str], ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yields the rows with their columns in order."""
        for subject, stated in self.stated():
            yield {name: stated[name] if name in stated else getattr(subject, name) for name in self.columns}


def _stated(subject: Any, /, **columns: Any) -> Stated:
    return subject, columns


def _public_texts() -> VersionQuerySet:
    """Returns the texts of a data set: what anybody may see, but no translation that somebody merely proposes."""
    return visible_versions(VISITOR).standing().order_by("law__slug", "date", "slug")


# --- Laws, texts, clauses ---------------------------------------------------------------------------------------------


def _laws() -> Iterator[Stated]:
    for law in visible_laws(VISITOR).prefetch_related("wanted", "changes").order_by("slug"):
        yield _stated(
            law,
            law=law.slug,
            title_km=in_every_language(law, "title").get("km", ""),
            description="" if proposal_of_law(law, of=ABOUT) else law.description,
            proposed_by=proposal_of_law(law, of=TITLE),
        )


def _texts() -> Iterator[Stated]:
    texts = list(_public_texts())
    addresses = {text.pk: text.address for text in texts}
    for text in texts:
        yield _stated(
            text,
            text=text.address,
            law=text.law.slug,
            follows=addresses.get(text.follows_id or 0),
            corrects=addresses.get(text.corrects_id or 0),
            translates=addresses.get(text.translates_id or 0),
            proposed_by=str(text.unchecked_of or ""),
            published_on=f"{text.published_at:%Y-%m-%d}",
        )


def _clauses() -> Iterator[Stated]:
    for text in _public_texts():
        eids, plain = dict[int, str](), plain_words_of(VISITOR, text)
        for clause in text.clauses.order_by("position").iterator(CHUNK):
            eids[clause.pk] = clause.eid
            yield _stated(
                clause,
                text=text.address,
                parent=eids.get(clause.parent_id or 0),
                words=clause.text,
                **{f"plain_{column}": words for column, words in said(plain.get(clause.pk)).items()},
                text_status=clause.text_status or text.text_status,
                proposed_by=str(text.unchecked_of or ""),
                source_url=clause.source_url or text.source_url,
            )


# --- Comparisons ------------------------------------------------------------------------------------------------------


def _done() -> Any:
    done = visible_comparisons(VISITOR).filter(finished_at__isnull=False)
    return done.order_by("old__law__slug", "old__slug", "new__law__slug", "new__slug")


def _comparisons() -> Iterator[Stated]:
    for comparison in _done():
        yield _stated(
            comparison,
            **_names(comparison),
            rules=comparison.engine,
            compared_on=f"{comparison.public_day:%Y-%m-%d}",
            old_is_partial=comparison.old.is_partial,
            new_is_partial=comparison.new.is_partial,
            old_text_hash=comparison.old.text_hash,
            new_text_hash=comparison.new.text_hash,
        )


def _names(comparison: Comparison) -> Row:
    return {"old": comparison.old.address, "new": comparison.new.address}


def _stored_pairs() -> Iterator[tuple[Comparison, ClausePair]]:
    related = ["old", "new", "row", "decision__decision__organisation", "decision__decision__by"]
    for comparison in _done():
        pairs = comparison.pairs.select_related(*related)
        for pair in pairs.order_by("position").iterator(CHUNK):
            yield comparison, pair


def _pairs() -> Iterator[Stated]:
    for comparison, pair in _stored_pairs():
        yield _stated(
            pair,
            **_names(comparison),
            row=pair.row.position if pair.row else None,
            old_eid=pair.old.eid if pair.old else None,
            new_eid=pair.new.eid if pair.new else None,
            sentence=change_sentences(ENGLISH, pair.sentences),
            decided_by=pair.decision.credit if pair.decision else None,
            reason=pair.decision.reason if pair.decision else None,
            corrected_by=", ".join(pair.may_rest_on),
        )


def _changes() -> Iterator[Stated]:
    for comparison, pair in _stored_pairs():
        for part, changes in (("heading", pair.heading_changes), ("words", pair.changes)):
            for place, (op, words, *noise) in enumerate(changes):
                yield _stated(
                    pair,
                    **_names(comparison),
                    part=part,
                    place=place,
                    op=op,
                    words=words,
                    noise=noise[0] if noise else "",
                )


# --- Correspondences and values ---------------------------------------------------------------------------------------


def _correspondences() -> Iterator[Stated]:
    for row in without_words(visible_correspondences(VISITOR)).iterator(CHUNK):
        yield _stated(
            row,
            author=row.credit,
            topic=row.topic.slug if row.topic else "",
            subject_text=row.subject_version.address,
            subject_eid=row.subject.eid,
            object_text=row.object_version.address,
            object_eid=row.object.eid if row.object else None,
        )


def _values() -> Iterator[Stated]:
    for value in visible_values(VISITOR).iterator(CHUNK):
        data = value_data(value)
        data["values"] = json.dumps(data["values"], ensure_ascii=False, sort_keys=True)
        yield _stated(value, **data, text=value.version.address, eid=data["clause"], quote_eid=data["words_clause"])


# --- Notes and history ------------------------------------------------------------------------------------------------


def _notes() -> Iterator[Stated]:
    notes = Annotation.objects.listed().for_export()
    for note in notes.order_by("version", "clause__position", "published_at", "slug").iterator(NOTES_AT_A_TIME):
        yield _stated(
            note,
            note=note.slug,
            text=note.version.address,
            eid=note.clause.eid,
            risk=Risk(note.risk).name.lower(),
            categories=[category.code for category in note.categories.all()],
            standards=_addresses(note.public_standards),
            answers=_addresses(note.public_answers),
            organisation=note.organisation.name,
            restates=note.source_url,
            descends_from=note.descends_from.slug if note.descends_from else None,
            published_on=f"{note.public_day:%Y-%m-%d}",
        )


def _addresses(clauses: list[Clause]) -> list[str]:
    return [f"{clause.version.address}/{clause.eid}" for clause in clauses]


def _concerns() -> Iterator[Stated]:
    for law in visible_laws(VISITOR).order_by("slug"):
        texts = list(_public_texts().confirmed().filter(law=law))
        for language in sorted({text.language for text in texts}):
            for concern in survival([text for text in texts if text.language == language]).concerns:
                for cell in concern.cells:
                    if cell.state:
                        yield _stated(
                            cell,
                            concern=concern.root.slug,
                            law=law.slug,
                            text=cell.version.address,
                            notes=[note.slug for note in cell.notes],
                        )


def _events() -> Iterator[Stated]:
    for law in visible_laws(VISITOR).order_by("slug"):
        for event in visible_events(VISITOR, law):
            yield _stated(
                event,
                law=law.slug,
                event=event.slug,
                title_km=in_every_language(event, "title").get("km", ""),
                body_km=in_every_language(event, "body").get("km", ""),
                sources=[source["url"] for source in event.sources],
                texts=[text.address for text in event.shown],
                organisation=event.organisation.name if event.organisation else None,
            )


_ROWS = {
    "laws": _laws, "texts": _texts, "clauses": _clauses, "comparisons": _comparisons, "pairs": _pairs,
    "changes": _changes, "correspondences": _correspondences, "values": _values, "notes": _notes,
    "concerns": _concerns, "events": _events,
}  # fmt: skip


def _tables() -> Iterator[Table]:
    for name, table in yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8")).items():
        columns = {column: (kind, meaning) for column, (kind, meaning) in table["columns"].items()}
        refers = tuple(map(tuple, table.get("refers", ())))
        yield Table(name, table["title"], columns, _ROWS[name], tuple(table.get("key", ())), refers)


TABLES = tuple(_tables())
