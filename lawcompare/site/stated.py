"""What a daily statement says of the site: the words of each text, and a digest of each other thing that is public.

A digest is of public words of a row alone, and of no time or number of one. What one says may change only with an
entry in the log of what it is of: ``check_texts`` finds what was changed or deleted in the database by hand. What
another row hides (its text was withdrawn, its topic taken back) is as it was stated.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import Max, Min, Model, Prefetch, Q, QuerySet

from lawcompare.accounts.models import Confirmation, Organisation
from lawcompare.annotations.filters import public_organisations
from lawcompare.annotations.models import Annotation, Category, RenderedWords, Reply, ReplyStatus, Revision
from lawcompare.annotations.services import FIELDS
from lawcompare.comparisons.access import leading
from lawcompare.comparisons.models import Concordance, LeadSentence
from lawcompare.core.log.services import Read, record
from lawcompare.core.models import Entry, LocalisedText
from lawcompare.crosswalk.access import correspondences_among, values_among
from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus, Silence, Topic, TopicClause, Value
from lawcompare.laws.models import (
    Amendment,
    Clause,
    Event,
    FormerAddress,
    Law,
    PlainWords,
    TranslationReview,
    Version,
    WantedText,
    Withdrawal,
)
from lawcompare.laws.translations.services import review_of
from lawcompare.publishing.concerns.outcomes import public_outcome
from lawcompare.publishing.models import Carried

# Of each public row the columns that say something, by the name of its table.
COLUMNS = {
    Version: "title short_title language date text_status source_url became_public became_public_on note "
    "articles_total chapters_total pages_total pages_proofread warnings_open reader_warnings",
    Law: "title jurisdiction kind description date organisation in_other_languages",
    Event: "date date_is_inferred kind title body sources is_retired confirmation in_other_languages",
    WantedText: "title date known_since body sources in_other_languages",
    Annotation: "exact start end body body_html proposed_text motivation risk checklist source_organisation "
    "source_title source_date source_url status kind_words",
    Reply: "kind body body_html",
    TopicClause: "",
    Event.versions.through: "",
    TranslationReview: "is_checked credit confirmation",
    PlainWords: "text confirmation in_other_languages",
    Topic: "title description elsewhere confirmation in_other_languages",
    Silence: "kind",
    RenderedWords: "exact start end of_exact",
    Category: "label question is_retired in_other_languages",
    Organisation: "name description in_other_languages",
    Correspondence: "relation basis reasoning elements searched status confirmation",
    Value: "element values quote start end note status confirmation",
    LeadSentence: "body confirmation",
    Concordance: "reason is_moved",
    Carried: "fate reason",
    Withdrawal: "reason",
    LocalisedText: "digest original words checked_by",
}

# Of each clause.
BESIDE_WORDS = [
    "eid", "element", "depth", "parent__eid", "text_status", "source_url", "note", "identifier", "obtained",
    "confidence", "is_corrected",
]  # fmt: skip

# Rows that are read at a time, and what is long of the notes beside them: thousands are more than a process holds.
AT_A_TIME, LONG = 500, ("annotation__body", "annotation__body_html")

# In the log the subject of a new release of the texts and notes that come with the program, and of new rules.
LIBRARY = "library"
# The number of these rules: one more wherever the same rows come to be stated otherwise.
RULES = 4


def record_rules() -> None:
    """Say in the log, once, that things are stated by other rules than before: else all would look changed by hand."""
    last = Entry.objects.filter(subject=LIBRARY, action="state by other rules").order_by("number").last()
    if last is None or json.loads(last.details)["rules"] != RULES:
        record("state by other rules", LIBRARY, rules=RULES)


def stated_texts() -> list[tuple[str, str]]:
    """The hash of every text that was ever public, with its address where it is public now."""
    public = set(Version.objects.published().values_list("pk", flat=True))
    versions = Version.objects.filter(published_at__isnull=False).select_related("law")
    return [(one.text_hash, one.address if one.pk in public else "") for one in versions]


def stated_things() -> set[tuple[str, str]]:
    """(digest, name) of everything public beside the words of texts; the name is that in the log, or of its text."""
    return {(digest, name) for name, thing in _things().items() for digest in thing.public}


def changed_by_hand(statements: Iterable[Read]) -> Iterator[tuple[str, date]]:
    """(name, day) of what is not as it was last stated, on a day, and of which the log says nothing since.

    ``statements`` come in the order of their days.
    """
    things, last = _things(), dict[str, date]()
    nothing = Thing()
    for subject, day in Entry.objects.order_by("number").values_list("subject", "statement__day"):
        last[subject] = max(day or date.max, last.get(subject, date.min))
    stated = dict[tuple[str, str], date]()
    for statement in statements:
        stated |= dict.fromkeys(statement.things, statement.day)
    for (digest, name), day in stated.items():
        thing = things.get(name, nothing)
        if digest in thing.kept:
            continue
        subjects = {LIBRARY, *thing.subjects}
        if thing is nothing:  # what it was of, or a law of another name now
            parts = name.split("/")
            wholes = ["/".join(parts[:end]) for end in range(2, len(parts) + 1)]
            subjects |= {*parts, *wholes}.union(*(things.get(one, nothing).subjects for one in wholes))
        if all(last.get(one, date.min) <= day for one in subjects):
            yield name, day


@dataclass
class Thing:
    """All rows of one name that were ever public.

    ``public``: digests of those that are; ``kept``: and of those that another row hides; ``subjects``: in the log.
    """

    public: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)


def _things() -> dict[str, Thing]:
    """Everything that was ever public, by its name."""
    things: dict[str, Thing] = defaultdict(Thing)
    for name, row, is_public, beside, log in _rows():
        values = {column: getattr(row, column) for column in COLUMNS[type(row)].split()}
        words = json.dumps([values, beside], sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(words.encode()).hexdigest()
        thing = things[name]
        thing.public |= {digest} if is_public else set()
        thing.kept |= {digest} if is_public or not isinstance(row, Version) else set()
        thing.subjects |= {name, f"{row._meta.label_lower}/{row.pk}", *log}
    return dict(things)


def _slugs() -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """By law and by text the slugs that it has and had: the log has what was done to it under the one of that day."""
    laws = {law: [slug] for law, slug in Law.objects.values_list("pk", "slug")}
    texts = {text: [slug] for text, slug in Version.objects.values_list("pk", "slug")}
    for law, version, slug in FormerAddress.objects.values_list("law", "version", "slug"):
        (texts[version] if version else laws[law]).append(slug)
    return laws, texts


def _linked(text: Version) -> tuple[int | None, ...]:
    return text.translates_id, text.corrects_id, text.follows_id


def _digests_of_clauses(texts: Collection[int]) -> dict[int, Any]:
    """By text the hash of what it says of its clauses beside their words, which are in ``text_hash``."""
    of_clauses: dict[int, Any] = defaultdict(hashlib.sha256)
    rows = Clause.objects.filter(version__in=texts).order_by("version", "position")
    for key, *said in rows.values_list("version", *BESIDE_WORDS).iterator():
        of_clauses[key].update(json.dumps(said).encode())
    return of_clauses


def _histories(notes: QuerySet[Annotation]) -> dict[int, list[str]]:
    """By note the hashes of its words at each publication, but for those that were replaced before its text was public:
    nobody else may learn that there were any.
    """
    histories: dict[int, list[str]] = defaultdict(list)
    rows = Revision.objects.filter(annotation__in=notes).exclude(published_at=None).order_by("annotation", "number")
    columns = "annotation", "published_at", "annotation__version__published_at", "content"
    for key, at, since, content in rows.values_list(*columns).iterator(AT_A_TIME):
        words = json.dumps([content.get(name) for name in FIELDS], default=str)  # the rest are keys
        earlier = histories[key] if at and since and at > since else []
        histories[key] = [*earlier, hashlib.sha256(words.encode()).hexdigest()]
    return histories


def _rows() -> Iterator[tuple[str, Model, bool, Any, list[str]]]:
    """(name, row, whether it is public, what else it says, subjects in the log) of what is, or once was, public."""
    ever = Version.objects.filter(published_at__isnull=False)
    texts = {one.pk: one for one in ever.select_related("law", "origin__organisation").prefetch_related("reviews")}
    public = set(Version.objects.published().values_list("pk", flat=True))
    standing = set(Version.objects.published().standing().values_list("pk", flat=True))
    law_slugs, text_slugs = _slugs()
    names = {
        key: [f"{law}/{slug}" for law in law_slugs[one.law_id] for slug in text_slugs[key]]
        for key, one in texts.items()
    }
    log = {
        key: [*names[key], *(f"text/{name}" for name in names[key]), *(f"law/{slug}" for slug in law_slugs[one.law_id])]
        + law_slugs[one.law_id]
        for key, one in texts.items()
    }
    for key, text in texts.items():
        for of in (texts[to] for to in _linked(text) if to in texts):  # by it, a translation stands or no longer does
            origins = (f"laws.origin/{each.origin.pk}" for each in (text, of) if each.brought_by)
            log[key] += [*(f"text/{name}" for name in names[of.pk]), *origins]
    shown = {texts[key].law_id for key in public}
    laws = {one.law: one.law_id in shown for one in texts.values()}
    slugs: dict[int | None, str] = {one.pk: one.slug for one in Organisation.objects.all()}
    beside: Any
    amendments = dict(Amendment.objects.filter(version__in=texts).values_list("version", "instructions"))
    of_clauses = _digests_of_clauses(texts)
    for key, text in texts.items():
        origin = getattr(text, "origin", None)
        # Of what stands for everybody the page names nobody: one of few names would be found by trying each.
        brought = origin and [None if origin.stands else slugs.get(origin.organisation_id), origin.confirmation]
        # Of a text that nobody ever saw nothing is said.
        others = [to in texts and texts[to].text_hash for to in _linked(text)]
        beside, of_text = (
            [brought, text.law.slug, text.slug, others, of_clauses[key].hexdigest(), amendments.get(key)],
            [*log[key], f"laws.origin/{origin and origin.pk}"],
        )
        yield f"text/{text.text_hash}", text, key in public, beside, of_text
    for review in TranslationReview.objects.filter(version__in=texts):
        key = review.version_id
        yield (
            f"reviews/{texts[key].text_hash}",
            review,
            # The one that readers see: that none was made they read of every text.
            key in public and review == review_of(texts[key]) and review.is_checked,
            None if review.stands else slugs.get(review.organisation_id),
            log[key],
        )
    for plain in PlainWords.objects.filter(version__in=texts).select_related("clause").defer("clause__text"):
        key, beside = plain.version_id, [plain.clause.eid, slugs.get(plain.organisation_id)]
        yield f"plain-words/{texts[key].text_hash}", plain, key in public and plain.stands, beside, log[key]
    for law, is_public in laws.items():
        yield f"law/{law.slug}", law, is_public, None, []
    first = Min("law__versions__published_at")
    events = Event.objects.filter(law__in=laws).annotate(first=first, changed=Max("changes__at"))
    unseen = {one.pk for one in events if one.is_retired and one.changed and one.changed <= one.first}
    for event in events.exclude(pk__in=unseen).select_related("law"):
        of_law = [f"law/{event.law.slug}"]
        is_public = laws[event.law] and event.confirmation != Confirmation.REFUSED and not event.is_retired
        yield f"law/{event.law.slug}/{event.slug}", event, is_public, slugs.get(event.organisation_id), of_law
    links = Event.versions.through.objects.filter(version__in=texts, event__law__in=laws).exclude(event__in=unseen)
    for link in links.select_related("event__law"):
        key, name = link.version_id, f"law/{link.event.law.slug}/{link.event.slug}"
        is_public = key in public and laws[link.event.law] and not link.event.is_retired
        yield f"{name}/{texts[key].text_hash}", link, is_public, None, log[key]
    notes = Annotation.objects.ever_public()
    slugs_of_notes = dict(notes.values_list("pk", "slug"))
    histories = _histories(notes)
    relied_on = [Prefetch(name, Clause.objects.only("eid", "version")) for name in ("standards", "answers")]
    whole = notes.select_related("clause").defer("clause__text").prefetch_related("categories", *relied_on)
    for note in whole.iterator(AT_A_TIME):
        kinds = sorted(kind.code for kind in note.categories.all())
        earlier = slugs_of_notes.get(note.descends_from_id or 0)
        clauses = [
            [one for one in several.all() if one.version_id in texts] for several in (note.standards, note.answers)
        ]
        beside = [texts[note.version_id].text_hash, note.clause.eid, kinds, slugs.get(note.organisation_id), earlier]
        beside += [sorted([texts[one.version_id].text_hash, one.eid] for one in several) for several in clauses]
        beside.append(histories.get(note.pk, []))
        of_note = [*log[note.version_id], *(subject for one in chain(*clauses) for subject in log[one.version_id])]
        of_note += [f"annotation/{earlier}"] if earlier else []
        yield f"annotation/{note.slug}", note, note.version_id in public, beside, of_note
    replies = Reply.objects.filter(status=ReplyStatus.PUBLISHED, annotation__in=notes).select_related("annotation")
    for reply in replies.defer(*LONG).iterator(AT_A_TIME):
        note = reply.annotation
        of_note = [f"annotation/{note.slug}", *log[note.version_id]]
        beside = [note.slug, slugs.get(reply.organisation_id)]
        yield f"reply/{reply.slug}", reply, note.version_id in public, beside, of_note
    marked = RenderedWords.objects.filter(version__in=texts, annotation__in=notes)
    for rendered in marked.select_related("annotation", "clause").defer("clause__text", *LONG).iterator(AT_A_TIME):
        key, note = rendered.version_id, rendered.annotation
        of_note = [f"annotation/{note.slug}", *log[key], *log[note.version_id]]
        beside, is_public = [rendered.clause.eid], {key, note.version_id} <= public
        yield f"annotation/{note.slug}/words/{texts[key].text_hash}", rendered, is_public, beside, of_note
    leads: dict[tuple[int, int], list[LeadSentence]] = defaultdict(list)
    for lead in LeadSentence.objects.filter(old__in=texts, new__in=texts):
        leads[lead.old_id, lead.new_id].append(lead)
    for (old, new), several in leads.items():
        # What is decided on one of them changes which is shown.
        shown_lead, of_lead = leading(several), [*(f"leadsentence/{one.pk}" for one in several), *log[old], *log[new]]
        for lead in several:
            by = None if lead.stands else slugs.get(lead.organisation_id)
            beside, is_public = [texts[new].text_hash, by], {old, new} <= public
            yield f"sentences/{texts[old].text_hash}", lead, is_public and lead == shown_lead, beside, of_lead
    for kind in Category.objects.all():
        yield f"category/{kind.code}", kind, not kind.is_retired, None, []
    for wanted in WantedText.objects.select_related("law"):
        called = law_slugs[wanted.law_id]
        yield f"wanted/{wanted.slug}", wanted, True, wanted.law.slug, [*called, *(f"law/{slug}" for slug in called)]
    named = set(public_organisations())
    for organisation in Organisation.objects.all():
        yield f"organisation/{organisation.slug}", organisation, organisation in named, None, []
    for topic in Topic.objects.select_related("merged_into"):
        into = topic.merged_into and topic.merged_into.slug
        beside = [topic.is_current, into]
        yield f"topic/{topic.slug}", topic, topic.stands and topic.retired_at is None, beside, []
    for silence in Silence.objects.filter(version__in=texts).select_related("topic"):
        key, name = silence.version_id, f"topic/{silence.topic.slug}"
        is_public = key in public and silence.topic.stands
        yield f"{name}/silence/{texts[key].text_hash}", silence, is_public, None, [name, *log[key]]
    sorted_in = TopicClause.objects.filter(clause__version__in=texts).select_related("topic", "clause")
    for under in sorted_in.defer("clause__text").iterator(AT_A_TIME):
        key, name = under.clause.version_id, f"topic/{under.topic.slug}"
        is_public = key in public and under.topic.stands
        yield f"{name}/{texts[key].text_hash}", under, is_public, under.clause.eid, [name, *log[key]]
    shown_values = set(values_among(Version.objects.filter(pk__in=standing)).values_list("pk", flat=True))
    values = Value.objects.filter(version__in=texts).select_related("clause", "words_clause")
    for value in values.defer("clause__text", "words_clause__text").iterator(AT_A_TIME):
        key, is_public = value.version_id, value.pk in shown_values
        name, of_value = f"values/{texts[key].text_hash}", [f"value/{value.pk}", *log[key]]
        beside = [value.clause.eid, value.words_clause and value.words_clause.eid]
        beside += [slugs.get(value.organisation_id), slugs.get(value.confirmed_for_id)]
        yield name, value, is_public, beside, of_value
    pairs = Correspondence.objects.filter(subject_version__in=texts, object_version__in=texts)
    pairs = pairs.exclude(status=CorrespondenceStatus.SUGGESTED, decisions=None)  # which nobody ever saw
    shown_pairs = set(correspondences_among(Version.objects.filter(pk__in=standing)).values_list("pk", flat=True))
    for pair in pairs.select_related("topic", "subject", "object").defer("subject__text", "object__text"):
        key, other = pair.subject_version_id, pair.object_version_id
        is_public = pair.pk in shown_pairs
        # Not what an organisation was called when it stated this: that would tell when it was.
        author = slugs.get(pair.organisation_id, pair.author)
        beside = [author, pair.subject.eid, texts[other].text_hash, pair.object and pair.object.eid]
        beside += [pair.topic and pair.topic.slug, slugs.get(pair.seconded_for_id)]
        of_pair = [f"correspondence/{pair.pk}", f"topic/{pair.topic and pair.topic.slug}", *log[key], *log[other]]
        name = f"correspondences/{texts[key].text_hash}"
        yield name, pair, is_public, beside, of_pair
    words = Concordance.objects.filter(old_version__in=texts, new_version__in=texts)
    for word in words.select_related("old", "new", "decision").defer("old__text", "new__text"):
        key, other = word.old_version_id, word.new_version_id
        is_in_force = word.ended_by_id is None and (word.decision is None or word.decision.stands)
        author = slugs.get(word.decision.organisation_id if word.decision else None, word.author)
        beside = [author, word.old and word.old.eid, texts[other].text_hash, word.new and word.new.eid]
        decided = [f"compare/{one}/with/{two}" for one in names[key] for two in names[other]]
        of_pair = [*decided, f"comparisons.mapdecision/{word.decision_id}", *log[key], *log[other]]
        is_public = is_in_force and {key, other} <= standing
        yield f"pairings/{texts[key].text_hash}", word, is_public, [*beside, is_in_force], of_pair
    carried = Carried.objects.filter(annotation__in=notes, carrying__new__in=texts)
    carried = carried.select_related("annotation", "carrying", "clause", "successor").defer("clause__text", *LONG)
    for one in carried.defer("successor__body", "successor__body_html").iterator(AT_A_TIME):
        note, key = one.annotation, one.carrying.new_id
        # Who brought a text that is not confirmed alone knows of it.
        is_told = bool(public_outcome(one))
        is_public = is_told and {note.version_id, key} <= public and not texts[key].unchecked_of
        of_note = [f"annotation/{note.slug}", *log[key]]
        of_note += [f"annotation/{one.successor.slug}"] if one.successor else []
        of_note += [f"laws.origin/{texts[key].origin.pk}"] if texts[key].brought_by else []
        beside = [is_told, one.clause and one.clause.eid, slugs_of_notes.get(one.successor_id or 0)]
        yield f"annotation/{note.slug}/{texts[key].text_hash}", one, is_public, beside, of_note
    for withdrawal in Withdrawal.objects.filter(Q(version__in=texts) | Q(law__in=laws)):
        # Of a law its first text: neither is named while it is withdrawn.
        key = withdrawal.version_id or next(pk for pk, text in texts.items() if text.law_id == withdrawal.law_id)
        is_public = withdrawal.restored_at is None
        beside = [slugs.get(withdrawal.organisation_id), is_public]
        yield f"withdrawals/{texts[key].text_hash}", withdrawal, is_public, beside, log[key]
    for localised in LocalisedText.objects.all():
        yield f"in/{localised.language}/{localised.digest[:16]}", localised, True, None, []
