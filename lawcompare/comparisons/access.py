"""Which comparisons may be seen, and how often a visitor may ask for a new one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Confirmation, Person
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import comes_from_here as comes_from_here
from lawcompare.accounts.responses import first_or_404, number_of
from lawcompare.comparisons.models import ENGINE, Comparison, Concordance, LeadSentence, MapDecision
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.access import (
    correspondences_among,
    organisation_of,
    values_among,
    visible_correspondences,
    visible_values,
    without_words,
)
from lawcompare.crosswalk.models import Correspondence
from lawcompare.crosswalk.provisions import SubjectPage, TopicRow, page_of_topic, rows_between, subject_page
from lawcompare.languages import digits, reader_language
from lawcompare.laws.access import current_of, private_until, visible_versions
from lawcompare.laws.citing import check_pin, pin, plain_address
from lawcompare.laws.models import Jurisdiction, LawKind, TextStatus, Version
from lawcompare.laws.translations.services import original_of, uncorrected_among

LAWS = {
    Jurisdiction.UNITED_STATES: gettext_lazy("US law"),
    Jurisdiction.INTERNATIONAL: gettext_lazy("Treaties"),
    Jurisdiction.CAMBODIA: gettext_lazy("Cambodian law in force"),
}


# Pairs of a decision, which may have thousands.
PAIRS_SHOWN = 8


def check_pins(asked: Mapping[str, str], old: Version, new: Version) -> None:
    """Refuse a page whose address names other texts by their hashes than those that are here. Raises ``Http404``."""
    pins = asked.get("texts", "")
    if pins:
        check_pin(pins.partition("-")[0] or "?", old)
        check_pin(pins.partition("-")[2] or "?", new)


def pinned_comparison(comparison: Comparison) -> str:
    """The comparison's lasting address: with the hashes of both texts and the rules by which they were compared."""
    old, new = comparison.old, comparison.new
    address = plain_address("comparison", old.law.slug, old.slug, new.law.slug, new.slug)
    by_text = "by=text&" if old.law_id != new.law_id else ""
    rules = f"engine={comparison.engine}&edition={comparison.edition}"
    return f"{address}?{by_text}texts={pin(old)}-{pin(new)}&{rules}"


def find_comparison(old: Version, new: Version, edition: str = "", engine: str = "") -> Comparison | None:
    """The comparison of two versions, if it was ever asked for: as it stands, or in the edition of this number.

    ``engine`` names the rules by which it was made, today's where it is empty. Raises ``Http404`` for an edition that
    does not exist, and for rules by which these texts were not compared.
    """
    editions = Comparison.objects.filter(old=old, new=new, engine=engine or ENGINE)
    if engine not in {"", ENGINE} and not editions.filter(finished_at__isnull=False).exists():
        sentence = _("These texts were not compared by rules %(asked)s here; today’s rules are %(now)s.")
        raise Http404(sentence % {"asked": engine[:20], "now": ENGINE})
    if edition:
        comparison = editions.filter(edition=number_of(edition) or 0, finished_at__isnull=False).first()
        if comparison is None:
            raise Http404(_("This comparison has no edition %(number)s.") % {"number": edition[:10]})
    else:
        # The last that is done; where none is, the first.
        comparison = editions.filter(Q(finished_at__isnull=False) | Q(edition=1)).order_by("-edition").first()
    if comparison is not None:
        comparison.old, comparison.new = old, new
    return comparison


def visible_comparisons(user: Person) -> Any:
    """Comparisons as they stand, between texts that the person may see and that are not merely proposed."""
    versions = visible_versions(user).standing().values("pk")
    return (
        Comparison.objects.current()
        .filter(old__in=versions, new__in=versions, engine=ENGINE)
        .select_related("old__law", "new__law")
    )


def visible_jobs(user: Person) -> QuerySet[Comparison]:
    """Every edition of today's comparisons between texts that the person may see."""
    versions = visible_versions(user).values("pk")
    comparisons = Comparison.objects.filter(old__in=versions, new__in=versions, engine=ENGINE)
    return comparisons.select_related("old__law", "new__law")


