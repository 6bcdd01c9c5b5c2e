"""What the desk adds to the pages of a text: what was put right in it, and what an editor may do with it."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Count, Q

from lawcompare.accounts.access import may
from lawcompare.imports.models import ImportDraft, MendKind
from lawcompare.imports.review_page.presence import name_of
from lawcompare.laws.models import Law, Version
from lawcompare.laws.withdrawal.services import may_withdraw

register = template.Library()


register.filter("colleague", name_of)


@register.filter
def said_kind(button: str) -> str:
    """What a button of the mending form does, as its mend is called."""
    kind = button.partition("-")[0]
    return str(MendKind(kind).label) if kind in MendKind.values else ""


@register.simple_tag
def mending_of(version: Version) -> ImportDraft | None:
    """The draft a version was made from, with ``mend_count``. One query."""
    standing = Count("mends", filter=Q(mends__undone_at__isnull=True))
    drafts = ImportDraft.objects.filter(version=version).select_related("organisation").annotate(mend_count=standing)
    return drafts.first()


@register.simple_tag(takes_context=True)
def withdraws(context: Any, law: Law) -> bool:
    """Whether the reader is an editor who may withdraw a law. Asks nothing for a visitor."""
    user = context["request"].user
    return user.is_authenticated and may_withdraw(user, law)


@register.inclusion_tag("imports/_tools.html", takes_context=True)
def desk_tools(context: Any, version: Version) -> dict[str, Any]:
    """What an editor may do with a text. Asks nothing for a visitor."""
    request = context["request"]
    is_editor = request.user.is_authenticated and may(request.user, "import")
    return {
        "version": version,
        "csrf_token": context.get("csrf_token"),
        "is_private": not version.is_published and is_editor,
        "is_editor": is_editor,
        "may_withdraw": is_editor and version.is_published and may_withdraw(request.user, version),
        "draft": ImportDraft.objects.filter(version=version).first()
        if is_editor and not version.is_published
        else None,
    }
