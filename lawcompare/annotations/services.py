"""What people do to annotations, one function each: write, submit, return, publish, withdraw."""

from __future__ import annotations

import secrets
from typing import Any

import nh3
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from lawcompare.accounts.access import may, membership_of
from lawcompare.annotations.models import Annotation, Decision, Status
from lawcompare.engine.anchor import select
from lawcompare.laws.models import Clause
from lawcompare.laws.saying import digits

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code"}
MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "heading", "lheading"])


class SelectionError(ValueError):
    """The words chosen are not in the clause as said."""


def render_body(body: str) -> str:
    """Markdown to HTML, sanitised: once, on writing, so that no page has to trust it again."""
    return nh3.clean(MARKDOWN.render(body), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})


def place(annotation: Annotation, clause: Clause, exact: str, start: int | None = None) -> None:
    """Point an annotation at words of a clause, or at all of it where ``exact`` is empty.

    ``start`` (code points into ``clause.text``) says which occurrence is meant; without it there must be only one.
    Raises ``SelectionError``.
    """
    annotation.clause, annotation.version = clause, clause.version
    if not exact:
        annotation.exact = annotation.prefix = annotation.suffix = ""
        annotation.start = annotation.end = None
        return
    if start is None:
        start = _only_occurrence(clause.text, exact)
    if clause.text[start : start + len(exact)] != exact:
        raise SelectionError(_("The words chosen are not at that place of the clause."))
    quote, position = select(clause.text, start, start + len(exact))
    annotation.exact, annotation.prefix, annotation.suffix = quote.exact, quote.prefix, quote.suffix
    annotation.start, annotation.end = position.start, position.end


def _only_occurrence(text: str, exact: str) -> int:
    count = text.count(exact)
    if count == 0:
        raise SelectionError(_("The words chosen are not in the clause; copy them as they stand there."))
    if count > 1:
        raise SelectionError(
            _("The words chosen stand in the clause %(count)s times; choose more words around them.")
            % {"count": digits(count)}
        )
    return text.index(exact)


@transaction.atomic
def write_annotation(user: Any, annotation: Annotation, relations: dict[str, list[Any]]) -> Annotation:
    """Store a new or changed draft for the organisation its author acts under.

    ``relations`` holds ``categories``, ``standards``, ``answers``; what is absent is left as it is.
    """
    membership = membership_of(user)
    if membership is None or not may(user, "annotate"):
        raise PermissionDenied(_("Only members of an organisation can annotate."))
    is_new = annotation.pk is None
    if is_new:
        annotation.slug = secrets.token_urlsafe(9).replace("_", "x").replace("-", "y")
        annotation.creator, annotation.organisation = user, membership.organisation
        annotation.status = Status.DRAFT
    annotation.body_html = render_body(annotation.body)
    annotation.save()
    for name, rows in relations.items():
        getattr(annotation, name).set(rows)
    if is_new:
        _decide(annotation, Status.DRAFT, user, "")
    return annotation


@transaction.atomic
def submit_annotation(user: Any, annotation: Annotation) -> None:
    _move(annotation, Status.DRAFT, Status.SUBMITTED, user)


@transaction.atomic
def publish_annotation(user: Any, annotation: Annotation) -> None:
    """Publish what was submitted. Under the two-person rule nobody publishes what they wrote."""
    if annotation.organisation.two_person_rule and annotation.creator_id == user.pk:
        raise PermissionDenied(_("Your organisation asks that another person publishes what you wrote."))
    annotation.published_at = timezone.now()
    _move(annotation, Status.SUBMITTED, Status.PUBLISHED, user)


@transaction.atomic
def return_annotation(user: Any, annotation: Annotation, reason: str) -> None:
    _move(annotation, Status.SUBMITTED, Status.DRAFT, user, reason)


def _move(annotation: Annotation, before: str, after: str, user: Any, reason: str = "") -> None:
    """Change the state if it still is ``before``: two people deciding at once cannot both win."""
    held = Annotation.objects.filter(pk=annotation.pk, status=before)
    if not held.update(status=after, published_at=annotation.published_at, changed_at=timezone.now()):
        raise PermissionDenied(_("Somebody else has decided on this annotation in the meantime."))
    annotation.status = after
    _decide(annotation, after, user, reason)


def _decide(annotation: Annotation, status: str, user: Any, reason: str) -> None:
    Decision.objects.create(annotation=annotation, status=status, by=user, reason=reason)
