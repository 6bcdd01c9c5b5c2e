"""What editors do to the list of kinds of risk: every change is kept with the words before and after."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.annotations.models import Category, CategoryChange
from lawcompare.audit.services import record

WORDS = ("label", "label_km", "question", "question_km")


@transaction.atomic
def change_category(user: Any, category: Category) -> bool:
    """Store the words of a category. Returns whether any of them is new."""
    membership = membership_of(user)
    if membership is None or not may(user, "categorise"):
        raise PermissionDenied(_("Only an editor can change the kinds of risk."))
    stored = Category.objects.select_for_update().get(pk=category.pk)
    before, after = ({name: getattr(row, name) for name in WORDS} for row in (stored, category))
    if before == after:
        return False
    category.save(update_fields=WORDS)
    CategoryChange.objects.create(
        category=category, before=before, after=after, organisation=membership.organisation, by=user
    )
    record("change category", f"category/{category.code}", by=user, organisation=membership.organisation.slug)
    return True