def lead_of(old: Version, new: Version) -> LeadSentence | None:
    """The sentence that leads the page of two texts: the last that stands, else the last that is proposed; none of a
    translation whose original was withdrawn, or that staff have not confirmed.
    """
    if any(text.translates_id and text.unchecked_of for text in (old, new)):
        return None
    # Or of a translation that was a text by itself when somebody said it.
    of_pair = Q(old=original_of(old), new=original_of(new)) | Q(old=old, new=new)
    rows = LeadSentence.objects.filter(of_pair)
    if not rows.exists():
        return None  # as of most texts
    public = Version.objects.published().values("pk")
    rows = rows.filter(old__in=public, new__in=public).select_related("organisation")
    return leading(rows)


def leading(rows: Iterable[LeadSentence]) -> LeadSentence | None:
    """The one that readers see of all on two texts, but for those that staff refused: the last that stands, else the
    last of the organisation that proposed first.
    """
    shown = [row for row in rows if row.confirmation != Confirmation.REFUSED]
    standing = [row for row in shown if row.stands]
    first = min(shown, key=lambda row: row.pk, default=None)
    proposed = [row for row in shown if first is not None and row.organisation_id == first.organisation_id]
    return max(standing or proposed, key=lambda row: row.pk, default=None)


def lead_in_words(old: Version, new: Version) -> str:
    """That sentence in the reader's language, with who proposes it where it does not stand; empty where none is."""
    lead = lead_of(old, new)
    if lead is None:
        return ""
    return f"{localised(lead.body)} ({lead.proposal_label})" if lead.proposed_by else localised(lead.body)


def decisions_on(user: Person, old: Version, new: Version) -> Any:
    """The decisions on two texts, the last first, but for what others took back before both texts were public."""
    first = Concordance.objects.select_related("old", "new").order_by("pk")[:PAIRS_SHOWN]
    decisions = MapDecision.objects.filter(old_version=old, new_version=new).order_by("-pk")
    if public := private_until(user, old, new):
        decisions = decisions.exclude(Q(undone_by__at__lte=public) | Q(undoes__isnull=False, at__lte=public))
        # What was decided in private by what is public of it: nobody learns what was decided first.
        place = Concordance.objects.filter(decision=OuterRef("pk")).order_by("old__position", "new__position")
        places = [Subquery(place.values(side)[:1]) for side in ("old__position", "new__position")]
        since = Case(When(at__gt=public, then=F("pk"))).desc(nulls_last=True)
        decisions = decisions.order_by(since, *places, "organisation__slug", "reason")
    related = ["organisation", "by", "undone_by__organisation", "undoes__organisation"]
    return decisions.select_related(*related).prefetch_related(Prefetch("made", first, to_attr="first"))


def last_decision(user: Person, old: Version, new: Version) -> int:
    """The last decision on two texts, 0 where there is none: what a person who reads the page now has seen."""
    return decisions_on(user, old, new).aggregate(last=Max("pk"))["last"] or 0


def get_decision(user: Person, old: Version, new: Version, pk: int) -> MapDecision:
    """A decision on the clause map of two texts, for who may decide there too."""
    if not may(user, "map"):
        raise PermissionDenied(_("Only a reviewer or an editor corrects which clauses belong together."))
    return first_or_404(decisions_on(user, old, new).filter(pk=pk), _("There is no such decision on these two texts."))


class AskedTooMuch(Exception):
    """What a person asks of a worker is beyond a limit; in the reader's language."""


# Clauses, and characters, that make a comparison count once more, which then takes three seconds more.
CLAUSES_A_USE, CHARACTERS_A_USE = 5_000, 1_000_000


