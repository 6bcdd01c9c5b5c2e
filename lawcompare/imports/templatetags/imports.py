"""What importing adds to the pages of a text: how it was corrected before, and what an editor may do with it."""

from typing import Any

from django import template
from django.db.models import Avg, Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Round

from lawcompare.accounts.access import may
from lawcompare.engine.document import Clause as DocumentClause
from lawcompare.imports.access import unread_notices
from lawcompare.imports.models import KIND_OF_BUTTON, CorrectionKind, ImportCorrection, ImportDraft
from lawcompare.imports.review_page.services import name_of
from lawcompare.imports.uscode.models import ReleaseNotice
from lawcompare.laws.citing import cite_address
from lawcompare.laws.editing.services import may_rename
from lawcompare.laws.formatting import element_in_words, place_in_words
from lawcompare.laws.models import Clause, Law, Obtained, Version
from lawcompare.laws.withdrawal.services import may_withdraw

register = template.Library()


register.filter("colleague", name_of)
register.filter(element_in_words)


@register.filter
def correction_kind(button: str) -> str:
    """The correction that a button of the form makes, in the reader's language; empty for none."""
    kind = KIND_OF_BUTTON.get(button.partition("-")[0], button.partition("-")[0])
    return str(CorrectionKind(kind).label) if kind in CorrectionKind.values else ""


@register.filter
def clause_name(clause: DocumentClause) -> str:
    """How a clause of a document that is not stored yet is cited, with its heading."""
    name = cite_address(clause.eid)
    number = clause.num if name == clause.eid else name
    return ". ".join(filter(None, [number.rstrip("."), clause.heading])) or place_in_words(clause.eid)


@register.simple_tag
def corrections_of(version: Version) -> ImportDraft | None:
    """The draft a version was made from by who brought it, with how many corrections were made. Two queries at most.

    It says too how many clauses were ``recognised`` from pictures, with what mean ``confidence_percent``, and how many
    of those a person corrected (``proofread``).
    """
    if not ImportDraft.objects.filter(version=version).exists():
        return None  # as of most texts: spares the greater question
    # No join: what is recognised would be counted anew for each correction.
    made = ImportCorrection.objects.filter(draft=OuterRef("pk"), undone_at=None).order_by().values("draft")
    own = Q(organisation=F("version__origin__organisation")) | Q(version__origin__isnull=True)
    drafts = ImportDraft.objects.filter(own, version=version).select_related("organisation")
    recognised = Clause.objects.filter(version=OuterRef("version"), obtained=Obtained.RECOGNISED).order_by()
    counted = recognised.values("version").annotate(
        number=Count("pk"), mean=Avg("confidence"), corrected=Count("pk", filter=Q(is_corrected=True))
    )
    return drafts.annotate(
        correction_count=Coalesce(Subquery(made.annotate(number=Count("pk")).values("number")), 0),
        recognised=Subquery(counted.values("number")),
        confidence_percent=Round(Subquery(counted.values("mean")) * 100, output_field=IntegerField()),
        proofread=Subquery(counted.values("corrected")),
    ).first()


@register.simple_tag(takes_context=True)
def withdraws(context: Any, law: Law) -> bool:
    """Whether the reader is an editor who may withdraw a law. Asks nothing for a visitor."""
    user = context["request"].user
    return user.is_authenticated and may_withdraw(user, law)


@register.inclusion_tag("imports/review_page/_tools.html", takes_context=True)
def version_tools(context: Any, version: Version) -> dict[str, Any]:
    """What an editor may do with a text. Asks nothing for a visitor."""
    request = context["request"]
    is_editor = request.user.is_authenticated and may(request.user, "import")
    return {
        "version": version,
        "csrf_token": context.get("csrf_token"),
        "is_private": not version.is_published and is_editor,
        "is_editor": is_editor,
        "may_rename": is_editor and may_rename(request.user, version),
        "may_withdraw": request.user.is_authenticated and may_withdraw(request.user, version),
        "draft": ImportDraft.objects.filter(version=version).first()
        if is_editor and not version.is_published
        else None,
    }


@register.simple_tag(takes_context=True)
def release_notices(context: Any) -> list[ReleaseNotice] | None:
    """Notices that nobody of their organisation put aside; None for who brings in no texts."""
    if not may(context["request"].user, "import"):
        return None
    return list(unread_notices(context["request"].user))
