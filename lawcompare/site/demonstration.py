"""The demonstration corpus: loads the files of ``fixtures/`` through the services that people use.

Loading twice changes nothing; what a later edition of the corpus adds is added, and a text that it changed comes as a
correction: a new version that names the one it corrects. The corpus then speaks of that one; what people said of the
earlier text stays there, and is carried to the new one as with any correction.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.accounts.models import EDITORS, VISITOR, Organisation
from lawcompare.annotations.models import Annotation, Category, Motivation, NoteStatus, RenderedWords, Risk
from lawcompare.annotations.services import record_published
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.models import Concordance, LeadSentence
from lawcompare.comparisons.services import compare_anew, request_comparison
from lawcompare.core.translations.texts import looked_at_once, normalised, store_localised_texts
from lawcompare.crosswalk.access import get_topic
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceStatus,
    Silence,
    SilenceKind,
    Topic,
    TopicChange,
    Value,
    ValueStatus,
)
from lawcompare.crosswalk.services import index_topic, set_under_topic, state_correspondence
from lawcompare.crosswalk.values.exchange import parse_value
from lawcompare.crosswalk.values.services import find_words, state_for_project
from lawcompare.imports.uscode.fetching import carry_to
from lawcompare.languages import DEFAULT, OTHERS, columns_of, with_columns
from lawcompare.laws.access import visible_laws
from lawcompare.laws.citing import Citations, cite
from lawcompare.laws.models import Clause, Law, Version, WantedText
from lawcompare.laws.plain_words.services import follow_words, tell_for_site
from lawcompare.laws.services import Import, import_law
from lawcompare.laws.timeline.services import import_events
from lawcompare.laws.uploads import originals
from lawcompare.publishing.carrying_forward.services import record_outcome, request_carryings
from lawcompare.publishing.models import Carrying, Outcome
from lawcompare.publishing.services import publish
from lawcompare.search.fitted import fit_if_changed

FIXTURES = settings.BASE_DIR / "fixtures"
Report = Callable[[str], None]

CORRECTED = "The text was corrected; what the note is about stands in it."
# Compared beside the successive drafts: the first draft with the last.
ALSO_COMPARED = [(f"kh-cybercrime/2012-v1-{code}", f"kh-cybercrime/2024-leak-{code}") for code in ("en", "km")]


def load_corpus(report: Report) -> None:
    """Load the whole corpus. Raises ``EngineError`` or ``CitationError`` where a file is wrong."""
    versions = [load_law(path, report) for path in sorted(FIXTURES.glob("laws/*/*.md"))]
    corrected = [version for version in versions if version.corrects_id]
    with transaction.atomic():
        load_names()
        load_categories()
        for version in corrected:
            take_back_statements(version)
        editors, written = load_editors()
        CorpusLoader(load_localised_texts(), editors, written).load(report)
        # Give texts of the corpus, and what translates them, their short titles; one that is there stays.
        for address, title in _load_yaml((FIXTURES / "short-titles.yaml").read_text("utf-8")).items():
            last = [text.pk for text in texts_of(address)[-1:]]
            texts = Version.objects.filter(Q(pk__in=last) | Q(translates__in=last), short_title="", origin=None)
            texts.update(short_title=title)
        # Store the sentences of the corpus that lead the pages of two texts, in place of those it had before.
        LeadSentence.objects.filter(organisation=None).delete()
        for row in read_entries("leads.yaml"):
            LeadSentence.objects.create(
                old=current_text(row["old"]), new=current_text(row["new"]), body=row["body"].strip()
            )
        load_events(report)
        load_wanted(report)
    for version in sorted(versions, key=lambda version: version.date):
        publish(version, None if version.corrects_id else _midnight(written))
    for old, new in ALSO_COMPARED:
        request_comparison(current_text(old), current_text(new))
    compare_anew()
    for version in corrected:
        carry_to(version.pk)
    load_fates(versions, report)
    transaction.on_commit(fit_if_changed)  # after what indexes the texts


def load_law(path: Path, report: Report) -> Version:
    """Import a law file, and report it where it is new. A text that differs from the stored one corrects it."""
    wanted = Import(path.read_bytes(), path.name, publishes=True)
    meta = front_matter(path)
    texts = texts_of(f"{meta['law']}/{meta['version']}")
    original = current_text(meta["translates"]) if meta.get("translates") else None
    if original is not None:
        wanted = replace(wanted, metadata={"translates": original.address})
    if texts:
        last = texts[-1]
        if last.file_hash in originals.digests_of(wanted.data, None) and last.translates == original:
            return last
        links = {**wanted.metadata, "corrects": last.address}
        wanted = replace(wanted, version=f"{meta['version']}-{len(texts) + 1}", metadata=links)
    version = import_law(wanted).version
    corrects = f", corrects {version.corrects.address}" if version.corrects else ""
    report(f"{version.address}: {version.clause_count} clauses{corrects}")
    return version


def front_matter(path: Path) -> dict[str, Any]:
    """Returns what a law file of the corpus says of itself."""
    return _load_yaml(path.read_text("utf-8").split("---\n", 2)[1])


def texts_of(address: str) -> list[Version]:
    """Returns the text that the corpus calls ``law/version`` and the corrections that it brought of it, in order."""
    law, _separator, slug = address.partition("/")
    texts = list(Version.objects.select_related("law", "translates__law").filter(law__slug=law, slug=slug))
    while texts:
        name = f"{slug}-{len(texts) + 1}"
        correction = Version.objects.filter(corrects=texts[-1], slug=name, origin=None).select_related(
            "law", "translates__law", "corrects__law"
        )
        if not (following := correction.first()):
            break
        texts.append(following)
    return texts


def current_text(address: str) -> Version:
    """Returns the last correction of the text ``law/version`` by the corpus, or that text itself.

    Raises ``ValueError`` where there is none.
    """
    if texts := texts_of(address):
        return texts[-1]
    raise ValueError(f"there is no text {address!r}")


def take_back_statements(version: Version) -> None:
    """Take back what the corpus alone said of the text that this one corrects: the corpus says it of this one now."""
    old = version.corrects
    stated = Correspondence.objects.filter(Q(subject_version=old) | Q(object_version=old))
    stated.filter(status=CorrespondenceStatus.CONFIRMED, organisation=None, decisions=None).delete()
    Silence.objects.filter(version=old).delete()


def _load_yaml(text: str) -> Any:
    """Returns what a file of the corpus says; read in C where that is there, in a tenth of the time."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (either is safe)


