"""Importing annotations from a file of W3C Web Annotations: all of them, or none."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.exchange.jsonld_reader import (
    ImportedNote,
    NotImported,
    read_item,
    read_items,
    refusal,
)
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.services import new_slug, record_draft, record_published
from lawcompare.audit.services import record


def import_annotations(
    data: bytes, organisation: Organisation, author: Any, *, publish: bool = False
) -> list[Annotation]:
    """Store the annotations of a file as drafts of an organisation, held by ``author``, or published.

    Raises ``NotImported``.
    """
    items = [read_item(number, item, organisation, author) for number, item in enumerate(read_items(data), start=1)]
    if not items:
        raise NotImported(_("There is no annotation in the file."))
    with transaction.atomic():
        stored = [_store(number, item, organisation, author, publish) for number, item in enumerate(items, start=1)]
        subject = f"organisation/{organisation.slug}"
        details = {"count": len(stored), "published": publish}
        record("annotations-imported", subject, author, organisation.slug, **details)
    return stored


def _store(number: int, item: ImportedNote, organisation: Organisation, author: Any, publish: bool) -> Annotation:
    annotation = item.annotation
    if annotation.slug and Annotation.objects.filter(slug=annotation.slug).exists():
        raise refusal(number, item.name, _("an annotation of this name is here already"))
    annotation.organisation, annotation.creator = organisation, author
    if item.descends_from:
        annotation.descends_from = Annotation.objects.filter(slug=item.descends_from).first()
        if annotation.descends_from is None:
            raise refusal(number, item.name, _("the annotation it goes on from is not here"))
    annotation.slug = annotation.slug or new_slug()
    _check(number, item)
    relations: dict[str, list[Any]] = {
        "categories": item.categories,
        "standards": item.standards,
        "answers": item.answers,
    }
    if publish:
        annotation.published_at = item.published
        record_published(annotation, relations)
    else:
        record_draft(annotation, relations)
    _keep_times(annotation, item)
    return annotation


def _check(number: int, item: ImportedNote) -> None:
    """The model's own rules, as one sentence."""
    try:
        item.annotation.full_clean(exclude=["body_html"], validate_unique=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise refusal(number, item.name, f"{field}: {messages[0]}") from None


def _keep_times(annotation: Annotation, item: ImportedNote) -> None:
    """When it was made and changed is what the file says, past the model's own clock."""
    times = {"created_at": item.created, "changed_at": item.modified}
    known = {name: moment for name, moment in times.items() if moment is not None}
    if known:
        Annotation.objects.filter(pk=annotation.pk).update(**known)
        annotation.refresh_from_db()
