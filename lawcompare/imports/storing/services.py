"""From a corrected draft to a version: its details, having it stored, storing it, and publishing what was private."""

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff
from lawcompare.accounts.leaving import still_given
from lawcompare.accounts.models import Organisation, Person
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import UNFINISHED
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.core.log.services import record
from lawcompare.engine.document import Document, sizes
from lawcompare.imports.access import editor
from lawcompare.imports.amending.services import check_decided, store_amendment
from lawcompare.imports.corrections import corrected, neutral_name
from lawcompare.imports.models import ImportDraft
from lawcompare.laws.editing.services import (
    PRIVATE_NAME,
    SLUG_MAX,
    RenamingRefused,
    give_way,
    private_name,
    rename_law,
    rename_version,
    unseen,
)
from lawcompare.laws.models import Law, Origin, Version, Withdrawal
from lawcompare.laws.proposals import LETTERS_WAITING_MAX, check_room, check_room_for_texts, letters_waiting
from lawcompare.laws.services import ImportRefused, TranslationGaps, store_text, translation_gaps
from lawcompare.publishing.services import publish

# Texts that an organisation keeps for itself: its members' lists have all of them.
KEPT_MAX = 2_000


class UncheckedWarnings(Exception):
    """The text has warnings that nobody has checked; it is published only by who says that this is known."""


class ClausesWithoutCounterpart(Exception):
    """A translation does not match its original clause by clause; it is stored only by who says that this is known."""


class ChangedSincePreview(Exception):
    """Somebody changed the text or its details since the preview that a person publishes."""


class DetailsChanged(Exception):
    """The details were changed since the form was shown; ``stored`` are those of its fields that differ from it."""

    def __init__(self, stored: dict[str, str]) -> None:
        super().__init__(*stored)
        self.stored = stored


def state_of(draft: ImportDraft) -> str:
    """A name for the text and its details as they stand, which a preview carries to the button that publishes it."""
    return f"{draft.revision}-{details_state(draft)}"


def details_state(draft: ImportDraft) -> str:
    """A name for the stored details as they stand, which their form carries."""
    return hashlib.sha256(json.dumps(draft.details, sort_keys=True).encode()).hexdigest()[:16]


@transaction.atomic
def save_details(user: Person, draft: ImportDraft, details: Mapping[str, str], revision: str | None = None) -> None:
    """Keep what was typed about the text, whether it is complete or not.

    ``revision``: of a form, the ``details_state`` that it was shown with. Raises ``DetailsChanged`` where there is
    another since, and words would be lost.
    """
    editor(user)
    held = ImportDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if not held.is_open:
        raise ImportRefused(_("This text is stored already; its details can no longer change."))
    stored = {name: str(held.details.get(name) or "") for name in details}
    differs = {name: words for name, words in stored.items() if words not in ("", details[name])}
    if differs and revision not in (None, details_state(held)):
        raise DetailsChanged(differs)
    held.details = held.details | dict(details)
    held.save(update_fields=["details", "changed_at"])
    draft.details = held.details


@transaction.atomic
def ask_to_store(
    user: Person,
    draft: ImportDraft,
    details: Mapping[str, Any],
    *,
    is_public: bool,
    unchecked_is_known: bool = False,
    gaps_are_known: bool = False,
    previewed: str = "",
) -> None:
    """Have a version made of the draft: published, or for its organisation alone. Of one on its way nothing is begun.

    ``previewed`` is the ``state_of`` what the person read, if they read it. Raises ``ChangedSincePreview`` where the
    draft has another one now, ``UncheckedWarnings`` where warnings are unchecked and nobody said that this is known,
    ``ClausesWithoutCounterpart`` for a translation of which the same is true, ``ImportRefused``, and ValidationError
    where too much of the organisation waits for staff.
    """
    membership = editor(user)
    held = ImportDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if held.version_id is not None or held.is_being_stored:
        return
    if not held.is_open:
        raise ImportRefused(_("The file has not been read yet."))
    if previewed and previewed != state_of(held):
        raise ChangedSincePreview
    if held.amends_id is not None:
        check_decided(held, is_public=is_public)
    if held.unchecked_count and not unchecked_is_known:
        raise UncheckedWarnings
    if not gaps_are_known and gaps_of(held, details):
        raise ClausesWithoutCounterpart
    if is_public:
        _check_room(membership.organisation)
        _check_law("" if details.get("law_title") else details["law"])
    elif Origin.objects.filter(organisation=held.organisation_id, version__published_at=None).count() >= KEPT_MAX:
        sentence = _("Your organisation keeps %(number)s texts for itself: discard or publish some first.")
        raise ValidationError(sentence % {"number": KEPT_MAX})
    kept = {name: str(value) for name, value in details.items() if value}
    # The names that were found for it stay out: the form of a new law has other words there, and is asked anew by them.
    held.details = held.details | {name: words for name, words in kept.items() if name not in ("law", "version")}
    step = "publishing" if is_public else "keeping"
    held.store_as, held.store_publicly, held.stored_by_id = kept, is_public, user.pk
    held.store_state = state_of(held)
    held.storing_job = jobs.create("storing", membership.organisation, step=step)  # in place of one that failed
    held.save()
    record("ask to store", f"import/{held.pk}", by=user, organisation=membership.organisation.slug, public=is_public)