def read_entries(name: str) -> list[dict[str, Any]]:
    """Returns the entries of a file, each translated field as its columns: ``label`` and ``label_km``."""
    path = FIXTURES / name
    rows = _load_yaml(path.read_text("utf-8")) or []
    return [with_columns(row) for row in rows]


def load_names() -> None:
    """Set the Khmer titles of laws; a title that a person gave stays. A law without a text is stored, so that what is
    known of it can be said: a private one of the same name becomes this one.
    """
    for slug, name in _load_yaml((FIXTURES / "laws.yaml").read_text("utf-8")).items():
        if isinstance(name, dict):
            if not visible_laws(VISITOR).filter(slug=slug).exists():
                Law.objects.update_or_create(slug=slug, defaults=with_columns(name))
            continue
        for law in Law.objects.filter(slug=slug, in_other_languages__title__km__isnull=True):
            setattr(law, "title_km", name)  # noqa: B010 - an attribute of a language, which the model does not declare
            law.save(update_fields=["in_other_languages"])


def load_categories() -> None:
    """Store the kinds of risk; one that an editor changed stays."""
    for position, row in enumerate(read_entries("categories.yaml")):
        fields = {name: row.get(name, "") for name in [*columns_of("label"), *columns_of("question")]}
        category, is_new = Category.objects.get_or_create(code=row["code"], defaults=fields | {"position": position})
        if (
            not is_new and not category.changes.filter(confirmation="confirmed").exists()
        ):  # what an editor changed stays as it is
            for name, value in {**fields, "position": position}.items():
                setattr(category, name, value)
            category.save()


def load_editors() -> tuple[Organisation, date]:
    """Store the editors of the site, if they are not there yet. Returns them, and the day of what they wrote."""
    (row,) = read_entries("editors.yaml")
    fields = {name: row[name] for name in [*columns_of("name"), "description"]}
    return Organisation.objects.get_or_create(slug=EDITORS, defaults=fields)[0], row["written"]


def load_events(report: Report) -> None:
    """Store how the laws came about, each event with its texts as last corrected; one that a person changed stays."""
    path = FIXTURES / "events.yaml"
    entries = _load_yaml(path.read_text("utf-8"))
    for entry in entries:
        texts = {slug: texts_of(f"{entry['law']}/{slug}") for slug in entry.get("texts", [])}
        entry["texts"] = [versions[-1].slug if versions else slug for slug, versions in texts.items()]
    data = yaml.safe_dump(entries, allow_unicode=True).encode()
    report(f"{import_events(data, path.name, keep_edited=True)} events new or changed")


