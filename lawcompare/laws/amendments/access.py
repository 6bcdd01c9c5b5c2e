"""Which text is another one as an act amends it, and which instruction changed which clause; as far as a reader may
know of the texts.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from lawcompare.accounts.models import VISITOR, Confirmation, Person
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Amendment, TextStatus, Version


def visible_amendments(user: Person) -> QuerySet[Amendment]:
    """Returns the amendments of which a person may see the text before, the act and the text after."""
    visible = visible_versions(user).order_by().values("pk")
    rows = Amendment.objects.filter(Q(act=None) | Q(act__in=visible), version__in=visible, base__in=visible)
    origins = "version__origin__organisation", "base__origin__organisation"
    return rows.select_related("version__law", "base__law", "act__law", "act__origin__organisation", *origins)


@dataclass(frozen=True)
class Amendments:
    """What a reader may know: the amendment that made a text, those of it, and those that it, an act, makes."""

    own: Amendment | None
    of_text: list[Amendment]
    by_act: list[Amendment]


def amendments_of(user: Person, version: Version) -> Amendments:
    """Returns the amendments of a text, by the date of the act, but for those that staff refused. One query."""
    rows = visible_amendments(user).filter(Q(version=version) | Q(base=version) | Q(act=version))
    found = sorted(rows.defer("instructions"), key=lambda one: (one.act.date if one.act else "", one.pk))
    shown = [one for one in found if not is_refused(one)]
    return Amendments(
        next((one for one in found if one.version_id == version.pk), None),
        [one for one in shown if one.base_id == version.pk],
        [one for one in shown if one.act_id == version.pk],
    )


def is_refused(one: Amendment) -> bool:
    """Returns whether staff refused the text that was made."""
    return one.version.brought_by is not None and one.version.origin.confirmation == Confirmation.REFUSED


def own_amendment(user: Person, version: Version) -> Amendment | None:
    """Returns the amendment that made a text, with its instructions. Asks nothing of texts that the program did not
    make.
    """
    if version.text_status != TextStatus.CONSOLIDATED or not version.pk:
        return None
    return visible_amendments(user).filter(version=version).first()


# --- For programs -----------------------------------------------------------------------------------------------------


def amendment_data(version: Version) -> dict[str, Any]:
    """Returns what a visitor may know of the amendments of a text, by the addresses of the texts."""
    found = amendments_of(VISITOR, version)
    own = own_amendment(VISITOR, version)
    return {
        "amends": [_reference(one) for one in found.by_act],
        "amended_by": [_reference(one) for one in found.of_text],
        "consolidates": _reference(own) | {"instructions": own.instructions} if own else None,
    }


def _reference(one: Amendment) -> dict[str, Any]:
    texts = {"base": one.base, "act": one.act, "result": one.version}
    addresses: dict[str, Any] = {name: text.address if text else "" for name, text in texts.items()}
    return addresses | {"proposed_by": one.proposed_by}
