"""What clauses say in plain words: what a person is shown, and writing it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import membership_of, membership_that_may
from lawcompare.accounts.models import Confirmation, Organisation, Person
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.languages import columns_of
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Clause, ClauseTranslation, PlainWords, Version
from lawcompare.laws.proposals import confirmation_of

REFUSAL = gettext_lazy("Only an editor says what a clause says in plain words.")


def plain_words_of(user: Person, *versions: Version) -> dict[int, PlainWords]:
    """Returns id of a clause of these texts -> what it says in plain words: what stands, or what the person's own
    organisation proposes since. What is said of a clause is said of those that translate it. Three queries at most.
    """
    shown = Q(confirmation=Confirmation.CONFIRMED)
    membership = membership_of(user)
    if membership is not None:
        shown |= Q(organisation=membership.organisation, confirmation=Confirmation.PROPOSED)
    texts = {pk for version in versions for pk in (version.pk, version.translates_id) if pk}
    rows = PlainWords.objects.filter(shown, version__in=texts).order_by()
    if not user.is_authenticated and not rows.filter(version__published_at__isnull=False).exists():
        return {}  # as of most texts; the little question spares the great one
    rows = rows.filter(version__in=visible_versions(user).order_by().values("pk"))
    newest = rows.values("clause").annotate(newest=Max("pk")).values("newest")  # of any number that were written
    last = {row.clause_id: row for row in PlainWords.objects.filter(pk__in=newest).select_related("organisation")}
    # Not one that staff have not confirmed: nobody of the site read its words.
    translations = [version.pk for version in versions if version.translates_id and not version.unchecked_of]
    if last and translations:
        pairs = ClauseTranslation.objects.filter(original__in=last, translation_version__in=translations)
        last |= {there: last[here] for here, there in pairs.values_list("original", "translation")}
    return last


def said(row: PlainWords | None) -> dict[str, str]:
    """Returns the words of a row by the names of their columns."""
    return {name: getattr(row, name, "") for name in columns_of("text")}


@transaction.atomic
def write_plain_words(user: Any, clause: Clause, words: dict[str, str], seen: Any) -> PlainWords | None:
    """Tell a clause in plain words, ``words`` as ``said`` has them. Returns the row; None where nothing is new.

    They stand where the person acts for the site, else they are a proposal, in place of one that waits already, since
    files and answers to a search print them beside the law. Raises PermissionDenied, and ValidationError where somebody
    wrote others than the person has ``seen``, or where too many proposals wait.
    """
    membership = membership_that_may(user, "import", str(REFUSAL))
    Clause.objects.select_for_update(no_key=True, of=("self",)).get(pk=clause.pk)
    if said(plain_words_of(user, clause.version).get(clause.pk)) != seen:
        raise ValidationError(_("Somebody else saved other words since you opened this page. Read them above."))
    words = {name: " ".join(text.split()) for name, text in words.items()}
    if words == seen:
        return None
    whose = {"clause": clause, "organisation": membership.organisation}
    PlainWords.objects.filter(**whose, confirmation=Confirmation.PROPOSED).delete()
    confirmation = confirmation_of(membership)
    row = PlainWords.objects.create(version=clause.version, confirmation=confirmation, by=user, **whose, **words)
    if confirmation == Confirmation.CONFIRMED:
        follow_words(clause.version)
    record("tell in plain words", f"text/{clause.version.address}", by=user, organisation=membership.organisation.slug)
    return row


def follow_words(version: Version) -> None:
    """Have the search take up what is said of the clauses of a text, in it and in what translates it."""
    translations = version.translations.select_related("origin__organisation")
    known = (text for text in translations if text.is_published or text.brought_by == version.brought_by)
    for text in (version, *known):
        jobs.request("indexing", text, text.brought_by)


def tell_for_site(clause: Clause, words: dict[str, str], editors: Organisation) -> bool:
    """Store what the files of the site say of a clause, unless a person wrote since. Returns whether that is new."""
    stand = clause.plain_words.stand().order_by("-pk")
    if said(stand.first()) == words or stand.filter(by__isnull=False).exists():
        return False
    confirmed = {"version": clause.version, "confirmation": Confirmation.CONFIRMED}
    clause.plain_words.create(organisation=editors, **confirmed, **words)
    return True