def count_comparison(request: HttpRequest, clauses: int, characters: int) -> None:
    """Count a request for a new comparison of texts of such a size against the limit of this hour; of visitors, who
    wait in one line, by its length against a fifth of it in ten minutes too. Raises ``AskedTooMuch``.
    """
    most = settings.COMPARISONS_PER_HOUR
    uses, soon = 1 + max(clauses // CLAUSES_A_USE, characters // CHARACTERS_A_USE), max(1, most // 5)
    # What does not fit is not counted.
    is_soon_again = is_for_visitors(request, uses, soon) and not (
        allow(request, "comparison-soon", soon - uses, per=600, uses=0)
        and allow(request, "comparison-soon", soon, per=600, uses=uses)
    )
    if is_soon_again or not allow(request, "comparison", most):
        raise AskedTooMuch(_("Too many new comparisons were requested in the last hour. Try again later."))


def is_for_visitors(request: HttpRequest, uses: int, most: int) -> bool:
    """Whether a visitor asks, or somebody of no organisation. Raises ``AskedTooMuch`` where that counts more often than
    all of them may in ten minutes.
    """
    if membership_of(request.user) is not None:
        return False
    if uses > most:
        raise AskedTooMuch(_("These texts are so long that only members of an organisation can ask for this."))
    return True


# --- Which texts are set against each other here --------------------------------------------------------------------


def successive_drafts(user: Person) -> list[Comparison]:
    """Returns finished comparisons of drafts with drafts, newest first: of each two those in the reader's language."""
    done = visible_comparisons(user).filter(
        finished_at__isnull=False,
        old__law__kind=LawKind.DRAFT,
        new__law__kind=LawKind.DRAFT,
        new__law__jurisdiction=Jurisdiction.CAMBODIA,
    )
    confirmed = Version.objects.confirmed().uncorrected().values("pk")
    chosen: dict[tuple[int, int], Comparison] = {}
    origins = [f"{side}__origin__organisation" for side in ("old", "new", "old__translates", "new__translates")]
    done = done.select_related("old__law", "new__law", *origins)
    done = done.filter(old__in=confirmed, new__in=confirmed)
    for comparison in done.order_by("-new__date", "-old__date", "new", "old"):
        pair = original_of(comparison.old), original_of(comparison.new)
        if pair[0] != pair[1] and _fits(comparison) > _fits(chosen.get(pair)):
            chosen[pair] = comparison
    return list(chosen.values())


def drafts_of_law(user: Person, old: Version, new: Version, texts: Iterable[Version]) -> list[Version]:
    """Returns the two texts and those of their law, in the language of the later one, that the site or the person's
    organisation stands for, by date; none of two laws. ``texts``: all of the law that the person may see.
    """
    if old.law_id != new.law_id:
        return []
    own = {None, organisation_of(user)}
    drafts = []
    for text in uncorrected_among(texts):
        stands_for = text.brought_by in own or text.origin.confirmation == Confirmation.CONFIRMED
        is_proposal = text.corrects is not None and text.corrects.brought_by != text.brought_by
        counts = stands_for and not is_proposal and text.text_status != TextStatus.CONSOLIDATED
        if text.language == new.language and (counts or text in (old, new)):
            drafts.append(text)
    return drafts


def pairs_of_law(comparison: Comparison, drafts: Sequence[Version]) -> Sequence[tuple[Version, Version, str, bool]]:
    """Returns (older, newer, their names, whether it is this pair) of the law's drafts in its language, successive ones
    first; where each is of another year, the years are names enough.
    """
    old, new = comparison.old, comparison.new
    if old.language != new.language:
        return []
    places = {text.pk: place for place, text in enumerate(drafts)}
    shown = [text for text in drafts if text.published_at]
    pairs = ((shown[at], shown[at + step]) for step in range(1, len(shown)) for at in range(len(shown) - step))
    years = [digits(text.date[:4]) for text in drafts]
    names = years if len(set(years)) == len(years) else [text.short_name for text in drafts]
    return [
        (one, other, f"{names[places[one.pk]]} → {names[places[other.pk]]}", (one.pk, other.pk) == (old.pk, new.pk))
        for one, other in islice(pairs, 2 * len(drafts))
    ]


def third_texts(drafts: Iterable[Version], old: Version, new: Version) -> list[tuple[str, str]]:
    """Returns (name in the address, words) of what may stand beside a row of two texts, of the drafts of their law."""
    others = [text for text in drafts if text.published_at and text not in (old, new)]
    names = [(text.slug, text.short_name) for text in others]
    return names + [(code, str(words)) for code, words in LAWS.items()] if drafts else []


def _fits(comparison: Comparison | None) -> int:
    """Returns how well a comparison suits: 3 by originators in the reader's language, 2 in it, 1 originals, else 0."""
    if comparison is None:
        return 0
    texts = (comparison.old, comparison.new)
    if {text.language for text in texts} == {reader_language().code}:
        return 2 + all(text.is_by_originator for text in texts)
    return int(all(text.translates_id is None for text in texts))


def drafts_beside_other_law(user: Person) -> list[tuple[Version, Version]]:
    """Returns (draft, other law) pairs with correspondences, the drafts in order and US law first."""
    stated = visible_correspondences(user).stand().filter(subject_version__law__kind=LawKind.DRAFT)
    ids = set(stated.order_by().values_list("subject_version", "object_version").distinct())
    versions = Version.objects.select_related("law").in_bulk({version for pair in ids for version in pair})
    pairs = [(versions[draft], versions[other]) for draft, other in ids]
    return sorted(
        pairs, key=lambda p: (p[0].date, p[1].law.jurisdiction != "us", p[1].law.kind, p[1].address, p[0].address)
    )


# --- Two laws read by subject -----------------------------------------------------------------------------------------


def stated_between(user: Person, old: Version, new: Version, *, with_words: bool = True) -> list[Correspondence]:
    """How two laws answer each other, whichever way round it was stated; nothing where the texts are of one law, or
    others merely propose that they do: two laws are read by the site's word, or by the person's own organisation's.
    """
    if old.law_id == new.law_id:
        return []
    rows = visible_correspondences(user) if with_words else without_words(visible_correspondences(user))
    stated = list(_between(rows, old, new))
    own = organisation_of(user)
    return stated if any(row.stands or row.organisation == own for row in stated) else []


def _between(stated: Any, old: Version, new: Version) -> Any:
    one_way = stated.filter(subject_version=old, object_version=new)
    return one_way | stated.filter(subject_version=new, object_version=old)


def subject_page_of_texts(old: Version, new: Version, number: str) -> SubjectPage:
    """Two laws by subject, as everybody sees them who may see both texts; the caller has looked whether one may."""
    texts = Version.objects.filter(pk__in=[old.pk, new.pk])
    return subject_page(list(_between(correspondences_among(texts), old, new)), values_among(texts), old, new, number)


def current_pair(user: Person, old: Version, new: Version, asked: Mapping[str, str]) -> list[str]:
    """The names in an address of what two laws are read by: their originals, as they were last corrected.

    Empty where these are the two themselves, or nothing is known of how they correspond, or an address asks for the
    very words of a text.
    """
    current = [current_of(user, text) for text in (old, new)]
    if "texts" in asked or current == [old, new] or not stated_between(user, *current):
        return []
    return [name for text in current for name in (text.law.slug, text.slug)]


def subject_rows(user: Person, old: Version, new: Version, topics: Collection[int]) -> list[TopicRow]:
    """Two laws on some subjects, by their keys, of each what stands on the first page of its topic; empty where nothing
    is known of how they correspond.
    """
    by_topic: dict[int | None, list[Correspondence]] = defaultdict(list)
    for row in stated_between(user, old, new, with_words=False):
        if row.topic_id in topics:
            by_topic[row.topic_id].append(row)
    shown = [row for stated in by_topic.values() for row in page_of_topic(stated, 1)[0]]
    return rows_between(shown, visible_values(user), old, new)