def _check_room(organisation: Organisation, text: Version | None = None) -> None:
    coming = ImportDraft.objects.filter(organisation=organisation, version=None, store_publicly=True)
    coming = coming.filter(storing_job__state__in=UNFINISHED)
    check_room(organisation, coming.count(), text)
    check_room_for_texts(organisation, sum(draft.clause_count for draft in coming))


def _check_law(slug: str) -> None:
    """Raise ValidationError where a law was withdrawn, with which a text of it would not be seen."""
    if _is_withdrawn(slug):
        raise ValidationError(_("This law was removed from public view, with all its texts."))


def _is_withdrawn(slug: str) -> bool:
    return Withdrawal.objects.standing().filter(law__slug=slug).exists()


# Clauses of a translation by those of its original, of which a page says whether each has its counterpart.
GAPS_AT_ONCE = 500_000


def gaps_of(draft: ImportDraft, details: Mapping[str, Any]) -> TranslationGaps:
    """The clauses without counterpart of a draft that translates another text; none of others, and of long ones."""
    translates = details.get("translates")
    if not translates:
        return TranslationGaps()
    return translation_gaps(corrected(draft).document, str(translates), GAPS_AT_ONCE)


def publish_kept(user: Person, draft: ImportDraft) -> None:
    """Make public what the organisation had kept to itself, under the names wanted for it or the next free ones."""
    try:
        _publish_kept(user, draft)
    except IntegrityError:  # another took the name at the same moment
        _publish_kept(user, ImportDraft.objects.get(pk=draft.pk))


@transaction.atomic
def _publish_kept(user: Person, draft: ImportDraft) -> None:
    membership = editor(user)
    version = draft.version
    if version is None or version.is_published:
        return
    _check_room(membership.organisation, version)
    _check_law(version.law.slug)
    if draft.amends_id is not None:
        check_decided(draft, is_public=True)
        store_amendment(draft, version)  # the act was stored since, perhaps
    _take_wanted_names(user, version)
    if publish(version):
        draft.save(update_fields=["changed_at"])
        record("publish", f"text/{version.address}", by=user, organisation=membership.organisation.slug)


