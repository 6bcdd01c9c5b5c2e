"""A site in whose every relation something secret is planted, and the words by which it would be recognised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from lawcompare.accounts.models import Invitation, Membership, Organisation, Role, User
from lawcompare.annotations.models import (
    Annotation,
    Category,
    CategoryChange,
    Flag,
    NoteDecision,
    NoteStatus,
    OwnNote,
    RenderedWords,
    Reply,
    ReviewRemark,
    Revision,
)
from lawcompare.annotations.search_entries import index_annotation
from lawcompare.annotations.services import content_of
from lawcompare.comparisons.models import ClausePair, Comparison, Concordance, LeadSentence, MapDecision
from lawcompare.core.jobs.models import Job
from lawcompare.crosswalk.findings.models import Examination, Finding, FindingDecision
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceDecision,
    DraftComparison,
    DraftPair,
    Silence,
    SuggestionRun,
    Topic,
    TopicChange,
    Value,
    ValueChange,
)
from lawcompare.imports.corrections import keep_reading
from lawcompare.imports.models import DraftPage, ImportBatch, ImportCorrection, ImportDraft
from lawcompare.imports.uscode.models import Fetch, ReleaseNotice
from lawcompare.laws.documents import load_document
from lawcompare.laws.models import (
    Amendment,
    Clause,
    ClauseTranslation,
    Event,
    EventChange,
    FormerAddress,
    Law,
    LawChange,
    Origin,
    PlainWords,
    TranslationReview,
    Version,
    Withdrawal,
)
from lawcompare.memos.models import Memo, MemoFile, MemoItem
from lawcompare.publishing.models import Carried, Carrying
from lawcompare.search.models import SearchEntry
from lawcompare.search.services import index_clauses
from lawcompare.sharing.emails.models import Choice, Follower, Notice
from lawcompare.sharing.guests.models import GuestLink
from lawcompare.sharing.guests.services import seal_name
from tests.core.making import made

# A word that every text has, to search for what may not be found.
COMMON = "lantern"
CENTRE = frozenset({"alice", "rita", "eve", "adam"})
NOTHING_PUBLISHED, NAME_OF_PERSON = "Zqhouse", "Zqpersona"
NOTE_WORDS, REPLY_WORDS, FLAG_WORDS, FILE_WORDS, REASON_WORDS = "zqnote", "zqreply", "zqflag", "zqfile", "zqreason"
# What people noted for themselves: no role reads it.
OWN_WORDS = "zqmine"


@dataclass
class Secret:
    """A text that only some may know of: every name it has holds ``token``, its slugs hold ``slug``."""

    kind: str
    token: str
    slug: str
    readers: frozenset[str]
    version: Any = None
    clause: Any = None


@dataclass
class Planted:
    cast: Any
    secrets: list[Secret] = field(default_factory=list)
    # Public texts, each of which names one of the secrets as what it follows, corrects and translates.
    public: list[Any] = field(default_factory=list)
    quiet: Any = None
    persona: Any = None
    note: Any = None


def secrets() -> list[Secret]:
    return [
        # The organisation's own, in a law that nobody else knows of, and in one that everybody knows.
        Secret("private", "zqprivate", "hush-a", CENTRE),
        Secret("private in a public law", "zqbeside", "hush-b", CENTRE),
        Secret("stored by a command", "zqstored", "hush-c", frozenset({"sara"})),
        Secret("withdrawn", "zqgone", "hush-d", frozenset()),
        Secret("withdrawn with its law", "zqlawgone", "hush-e", frozenset()),
        # Withdrawn, though it never was public, which no service does.
        Secret("private and withdrawn", "zqnever", "hush-f", CENTRE),
        Secret("of an organisation that published nothing", "zqother", "hush-g", frozenset()),
    ]


def text_of(token: str) -> str:
    return f"""# Chapter 1. Offences {token}

## Article 1. Illegal access {token}