def load_wanted(report: Report) -> None:
    """Store the texts that are known to exist and that nobody here has seen; what the corpus no longer names goes."""
    entries = read_entries("wanted.yaml")
    laws = {law.slug: law for law in Law.objects.all()}
    count = 0
    for row in entries:
        fields = row | {"law": laws[row["law"]]} | {name: str(row.get(name, "")) for name in ("date", "known_since")}
        text = WantedText.objects.filter(slug=row["slug"]).first() or WantedText()
        if any(getattr(text, name) != value for name, value in fields.items() if name != "law"):
            for name, value in fields.items():
                setattr(text, name, value)
            text.full_clean()
            text.save()
            count += 1
    WantedText.objects.exclude(slug__in=[row["slug"] for row in entries]).delete()
    report(f"{count} wanted texts new or changed")


def load_localised_texts() -> dict[str, dict[str, str]]:
    """Store what the corpus says in other languages. Returns it: code of a language -> original -> words."""
    texts: dict[str, dict[str, str]] = {language.code: {} for language in OTHERS}
    for path in sorted(FIXTURES.glob("localised/*.yaml")):
        for row in _load_yaml(path.read_text("utf-8")):
            original = normalised(row[DEFAULT.code])
            for code in texts.keys() & row.keys():
                texts[code][original] = row[code]
    for code, words in texts.items():
        store_localised_texts(code, words)
    return texts


def load_fates(versions: Iterable[Version], report: Report) -> None:
    """Record what became of concerns in later drafts. Notes that were carried already are not carried again."""
    for version in versions:
        request_carryings(version)
    carryings = {(one.old_id, one.new_id): one for one in Carrying.objects.all()}
    count = 0
    for row in read_entries("fates.yaml"):
        later = {text.pk for text in texts_of(row["in"])}
        for note in notes_called(row["annotation"]):
            for carrying in [one for (old, new), one in carryings.items() if old == note.version_id and new in later]:
                count += record_outcome(note, carrying, row["fate"], row["reason"].strip())
    for version in versions:
        correcting = carryings.get((version.corrects_id or 0, version.pk))
        if correcting is not None:
            for note in Annotation.objects.published().filter(version=version, descends_from__version=version.corrects):
                if note.descends_from and note.slug == _next_name(note.descends_from.slug):
                    count += record_outcome(note.descends_from, correcting, Outcome.KEPT, CORRECTED)
    report(f"{count} fates of concerns")


def notes_called(name: str) -> list[Annotation]:
    """Returns the note that the corpus calls so, and the same on each correction of its text, in order."""
    notes = list(Annotation.objects.filter(slug=name).select_related("version")) if name else []
    while notes:
        following = Annotation.objects.filter(slug=_next_name(notes[-1].slug), descends_from=notes[-1])
        if not (successor := following.select_related("version").first()):
            break
        notes.append(successor)
    return notes


def _next_name(slug: str) -> str:
    """Returns what a note of the corpus is called on the correction of its text: ``v1-28-5``, then ``v1-28-5--2``."""
    name, _separator, number = slug.partition("--")
    return f"{name}--{int(number or 1) + 1}"


