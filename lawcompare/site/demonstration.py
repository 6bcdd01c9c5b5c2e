"""The demonstration corpus: loads the files of ``fixtures/`` through the services that people use.

Loading twice changes nothing; what a later edition of the corpus adds is added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.carrying.requests import request_carryings
from lawcompare.annotations.carrying.services import record_fate
from lawcompare.annotations.models import Annotation, Carrying, Category, Motivation, Risk
from lawcompare.annotations.services import record_published
from lawcompare.annotations.writing.targets import set_target
from lawcompare.comparisons.models import Concordance
from lawcompare.comparisons.services import request_comparison
from lawcompare.crosswalk.models import Silence, SilenceKind, Topic
from lawcompare.crosswalk.search_entries import index_topic
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.crosswalk.values.checks import find_words
from lawcompare.crosswalk.values.notation import parse_value
from lawcompare.crosswalk.values.services import state_for_project
from lawcompare.languages import DEFAULT, OTHERS, columns_of, with_columns
from lawcompare.laws.access import find_version
from lawcompare.laws.citing.find_clause import Citations, cite
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.laws.services import Import, import_law
from lawcompare.laws.timeline.event_files import import_events
from lawcompare.localisation.texts import normalised, store_localised
from lawcompare.publishing.services import publish

FIXTURES = settings.BASE_DIR / "fixtures"
Report = Callable[[str], None]

# Compared beside the successive drafts: the first draft with the last.
ALSO_COMPARED = [("kh-cybercrime/2012-v1-en", "kh-cybercrime/2024-leak-en")]


def load_corpus(report: Report) -> None:
    """Load the whole corpus. Raises ``EngineError`` or ``CitationError`` where a file is wrong."""
    versions = [load_law(path, report) for path in sorted(FIXTURES.glob("laws/*/*.md"))]
    with transaction.atomic():
        load_names()
        load_categories()
        load_organisations()
        CorpusLoader(load_localised_texts()).load(report)
        load_events(report)
    for version in sorted(versions, key=lambda version: version.date):
        publish(version)
    for old, new in ALSO_COMPARED:
        request_comparison(find_version(old), find_version(new))
    load_fates(versions, report)


def load_law(path: Path, report: Report) -> Version:
    """Import a law file, and report it where it is new."""
    imported = import_law(Import(path.read_bytes(), path.name))
    if imported.is_new:
        report(f"{imported.version.address}: {imported.version.clause_count} clauses")
    return imported.version


def read_entries(name: str) -> list[dict[str, Any]]:
    """Returns the entries of a file, each translated field as its columns: ``label`` and ``label_km``."""
    path = FIXTURES / name
    rows = yaml.safe_load(path.read_text("utf-8")) or []
    return [with_columns(row) for row in rows]


def load_names() -> None:
    """Set the Khmer titles of laws; a title that a person gave stays."""
    for slug, name in yaml.safe_load((FIXTURES / "laws.yaml").read_text("utf-8")).items():
        Law.objects.filter(slug=slug, title_km="").update(title_km=name)


def load_categories() -> None:
    """Store the kinds of risk; one that an editor changed stays."""
    for position, row in enumerate(read_entries("categories.yaml")):
        fields = {name: row.get(name, "") for name in [*columns_of("label"), *columns_of("question")]}
        category, is_new = Category.objects.get_or_create(code=row["code"], defaults=fields | {"position": position})
        if not is_new and not category.changes.exists():  # what an editor changed stays as it is
            Category.objects.filter(pk=category.pk).update(**fields, position=position)


def load_organisations() -> None:
    """Store the organisations that are not there yet."""
    for row in read_entries("organisations.yaml"):
        fields = {name: row.get(name, "") for name in [*columns_of("name"), "description"]}
        Organisation.objects.get_or_create(slug=row["slug"], defaults=fields)


def load_events(report: Report) -> None:
    """Store how the laws came about; an event that a person changed stays."""
    path = FIXTURES / "events.yaml"
    report(f"{import_events(path.read_bytes(), path.name, keep_edited=True)} events new or changed")


def load_localised_texts() -> dict[str, dict[str, str]]:
    """Store what the corpus says in other languages. Returns it: code of a language -> original -> words."""
    texts: dict[str, dict[str, str]] = {language.code: {} for language in OTHERS}
    for path in sorted(FIXTURES.glob("localised/*.yaml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            original = normalised(row[DEFAULT.code])
            for code in texts.keys() & row.keys():
                texts[code][original] = row[code]
                store_localised(original, code, row[code])
    return texts


def load_fates(versions: Iterable[Version], report: Report) -> None:
    """Record what became of concerns in later drafts. Notes that were carried already are not carried again."""
    for version in versions:
        request_carryings(version)
    rows = read_entries("fates.yaml")
    notes = Annotation.objects.in_bulk([row["annotation"] for row in rows], field_name="slug")
    carryings = {(one.old_id, one.new.address): one for one in Carrying.objects.select_related("new__law")}
    count = 0
    for row in rows:
        note = notes[row["annotation"]]
        carrying = carryings[note.version_id, row["in"]]
        count += record_fate(note, carrying, row["fate"], row["reason"].strip())
    report(f"{count} fates of concerns")


class CorpusLoader:
    """Loads topics, correspondences and annotations, which point at clauses."""

    def __init__(self, localised_texts: dict[str, dict[str, str]]) -> None:
        self.citations: dict[str, Citations] = {}
        self.localised_texts = localised_texts

    def load(self, report: Report) -> None:
        self.load_topics()
        count = sum(1 for row in read_entries("correspondences.yaml") if self.load_correspondence(row))
        report(f"{count} correspondences")
        report(f"{self.load_values()} values of clauses")
        count = sum(1 for row in read_entries("concordance.yaml") if self.load_concordance(row))
        report(f"{count} statements of concordance")
        count = sum(1 for row in read_entries("annotations.yaml") if self.load_annotation(row))
        report(f"{count} annotations")

    def citations_of(self, address: str) -> Citations:
        if address not in self.citations:
            self.citations[address] = Citations(find_version(address))
        return self.citations[address]

    def clauses(self, cited: list[dict[str, str]]) -> Iterator[Clause]:
        """Yields the clauses of ``[{law/version: citation}, …]``."""
        for entry in cited:
            for address, citation in entry.items():
                yield self.citations_of(address).find(citation)

    def clause(self, cited: dict[str, str]) -> Clause:
        """Returns the clause of ``{law/version: citation}``."""
        return next(self.clauses([cited]))

    def load_topics(self) -> None:
        for position, row in enumerate(read_entries("topics.yaml")):
            fields = {name: row.get(name, "") for name in [*columns_of("title"), *columns_of("description")]}
            fields |= {"position": position, "elsewhere": row.get("elsewhere", [])}
            topic, _is_new = Topic.objects.update_or_create(slug=row["slug"], defaults=fields)
            topic.clauses.set(self.clauses_by_text(row.get("clauses", {})))
            index_topic(topic)
            for key, kind in (("not_known", SilenceKind.NOT_KNOWN), ("absent", SilenceKind.ABSENT)):
                for address in row.get(key, []):
                    Silence.objects.update_or_create(
                        topic=topic, version=find_version(address), defaults={"kind": kind}
                    )

    def clauses_by_text(self, cited: dict[str, list[str]]) -> list[Clause]:
        """Returns the clauses of ``{law/version: [citation, …]}``."""
        return [self.citations_of(address).find(each) for address, citations in cited.items() for each in citations]

    def load_concordance(self, row: dict[str, Any]) -> bool:
        old, new = self.clause(row["old"]), self.clause(row["new"])
        fields = {name: row[name].strip() for name in ("author", "reason")}
        versions = {"old_version": old.version, "new_version": new.version}
        _row, is_new = Concordance.objects.get_or_create(old=old, new=new, defaults=fields | versions)
        return is_new

    def load_correspondence(self, row: dict[str, Any]) -> bool:
        address, citation = next(iter(row["to"].items()))
        answer = self.citations_of(address).find(citation) if citation else find_version(address)
        subject = self.clause(row["from"])
        reasoning = f"{row['reasoning'].strip()} {_words_relied_on(row['words'], subject, answer)}"
        for code, texts in self.localised_texts.items():
            if words := texts.get(normalised(row["reasoning"])):
                with override(code):
                    store_localised(reasoning, code, f"{words} {_words_relied_on(row['words'], subject, answer)}")
        state_correspondence(
            Topic.objects.get(slug=row["topic"]),
            subject,
            answer,
            row["relation"],
            reasoning,
            row.get("author", "lawcompare editors (demonstration)"),
            row.get("status", "confirmed"),
            str(row.get("searched") or "").strip(),
            row.get("elements", []),
        )
        return True

    def load_values(self) -> int:
        """Store what two readings of the clauses agree on, or one has stated. Returns how many values are new.

        Raises ``ValueError`` with the file and the clause of a wrong one.
        """
        return sum(self._load_values_of(path) for path in sorted(FIXTURES.glob("values/*.yaml")))

    def _load_values_of(self, path: Path) -> int:
        data = yaml.safe_load(path.read_text("utf-8"))
        citations, count = self.citations_of(data["text"]), 0
        for cited, rows in data["clauses"].items():
            clause = citations.find(cited)
            for row in rows:
                try:
                    values = parse_value(row["element"], row.get("value", ""))
                    words = find_words(citations.find(row.get("in", cited)), row["words"])
                    is_confirmed = row.get("readings", 2) > 1
                    count += state_for_project(
                        clause, row["element"], values, words, row.get("note", ""), is_confirmed=is_confirmed
                    )
                except ValidationError as error:
                    raise ValueError(f"{path.name}, {cited}: {' '.join(error.messages)}") from error
        return count

    def load_annotation(self, row: dict[str, Any]) -> bool:
        """Store a published annotation, unless one of this name is there."""
        if Annotation.objects.filter(slug=row["id"]).exists():
            return False
        source = row.get("source") or {}
        annotation = Annotation(
            slug=row["id"],
            body=row["body"].strip(),
            proposed_text=" ".join(row.get("proposed", "").split()),
            motivation=Motivation(row.get("motivation", "assessing")),
            risk=Risk[row.get("risk", "none").upper()],
            checklist={test: _answer(answer) for test, answer in (row.get("checklist") or {}).items()},
            organisation=Organisation.objects.get(slug=row["organisation"]),
            descends_from=Annotation.objects.filter(slug=row.get("carried_from", "")).first(),
            published_at=_moment(source.get("date")),
            **{f"source_{name}": str(source.get(name, "")) for name in ("organisation", "title", "date", "url")},
        )
        set_target(annotation, self.clause(row["on"]), row.get("quote", ""))
        relations: dict[str, list[Any]] = {
            "categories": list(Category.objects.filter(code__in=row.get("categories", []))),
            "standards": list(self.clauses(row.get("standards", []))),
            "answers": list(self.clauses(row.get("answers", []))),
        }
        record_published(annotation, relations)
        return True


def _words_relied_on(words: dict[str, str], subject: Clause, answer: Clause | Version) -> str:
    """A sentence that quotes the words of both clauses on which a judgement rests, each with its clause."""
    quotation = _("“%(words)s” (%(clause)s)")
    first = quotation % {"words": words["from"], "clause": cite(subject)}
    if not isinstance(answer, Clause):
        return _("Words relied on: %(first)s.") % {"first": first}
    second = quotation % {"words": words["to"], "clause": cite(answer)}
    return _("Words relied on: %(first)s and %(second)s.") % {"first": first, "second": second}


def _answer(answer: Any) -> dict[str, str]:
    """Returns an answer of a checklist, given as a word alone or with the words of the text it rests on."""
    return {"words": ""} | (answer if isinstance(answer, dict) else {"answer": answer})


def _moment(date: Any) -> datetime | None:
    """Returns the day on which a source was published, the first of month or year where it is less precise."""
    if not date:
        return None
    year, month, day, *_rest = [*str(date).split("-"), "1", "1"]
    return datetime(int(year), int(month), int(day), tzinfo=UTC)
