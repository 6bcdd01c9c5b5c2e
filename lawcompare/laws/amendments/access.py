"""Which text is another one as an act amends it, and which instruction changed which clause; as far as a reader may
know of the texts.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db.models import Q, QuerySet

from lawcompare.accounts.models import VISITOR, Confirmation, Person
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Amendment, Clause, TextStatus, Version

# A text names no more amendments that one organisation proposes, so that they bury neither it nor what stands.
PROPOSED_SHOWN = 5


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
    """Returns the amendments of a text, by the date of the act: none that staff refused, few that are proposed."""
    which = Q(version=version) | Q(base=version) | Q(act=version)
    public = {"version__published_at__isnull": False, "base__published_at__isnull": False}
    rows = Amendment.objects.filter(which, Q(act=None) | Q(act__published_at__isnull=False), **public)
    if not user.is_authenticated and not rows.exists():
        return Amendments(None, [], [])  # as of most texts; the little question spares the great one
    rows = visible_amendments(user).filter(which)
    found = sorted(rows.defer("instructions"), key=_order)
    shown, numbered = [], Counter[str]()
    for one in found:
        if not is_refused(one):
            numbered[one.proposed_by] += 1
            if not one.proposed_by or numbered[one.proposed_by] <= PROPOSED_SHOWN:
                shown.append(one)
    return Amendments(
        next((one for one in found if one.version_id == version.pk), None),
        [one for one in shown if one.base_id == version.pk],
        [one for one in shown if one.act_id == version.pk],
    )


def _order(one: Amendment) -> tuple[str, bool, datetime, str]:
    """Returns what orders amendments: by what is public alone. A key would tell which was made first."""
    public = one.version.published_at
    return one.act.date if one.act else "", public is None, public or datetime.min, one.version.address


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


def amendment_between(user: Person, old: Version, new: Version) -> Amendment | None:
    """Returns the amendment by which the one text is the other as an act amends it."""
    amendment = own_amendment(user, new)
    return amendment if amendment and amendment.base_id == old.pk else None


class Instructions:
    """For each clause that an act changed, in the text after it and in the one before, what the act says."""

    def __init__(self, amendment: Amendment | None) -> None:
        self.act = amendment.act if amendment else None
        self.changed: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        self.removed: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        self.places: dict[tuple[str, str], int] = {}
        for place, one in enumerate(amendment.instructions if amendment else ()):
            self.places.setdefault((one["act"], one["eid"]), place)
            for eids, by_eid in ((one["clauses"], self.changed), (one["removed"], self.removed)):
                for eid in eids:
                    for outer in accumulate(eid.split("__"), "{}__{}".format):
                        by_eid.setdefault(outer, {})[one["act"], one["eid"]] = one

    def of_clause(self, eid: str) -> list[dict[str, Any]]:
        """Returns the instructions that changed a clause of the text after them itself."""
        return [one for one in self.changed.get(eid, {}).values() if eid in one["clauses"]]

    def of_row(self, old: Clause | None, new: Clause | None) -> list[dict[str, Any]]:
        """Returns the instructions that made a row of the comparison of both texts, also by striking a part of it, as
        they stand in the act.
        """
        found = (self.changed.get(new.eid, {}) if new else {}) | (self.removed.get(old.eid, {}) if old else {})
        return [found[key] for key in sorted(found, key=self.places.__getitem__)]


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