class CorpusLoader:
    """Loads topics, correspondences and annotations, which point at clauses."""

    def __init__(self, localised_texts: dict[str, dict[str, str]], editors: Organisation, written: date) -> None:
        self.editors, self.written = editors, written
        self.citations: dict[str, Citations] = {}
        self.topics: dict[str, Topic] = {}
        self.localised_texts = localised_texts
        # Code of a language -> the reason of a correspondence -> its words.
        self.reasons: dict[str, dict[str, str]] = {code: {} for code in localised_texts}

    def load(self, report: Report) -> None:
        self.load_topics()
        with looked_at_once():
            count = sum(1 for row in read_entries("correspondences.yaml") if self.load_correspondence(row))
        for code, reasons in self.reasons.items():
            store_localised_texts(code, reasons)
        report(f"{count} correspondences")
        report(f"{self.load_values()} values of clauses")
        count = sum(1 for row in read_entries("concordance.yaml") if self.load_concordance(row))
        report(f"{count} statements of concordance")
        notes = read_entries("annotations.yaml")
        report(f"{sum(1 for row in notes if self.load_annotation(row))} annotations")
        for row in notes:
            self.load_words_in_translation(row)
        report(f"{self.load_plain_words()} clauses told in plain words")

    def citations_of(self, address: str) -> Citations:
        if address not in self.citations:
            self.citations[address] = Citations(current_text(address))
        return self.citations[address]

    def topic(self, slug: str) -> Topic:
        if slug not in self.topics:
            self.topics[slug] = get_topic(slug)
        return self.topics[slug]

    def version(self, address: str) -> Version:
        """The text called ``law/version``, as the corpus has it now."""
        return self.citations_of(address).version

    def clauses(self, cited: list[dict[str, str]]) -> Iterator[Clause]:
        """Yields the clauses of ``[{law/version: citation}, …]``."""
        for entry in cited:
            for address, citation in entry.items():
                yield self.citations_of(address).find(citation)

    def clause(self, cited: dict[str, str]) -> Clause:
        return next(self.clauses([cited]))

    def load_topics(self) -> None:
        # What people changed in the browser, and the order they gave, stays.
        by_people = set(TopicChange.objects.filter(confirmation="confirmed").values_list("topic__slug", flat=True))
        for position, row in enumerate(read_entries("topics.yaml")):
            if row["slug"] in by_people:
                continue
            fields = {name: row.get(name, "") for name in [*columns_of("title"), *columns_of("description")]}
            fields |= {"elsewhere": row.get("elsewhere", [])} | ({} if by_people else {"position": position})
            topic, is_new = Topic.objects.get_or_create(slug=row["slug"], defaults=fields)
            changed = {name: value for name, value in fields.items() if getattr(topic, name) != value}
            for name, value in changed.items():
                setattr(topic, name, value)
            topic.save()
            clauses = {clause.pk for clause in self.clauses_by_text(row.get("clauses", {}))}
            missing = clauses - set(topic.clauses.values_list("pk", flat=True))
            set_under_topic(topic, clauses)
            if is_new or changed or missing:
                index_topic(Topic.objects.get(pk=topic.pk))
            for key, kind in (("not_known", SilenceKind.NOT_KNOWN), ("absent", SilenceKind.ABSENT)):
                for address in row.get(key, []):
                    Silence.objects.update_or_create(
                        topic=topic, version=self.version(address), defaults={"kind": kind}
                    )

    def clauses_by_text(self, cited: dict[str, list[str]]) -> list[Clause]:
        """Returns the clauses of ``{law/version: [citation, …]}``."""
        return [self.citations_of(address).find(each) for address, citations in cited.items() for each in citations]

    def load_concordance(self, row: dict[str, Any]) -> bool:
        old, new = self.clause(row["old"]), self.clause(row["new"])
        fields = {"author": self.editors.name, "reason": row["reason"].strip()}
        versions = {"old_version": old.version, "new_version": new.version}
        _row, is_new = Concordance.objects.get_or_create(old=old, new=new, defaults=fields | versions)
        return is_new

    def load_correspondence(self, row: dict[str, Any]) -> bool:
        address, citation = next(iter(row["to"].items()))
        answer = self.citations_of(address).find(citation) if citation else self.version(address)
        subject = self.clause(row["from"])
        if _was_refused(row["topic"], subject, answer):
            return False
        reasoning = f"{row['reasoning'].strip()} {_words_relied_on(row['words'], subject, answer)}"
        for code, texts in self.localised_texts.items():
            if words := texts.get(normalised(row["reasoning"])):
                with override(code):
                    self.reasons[code][reasoning] = f"{words} {_words_relied_on(row['words'], subject, answer)}"
        state_correspondence(
            self.topic(row["topic"]),
            subject,
            answer,
            row.get("relation", row.get("basis", "")),
            reasoning,
            self.editors.name,
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
        data = _load_yaml(path.read_text("utf-8"))
        citations, count = self.citations_of(data["text"]), 0
        for cited, rows in data["clauses"].items():
            clause = citations.find(cited)
            for row in rows:
                try:
                    values = parse_value(row["element"], row.get("value", ""))
                    words = find_words(citations.find(row.get("in", cited)), row["words"])
                    if _was_struck(clause, row["element"], values, words.quote):
                        continue
                    is_confirmed = row.get("readings", 2) > 1
                    of_value = {"note": " ".join(row.get("note", "").split()), "is_confirmed": is_confirmed}
                    count += state_for_project(
                        clause, row["element"], values, words, row.get("settled", ""), **of_value
                    )
                except ValidationError as error:
                    raise ValueError(f"{path.name}, {cited}: {' '.join(error.messages)}") from error
        return count

    def load_plain_words(self) -> int:
        """Store what clauses say in plain words. Returns how many of it are new; what a person wrote since stays."""
        count = 0
        for address, clauses in _load_yaml((FIXTURES / "plain-words.yaml").read_text("utf-8")).items():
            told = [
                tell_for_site(self.citations_of(address).find(cited), with_columns({"text": words}), self.editors)
                for cited, words in clauses.items()
            ]
            if any(told):
                follow_words(current_text(address))
            count += sum(told)
        return count

    def load_annotation(self, row: dict[str, Any]) -> bool:
        """Store a published annotation, unless it is there; on a corrected text it succeeds the earlier one."""
        clause = self.clause(row["on"])
        earlier = notes_called(row["id"])
        if earlier and (earlier[-1].version_id == clause.version_id or earlier[-1].status != NoteStatus.PUBLISHED):
            return False
        source = row.get("source") or {}
        written = _midnight(row.get("written", self.written))
        carried_from = notes_called(row.get("carried_from", ""))
        annotation = Annotation(
            slug=_next_name(earlier[-1].slug) if earlier else row["id"],
            body=row["body"].strip(),
            proposed_text=" ".join(row.get("proposed", "").split()),
            motivation=Motivation(row.get("motivation", "assessing")),
            risk=Risk[row.get("risk", "none").upper()],
            checklist={test: _answer(answer) for test, answer in (row.get("checklist") or {}).items()},
            organisation=self.editors,
            descends_from=next(iter([*earlier[-1:], *carried_from[-1:]]), None),
            published_at=written,
            **{f"source_{name}": str(source.get(name, "")) for name in ("organisation", "title", "date", "url")},
        )
        set_target(annotation, clause, row.get("quote", ""))
        relations: dict[str, list[Any]] = {
            "categories": list(Category.objects.filter(code__in=row.get("categories", []))),
            "standards": list(self.clauses(row.get("standards", []))),
            "answers": list(self.clauses(row.get("answers", []))),
        }
        record_published(annotation, relations)
        # The model's own clock has the day on which the corpus was loaded.
        Annotation.objects.filter(pk=annotation.pk).update(created_at=written, changed_at=written)
        return True

    def load_words_in_translation(self, row: dict[str, Any]) -> None:
        """Store which words of its translations say what a note quotes, unless somebody set them."""
        note = notes_called(row["id"])[-1]
        for language in OTHERS:
            words = row.get(f"quote_{language.code}", "")
            # A translation of the corpus has the addresses of its original.
            there = Clause.objects.filter(
                version__translates=note.version_id, version__language=language.code, eid=note.clause.eid
            )
            for clause in there:
                if words and clause.text.count(words) == 1:
                    start = clause.text.index(words)
                    place = {"exact": words, "start": start, "end": start + len(words), "of_exact": note.exact}
                    RenderedWords.objects.get_or_create(
                        annotation=note,
                        version_id=clause.version_id,
                        defaults=place | {"clause": clause, "organisation": self.editors},
                    )


def _was_refused(topic: str, subject: Clause, answer: Clause | Version) -> bool:
    """Whether people refused the same of the text that was corrected: then the corpus does not say it again."""
    version, answered_by = (answer.version, answer) if isinstance(answer, Clause) else (answer, None)
    if subject.version.corrects_id is None and version.corrects_id is None:
        return False
    refused = Correspondence.objects.stand().filter(topic__slug=topic, status=CorrespondenceStatus.REFUSED)
    sides = refused.filter(
        subject_version__in=[subject.version_id, subject.version.corrects_id], subject__eid=subject.eid,
        object_version__in=[version.pk, version.corrects_id],
    )  # fmt: skip
    return sides.filter(object__eid=answered_by.eid if answered_by else None).exists()


def _was_struck(clause: Clause, element: str, values: Any, quote: str) -> bool:
    """Whether people struck the same value out on the text that was corrected."""
    if clause.version.corrects_id is None:
        return False
    earlier = Value.objects.filter(version=clause.version.corrects_id, clause__eid=clause.eid, element=element)
    return earlier.filter(status=ValueStatus.STRUCK, values=values, quote=quote).exists()


def _words_relied_on(words: dict[str, str], subject: Clause, answer: Clause | Version) -> str:
    """A sentence that quotes the words of both clauses on which a judgement rests, each with its clause."""
    quotation = _("“%(words)s” (%(clause)s)")
    first = quotation % {"words": words["from"], "clause": cite(subject)}
    if not isinstance(answer, Clause):
        return _("Words relied on: %(first)s.") % {"first": first}
    second = quotation % {"words": words["to"], "clause": cite(answer)}
    return _("Words relied on: %(first)s and %(second)s.") % {"first": first, "second": second}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _answer(answer: Any) -> dict[str, str]:
    """Returns an answer of a checklist, given as a word alone or with the words of the text it rests on."""
    return {"words": ""} | (answer if isinstance(answer, dict) else {"answer": answer})
