"""Setting the words of a rendering on which a note stands, and taking them back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_that_may
from lawcompare.annotations.models import Annotation, RenderedWords
from lawcompare.annotations.writing.targets import set_target
from lawcompare.core.log.services import record
from lawcompare.laws.models import Clause


@transaction.atomic
def set_words(user: Any, annotation: Annotation, clause: Clause, exact: str, start: int | None) -> None:
    """Set the words of ``clause``, which renders the note's own, on which the note stands; empty: the whole clause.

    Raises TargetError where they are not there, PermissionDenied.
    """
    membership = membership_that_may(user, "import", _("Only an editor sets the words of a note on a rendering."))
    place = Annotation()
    set_target(place, clause, exact, start)
    RenderedWords.objects.update_or_create(
        annotation=annotation,
        version=clause.version,
        defaults={
            "clause": clause,
            "of_exact": annotation.exact,
            "exact": place.exact,
            "start": place.start,
            "end": place.end,
            "organisation": membership.organisation,
            "by": user,
        },
    )
    record("mark rendering", f"annotation/{annotation.slug}", by=user, organisation=membership.organisation.slug)