Whoever {token} enters a computer by the light of a {COMMON} without right, {token}, is punished by a fine of one riel.
"""


def plant(cast: Any, store: Callable[..., Any], drafts: tuple[Any, Any]) -> Planted:
    site = Planted(cast)
    site.quiet = Organisation.objects.create(
        slug="hush-house", name=NOTHING_PUBLISHED, name_km=NOTHING_PUBLISHED, description=NOTHING_PUBLISHED
    )
    site.persona = User.objects.create_user("zqpersona@example.org", display_name=NAME_OF_PERSON)
    Membership.objects.create(user=site.persona, organisation=site.quiet, role=Role.EDITOR)
    Invitation.objects.create(
        organisation=site.quiet, email="zqasked@example.org", token_digest="q", invited_by=site.persona
    )
    for secret in secrets():
        _plant_text(site, secret, store)
        site.secrets.append(secret)
    old, _new = drafts
    topic = Topic.objects.create(slug="illegal-access", title="Illegal access", organisation=site.quiet)
    TopicChange.objects.create(
        topic=topic, action="changed", reason="Asked for.", organisation=site.quiet, by=site.persona
    )
    topic.clauses.add(old.clauses.get(eid="chp_1__art_1"))
    _plant_note(site, old)
    for number, secret in enumerate(site.secrets):
        public = store(text_of("public"), f"pub-{number}", date=f"201{number}", law="draft")
        names = dict.fromkeys(("follows", "corrects", "translates", "kept_original"), secret.version)
        Version.objects.filter(pk=public.pk).update(**names)
        public.refresh_from_db()
        site.public.append(public)
        _plant_around(site, secret, public, old, topic)
    _plant_memos(site, topic, old)
    _plant_people(site, old)
    _plant_amendments(site)
    _withdraw(site)
    return site


def _plant_text(site: Planted, secret: Secret, store: Callable[..., Any]) -> None:
    law = "draft" if secret.kind == "private in a public law" else secret.slug
    version = store(text_of(secret.token), secret.slug, law=law, published=False)
    names = {"title": f"The {secret.token} text", "note": secret.token, "became_public": secret.token}
    names |= {"source_url": f"https://example.org/{secret.token}"}
    Version.objects.filter(pk=version.pk).update(**names)
    if law == secret.slug:
        Law.objects.filter(slug=law).update(
            title=f"The {secret.token} law",
            in_other_languages={"title": {"km": f"ច្បាប់ {secret.token}"}},
            description=secret.token,
        )
    version = Version.objects.select_related("law").get(pk=version.pk)
    secret.version, secret.clause = version, version.clauses.get(element="article")
    organisation = site.quiet if secret.kind.startswith("of an") else site.cast.centre
    if not secret.kind.startswith(("stored", "withdrawn")):
        Origin.objects.create(version=version, organisation=organisation)
    FormerAddress.objects.create(slug=f"was-{secret.slug}", law=version.law, version=version)
    if law == secret.slug:
        FormerAddress.objects.create(slug=f"was-{secret.slug}", law=version.law)
        # By whoever may read the law: nobody else can change it.
        LawChange.objects.create(law=version.law, fields={"title": ["x", secret.token]}, organisation=organisation,
                                 by=site.persona)  # fmt: skip


def _plant_note(site: Planted, old: Any) -> None:
    """A public note of the Centre, made by somebody who is not named, with what is not public around it."""
    clause = old.clauses.get(eid="chp_1__art_1")
    kind = Category.objects.create(code="vague", label="Vague")
    CategoryChange.objects.create(
        category=kind, after={"label": "Vague"}, organisation=site.cast.centre, by=site.persona
    )
    earlier = Annotation.objects.create(
        slug="hush-note", body=NOTE_WORDS, body_html=f"<p>{NOTE_WORDS}</p>", clause=clause, version=old,
        organisation=site.quiet, creator=site.persona, status=NoteStatus.DRAFT, exact=NOTE_WORDS,
    )  # fmt: skip
    site.note = Annotation.objects.create(
        slug="public-note", body="Why.", body_html="<p>Why.</p>", clause=clause, version=old, risk=3,
        organisation=site.cast.centre, creator=site.persona, status=NoteStatus.PUBLISHED, published_at=timezone.now(),
        descends_from=earlier, revision=3, pending="draft",
    )  # fmt: skip
    site.note.categories.add(kind)
    for secret in site.secrets:
        site.note.standards.add(secret.clause)
        site.note.answers.add(secret.clause)
    content = content_of(site.note)
    Revision.objects.create(
        annotation=site.note, number=1, content=content, by=site.persona, published_at=timezone.now()
    )
    named_before = content | {"standards": [], "answers": []}
    Revision.objects.create(
        annotation=site.note, number=2, content=named_before, by=site.persona, published_at=timezone.now()
    )
    Revision.objects.create(annotation=site.note, number=3, content=content | {"body": NOTE_WORDS}, by=site.persona)
    NoteDecision.objects.create(annotation=site.note, status="published", by=site.persona)
    ReviewRemark.objects.create(annotation=earlier, body=NOTE_WORDS, by=site.persona)
    Reply.objects.create(
        slug="held", annotation=site.note, body=REPLY_WORDS, body_html=REPLY_WORDS, organisation=site.quiet,
        creator=site.persona,
    )  # fmt: skip
    Reply.objects.create(
        slug="shown", annotation=site.note, body="Indeed.", body_html="Indeed.", organisation=site.cast.others,
        creator=site.persona, status="published",
    )  # fmt: skip
    Flag.objects.create(slug="flagged", annotation=site.note, kind="danger", words=FLAG_WORDS)
    index_annotation(site.note.pk)


def _plant_around(site: Planted, secret: Secret, public: Any, old: Any, topic: Any) -> None:
    """Rows of every kind between a secret text and a public one."""
    version, clause, other = secret.version, secret.clause, public.clauses.get(element="article")
    # Whoever may read the text: nobody else can state a value of it.
    owner = site.quiet if secret.kind.startswith("of an") else site.cast.centre
    for one, two in ((public, version), (version, public)):
        mine, theirs = (other, clause) if one is public else (clause, other)
        ClauseTranslation.objects.create(
            original_version=one, translation_version=two, original=mine, translation=theirs, confidence=1
        )
        _plant_comparison(site, one, two, mine, theirs)
        made(SuggestionRun, subject_version=one, object_version=two, organisation=site.quiet, state="done")
        statement = Correspondence.objects.create(
            topic=topic, subject=mine, subject_version=one, object=theirs, object_version=two, relation="equivalent",
            reasoning=REASON_WORDS, organisation=site.quiet,
            stated_by=site.persona, seconded_for=site.quiet, seconded_by=site.persona, status="confirmed",
        )  # fmt: skip
        CorrespondenceDecision.objects.create(
            correspondence=statement, status="confirmed", reason=REASON_WORDS, organisation=site.quiet, by=site.persona
        )
        draft = DraftComparison.objects.create(
            key=f"draft-{DraftComparison.objects.count()}", source=one, target=two, organisation=site.quiet,
            made_by=site.persona, asked_by=site.persona, published_by=site.persona,
        )  # fmt: skip
        DraftPair.objects.create(
            draft=draft, subject=mine, object=theirs, status="confirmed", topic=topic, relation="equivalent",
            reasoning=REASON_WORDS, by=site.persona,
        )  # fmt: skip
        ReleaseNotice.objects.create(law=version.law, old=one, new=two, sections=["1"]).read_for.add(site.quiet)
        carrying = made(Carrying, old=one, new=two, state="done")
        Carried.objects.create(
            carrying=carrying, annotation=site.note, verdict="kept", clause=theirs, rival_clause=theirs,
            rival_start=0, rival_end=5, decision="closed", fate="removed", reason=REASON_WORDS, decided_by=site.persona,
        )  # fmt: skip
    carrying = made(Carrying, old=old, new=version, state="done")
    Carried.objects.create(
        carrying=carrying, annotation=site.note, verdict="kept", clause=clause, rival_clause=clause,
        decision="closed", fate="softened", reason=REASON_WORDS, decided_by=site.persona,
    )  # fmt: skip
    TranslationReview.objects.create(
        version=version, is_checked=True, credit=NOTE_WORDS, note=REASON_WORDS, organisation=site.quiet, by=site.persona
    )
    PlainWords.objects.create(
        version=version, clause=clause, text=secret.token, organisation=owner, by=site.persona, confirmation="confirmed"
    )
    RenderedWords.objects.create(
        annotation=site.note, version=version, clause=clause, exact=secret.token, start=0, end=5,
        organisation=site.quiet, by=site.persona,
    )  # fmt: skip
    # Of a member, of a person of another organisation, and of who is asked for pages on texts they may not know of.
    for person in (site.cast.alice, site.persona):
        OwnNote.objects.create(person=person, version=version, clause=clause, body=OWN_WORDS)
    for person in (site.cast.charlie, site.cast.eve, site.cast.sara):
        OwnNote.objects.create(person=person, version=version, clause=clause, body="On a text that was shown once.")
    topic.clauses.add(clause)
    Silence.objects.create(topic=topic, version=version, kind="absent")
    examination = made(Examination, version=version, finished_at=timezone.now(), state="done")
    finding = Finding.objects.create(
        examination=examination, version=version, clause=clause, rule="penalty", start=0, end=5, quote=secret.token
    )
    FindingDecision.objects.create(
        finding=finding, kind="dismissed", reason=REASON_WORDS, organisation=site.quiet, by=site.persona
    )
    LeadSentence.objects.create(
        old=version, new=version, body=REASON_WORDS, organisation=site.quiet, by=site.persona, confirmation="confirmed"
    )
    value = Value.objects.create(
        clause=clause, version=version, words_clause=clause, element="conduct", start=0, end=7, quote=secret.token,
        organisation=owner, confirmed_for=owner, stated_by=site.persona, confirmed_by=site.persona,
    )  # fmt: skip
    ValueChange.objects.create(
        value=value, action="stated", status="stated", quote=secret.token, reason=REASON_WORDS, by=site.persona,
        organisation=owner,
    )  # fmt: skip
    note = Annotation.objects.create(
        slug=f"note-on-{secret.slug}", body=NOTE_WORDS, body_html=NOTE_WORDS, clause=clause, version=version,
        organisation=site.quiet, creator=site.persona, status=NoteStatus.PUBLISHED, published_at=timezone.now(), risk=3,
    )  # fmt: skip
    Reply.objects.create(
        slug=f"reply-on-{secret.slug}", annotation=note, body=REPLY_WORDS, body_html=REPLY_WORDS, status="published",
        organisation=site.quiet,
    )  # fmt: skip
    _plant_events(site, secret, old.law)
    Follower.objects.create(
        law=version.law, user=site.persona, pace="daily", language="en", root="https://zqroot.example"
    )
    draft = DraftComparison.objects.filter(source=version, target=public).first()
    for old_text, new_text, of_draft in ((None, version, None), (version, public, None), (version, public, draft)):
        GuestLink.objects.create(
            old=old_text, new=new_text, organisation=site.quiet, by=site.persona, sealed_name=seal_name(NOTE_WORDS),
            token_digest=f"{version.pk}-{new_text.pk}-{of_draft}", expires_at=timezone.now() + timedelta(days=7),
            draft=of_draft, by_subject=of_draft is not None,
        )  # fmt: skip
    Job.objects.create(kind="indexing", owner=site.quiet, state="failed", reason=REASON_WORDS)
    index_clauses(version)
    SearchEntry.objects.create(
        kind="annotation", key=f"note-on-{secret.slug}", language="en", law=version.law, version=version,
        clause=clause, organisation=site.quiet, title=NOTE_WORDS, text=NOTE_WORDS, words=f" {COMMON} ", tokens=COMMON,
    )  # fmt: skip


def _plant_events(site: Planted, secret: Secret, public: Any) -> None:
    """On a law that readers may not know of, and on one that all know, each concerning a secret text."""
    version = secret.version
    # Of whoever may read the law: nobody else can state an event of it.
    owner = site.quiet if secret.kind.startswith("of an") else site.cast.centre
    stated = [(public, site.cast.centre, "A meeting")]
    if version.law != public:
        stated.append((version.law, owner, version.title))
    for law, organisation, title in stated:
        event = Event.objects.create(
            law=law, slug=f"event-{site.secrets.index(secret)}", date="2015", kind="drafting", title=title,
            organisation=organisation, sources=[{"url": "https://example.org/", "name": "A page"}],
        )  # fmt: skip
        event.versions.add(version)
        EventChange.objects.create(event=event, after={"title": NOTE_WORDS}, by=site.persona)


def _plant_comparison(site: Planted, old: Any, new: Any, mine: Any, theirs: Any) -> None:
    decision = MapDecision.objects.create(
        old_version=old, new_version=new, organisation=site.quiet, by=site.persona, reason=REASON_WORDS
    )
    Concordance.objects.create(
        old_version=old, new_version=new, old=mine, new=theirs, author=NOTHING_PUBLISHED, reason=REASON_WORDS,
        decision=decision,
    )  # fmt: skip
    comparison = made(Comparison, old=old, new=new, stats={"changed": 1}, tally={"changed": 1})
    ClausePair.objects.create(
        comparison=comparison, position=0, level="unit", group=0, kind="changed", standing="changed", old=mine,
        new=theirs, score=1,
    )  # fmt: skip
    Comparison.objects.filter(pk=comparison.pk).update(finished_at=timezone.now())


def _plant_memos(site: Planted, topic: Any, old: Any) -> None:
    """Of each organisation a memo, with parts on texts that its members may not all know of."""
    for organisation, key in ((site.cast.centre, "no-such-key"), (site.quiet, "quiet")):
        memo = Memo.objects.create(
            key=key, title=NOTE_WORDS, organisation=organisation, made_by=site.persona, revision=2
        )
        for position, secret in enumerate(site.secrets):
            for kind in ("subject", "change", "comparison"):
                MemoItem.objects.create(
                    memo=memo, position=position, kind=kind, old=secret.version, new=site.public[position], topic=topic,
                    old_eid=secret.clause.eid, new_eid=secret.clause.eid,
                )  # fmt: skip
            MemoItem.objects.create(
                memo=memo, position=position, kind="comparison", old=site.public[position], new=secret.version
            )
            MemoItem.objects.create(memo=memo, position=position, kind="concerns", law=secret.version.law)
        MemoItem.objects.create(memo=memo, position=99, kind="topic", topic=topic)
        MemoItem.objects.create(memo=memo, position=99, kind="note", annotation=site.note)
        made(MemoFile, memo=memo, form="docx", language="en", asked_by=site.persona, state="failed")


def _plant_people(site: Planted, old: Any) -> None:
    """Work of an organisation that published nothing, and a person behind what is public."""
    choice = Choice.objects.create(user=site.persona, language="en", root="https://zqroot.example")
    Notice.objects.create(choice=choice, kind="job", organisation=site.quiet)
    batch = ImportBatch.objects.create(
        organisation=site.quiet, creator=site.persona, others=[{"name": FILE_WORDS, "reason": FILE_WORDS}]
    )
    reading = keep_reading(load_document(old), site.quiet.pk)
    for secret in site.secrets:
        ImportDraft.objects.create(
            organisation=site.quiet, creator=site.persona, batch=batch, name=FILE_WORDS, title=FILE_WORDS,
            original="x", reading=reading, corrects=secret.version,
        )  # fmt: skip
        for organisation in (site.quiet, site.cast.centre):
            ImportDraft.objects.create(
                organisation=organisation, creator=site.persona, name="an act", title="a text", original=reading,
                reading=reading, amends=secret.version, act=secret.version,
            )  # fmt: skip
        fetch = made(Fetch, organisation=site.quiet, by=site.persona, wanted="18:1030", state="done")
        fetch.versions.add(secret.version)
        own = made(Fetch, organisation=site.cast.centre, by=site.persona, wanted="18:1030", state="done")
        own.versions.add(secret.version)
    stored = ImportDraft.objects.create(
        organisation=site.cast.centre, creator=site.persona, name="a text", original="x", reading=reading, version=old
    )
    DraftPage.objects.create(
        draft=stored,
        number=1,
        image_number=2,
        image="x",
        width=1,
        height=1,
        taken_by=site.persona,
        read_by=site.persona,
    )
    ImportCorrection.objects.create(
        draft=stored, number=1, kind="join", target="0", clause="Article 1", made_in=1, by=site.persona
    )
    ImportCorrection.objects.create(
        draft=stored, number=2, kind="join", target="1", clause=NOTE_WORDS, made_in=2, by=site.persona,
        undone_by=site.persona, undone_at=timezone.now(),
    )  # fmt: skip
    ImportDraft.objects.filter(pk=stored.pk).update(stored_by=site.persona)
    # The text of an organisation is made of its own draft.
    for secret in site.secrets[-1:]:
        ImportDraft.objects.create(
            organisation=site.quiet, creator=site.persona, name=FILE_WORDS, original="x", version=secret.version
        )


def _plant_amendments(site: Planted) -> None:
    """Of public and secret texts that each is one of the others as an act amends it, which is the other too."""
    for public, secret in zip(site.public, site.secrets, strict=False):
        for version, other in ((public, secret.version), (secret.version, public)):
            Amendment.objects.create(
                version=version, base=other, act=other, instructions=[{"act": "sec. 1", "eid": secret.clause.eid,
                "operation": "repeal", "clauses": [secret.clause.eid], "removed": [], "by_hand": False}],
            )  # fmt: skip


def _withdraw(site: Planted) -> None:
    now, by = timezone.now(), {"by": site.persona, "reason": "Asked by its source."}
    for secret in site.secrets:
        if secret.kind.startswith("withdrawn"):
            Version.objects.filter(pk=secret.version.pk).update(published_at=now)
        if secret.kind == "withdrawn":
            Withdrawal.objects.create(version=secret.version, organisation=site.cast.centre, **by)
        elif secret.kind == "withdrawn with its law":
            Withdrawal.objects.create(law=secret.version.law, organisation=site.cast.centre, **by)
        elif secret.kind == "private and withdrawn":
            Withdrawal.objects.create(version=secret.version, organisation=site.quiet, **by)
    # One that was taken back.
    Withdrawal.objects.create(
        version=site.public[0], organisation=site.cast.centre, restored_by=site.persona, restored_at=now, **by
    )


def ends(site: Planted) -> dict[str, list[Any]]:
    """What is secret, by the name of its table."""
    versions = [secret.version for secret in site.secrets]
    return {
        "laws.Version": versions,
        "laws.Law": [version.law for version in versions if version.law.slug != "draft"],
        "laws.Clause": list(Clause.objects.filter(version__in=versions)),
        "accounts.Organisation": [site.quiet],
        "accounts.User": [site.persona],
    }