def private_names(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a text that is kept private, under names in addresses that nobody guesses."""
    names = ("law", "version") if "law_title" in details else ("version",)
    return dict(details) | {name: private_name(details[name]) for name in names}


def _take_wanted_names(user: Person, version: Version) -> None:
    """Give a text that becomes public, and its law where that is new, the names wanted, or the next free ones."""
    law = version.law
    is_new = not (law.versions.filter(published_at__isnull=False).exists() or law.wanted.exists())
    names: list[tuple[Any, Any, QuerySet[Any]]] = [(rename_law, law, Law.objects.all())] if is_new else []
    for rename, row, others in [*names, (rename_version, version, law.versions.all())]:
        if wanted := PRIVATE_NAME.fullmatch(row.slug):
            with contextlib.suppress(RenamingRefused):
                rename(row, _free_among(others, wanted[1], user), user)


@transaction.atomic
def run_storing(draft: ImportDraft, report: Report) -> None:
    """What a worker does to make a version of a draft: store it, and publish it where that was asked for.

    All is written in one transaction, which ends by asking whether the claim still holds: however often a message
    comes, and whichever worker is taken for dead, one version is made.
    """
    job, is_public = draft.storing_job, draft.store_publicly
    assert job is not None
    # A job may wait, or fail and be tried again, by whom it may be; roles and the draft could be changed meanwhile.
    if not ImportDraft.objects.filter(still_given("import", "stored_by"), pk=draft.pk).exists():
        raise ImportRefused(_("whoever asked for it may do so no longer; ask for it anew"))
    if draft.store_state not in ("", state_of(draft)):
        raise ImportRefused(_("the text or its details were changed since it was asked for; ask for it anew"))
    step = "publishing" if is_public else "keeping"
    report(step, 0, draft.clause_count)
    details = _free_names(draft) if is_public else private_names(draft.store_as)
    if is_public and _is_withdrawn(details["law"]):  # since; once it is back, the text would tell the day of now
        raise ImportRefused(_("this law was removed from public view, with all its texts"))
    document = corrected(draft).document
    letters = sizes(document)["characters"]
    if is_public and letters_waiting(draft.organisation) + letters > LETTERS_WAITING_MAX:
        raise ImportRefused(_("too many letters of your organisation’s texts would wait for staff"))
    version = store_text(
        document,
        details | _pages(draft, document),
        draft.original,
        progress=lambda _step, done, total: report(step, done, total),
    )
    Origin.objects.create(version=version, organisation=draft.organisation)
    if draft.amends is not None:
        store_amendment(draft, version)
    ImportDraft.objects.filter(pk=draft.pk).update(
        version=version,
        warnings_unchecked=draft.unchecked_count,
        name=neutral_name(draft),  # how people call a file may tell who wrote it or passed it on
        changed_at=timezone.now(),
    )
    counts = {"unchecked": draft.unchecked_count, "corrections": draft.corrections.active().count()}
    action = "publish" if is_public else "keep"
    record(action, f"text/{version.address}", by=draft.stored_by, organisation=draft.organisation.slug, **counts)
    if is_public:
        publish(version)
    elif draft.amends is not None:
        request_comparison(draft.amends, version)
    # The texts before and after the changes tracked in one file, once both are stored as texts of one law.
    other = draft.counterpart.version if draft.counterpart is not None else None
    if other is not None and other.law_id == version.law_id:
        old, new = (other, version) if draft.before_changes_id else (version, other)
        request_comparison(old, new)
    finish(job)


def _pages(draft: ImportDraft, document: Document) -> dict[str, int]:
    """How many pages a text that was recognised has, and how many of them a person read; nothing of other texts."""
    total, read = draft.pages.count(), draft.pages.exclude(read_at=None).count()
    is_recognised = any(clause.attributes.get("origin") == "recognised" for clause in document.clauses)
    pages = {"pages_total": total, "pages_proofread": read} if total and (is_recognised or read) else {}
    return pages | ({"warnings_open": draft.unchecked_count} if pages and is_recognised else {})


def needs_comparing(draft: ImportDraft, document: Document) -> bool:
    """Whether a text was read from pictures and not every page was read against them: it is not official by itself."""
    pages = _pages(draft, document)
    return "warnings_open" in pages and pages["pages_proofread"] < pages["pages_total"]


def _free_names(draft: ImportDraft) -> dict[str, Any]:
    """The details of a draft with a free name for a new law, where another organisation has a private one of the same
    name, or withdrew one; and for a text of a known one, where the name leads to another text, or that was withdrawn.
    Raises ``ImportRefused`` where another published a law of this name since it was asked for.
    """
    details, by = draft.store_as, draft.stored_by
    assert by is not None  # else it may store nothing
    of_law = Version.objects.filter(law__slug=details["law"])
    public = Version.objects.published().filter(pk__in=of_law)
    names: dict[str, Any] = dict(details)
    if "law_title" not in details:
        if not public.filter(slug=details["version"]).exists():
            names["version"] = _free_among(of_law, details["version"], by)
    elif not public.exists():
        names["law"] = _free_among(Law.objects.all(), details["law"], by)
    elif not public.filter(origin__organisation=draft.organisation).exists():
        raise ImportRefused(_("a law of this name was published meanwhile; choose it, or another name"))
    return names


def _free_among(rows: QuerySet[Any], wanted: str, by: Person) -> str:
    """The name, or one like it that none of the laws or texts has or had: an ending that nobody guesses would tell that
    the text was kept private first. What staff alone see gives way.
    """
    stem = _stem(wanted)
    like = rows.filter(Q(slug__startswith=stem) | Q(former_addresses__slug__startswith=stem))
    if not is_staff(by):
        like = like.exclude(pk__in=unseen(rows).order_by().values("pk"))
    taken = like.values_list("slug", "former_addresses__slug")
    name = free_slug(wanted, {slug for names in taken for slug in names})
    give_way(rows, name, by)
    return name


def free_slug(wanted: str, taken: set[str]) -> str:
    """The name, or the first free one of name-2, name-3 …

    A name with such an ending is counted on: 2024-km-2-2 would tell that the text was private when others took it.

    It is no longer than a name may be.

    >>> free_slug("2024-km", {"2024-km"}), free_slug("2024-km-2", {"2024-km", "2024-km-2"})
    ('2024-km-2', '2024-km-3')
    """
    slug = re.sub(r"[^a-z0-9-]+", "-", wanted.lower()).strip("-")
    stem, number = _stem(slug), 2
    while slug in taken:
        slug, number = f"{stem[: SLUG_MAX - len(f'-{number}')]}-{number}", number + 1
    return slug


def _stem(slug: str) -> str:
    return re.sub(r"-[2-9]$", "", slug)  # no day or month, which have two digits
