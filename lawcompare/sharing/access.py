"""What may be shared: what every visitor may see, whoever asks. A card or an embed shows nobody a private text."""

from collections.abc import Iterable

from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.models import VISITOR
from lawcompare.accounts.responses import first_or_404
from lawcompare.comparisons.access import find_comparison, subject_rows
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.provisions import TopicRow
from lawcompare.laws.access import CLAUSE_PAGE_MAX, get_clause_in_place, get_law, get_two_versions, visible_versions
from lawcompare.laws.models import Clause, Law, Version

# Before the address of an old clause in the name of a row, as ``comparisons.models.row_anchor`` writes it.
OLD = "old-"


def get_shared_clause(law: str, version: str, eid: str) -> list[Clause]:
    """Returns a public clause and those inside it, in order. Raises ``Http404`` or ``WithdrawnError``."""
    clauses, at, _others = get_clause_in_place(VISITOR, law, version, eid)
    if len(clauses) > CLAUSE_PAGE_MAX:
        raise Http404(_("This clause is too long to be shared whole: share the page of its text."))
    clause = clauses[at]
    return [one for one in clauses[at:] if one.position < clause.end]


def get_shared_row(old: tuple[str, str], new: tuple[str, str], anchor: str) -> tuple[Comparison, ClausePair]:
    """Returns a row of a finished comparison of two public texts, by the row's name in its page. Raises ``Http404``."""
    comparison = find_comparison(*get_two_versions(VISITOR, old, new))
    if comparison is None or not comparison.is_done:
        raise Http404(_("These two texts have not been compared here."))
    side = {"old__eid": anchor.removeprefix(OLD)} if anchor.startswith(OLD) else {"new__eid": anchor}
    rows = comparison.pairs.filter(level=Level.UNIT, **side).prefetch_related("old", "new")
    pair = first_or_404(rows.order_by("position"), _("This comparison has no row “%(name)s”.") % {"name": anchor})
    return comparison, pair


def get_shared_subject(old: tuple[str, str], new: tuple[str, str], topic: str) -> tuple[Version, Version, TopicRow]:
    """Returns two public texts of two laws, and what is stated of them under a topic. Raises ``Http404``."""
    texts = get_two_versions(VISITOR, old, new)
    topics = Topic.objects.filter(slug=topic).values_list("pk", flat=True)
    row = next(iter(subject_rows(VISITOR, *texts, topics)), None)
    if row is None:
        raise Http404(_("Nothing is stated of these two laws under the subject “%(name)s”.") % {"name": topic})
    return *texts, row


def get_shared_law(slug: str) -> tuple[Law, list[Version]]:
    """Returns a law and its confirmed public texts. Raises ``Http404`` or ``WithdrawnError``."""
    law = get_law(VISITOR, slug)
    return law, list(visible_versions(VISITOR).standing().confirmed().filter(law=law))


def later_texts(version: Version) -> Iterable[Version]:
    """Returns the confirmed public texts of the same law and language that are newer, the newest first."""
    texts = visible_versions(VISITOR).filter(law=version.law_id, language=version.language, date__gt=version.date)
    return texts.confirmed().exclude(corrects=version).order_by("-date", "-slug") if version.date else []
