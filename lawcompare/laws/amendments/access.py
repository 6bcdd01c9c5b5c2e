"""Which text is another one as an act amends it, and which instruction changed which clause; as far as a reader may
know of the texts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from lawcompare.accounts.models import VISITOR, Confirmation, Person
from lawcompare.engine.writing.akn import Modification
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Amendment, TextStatus, Version


def visible_amendments(user: Person) -> QuerySet[Amendment]:
    """Returns the amendments of which a person may see the text before, the act and the text after."""
    visible = visible_versions(user).order_by().values("pk")
    rows = Amendment.objects.filter(Q(act=None) | Q(act__in=visible), version__in=visible, base__in=visible)
    return rows.select_related(
        *(f"{name}__law" for name in ("version", "base", "act")), "version__origin__organisation"
    )


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
    shown = [one for one in found if one.version.brought_by is None or not _is_refused(one.version)]
    return Amendments(
        next((one for one in found if one.version_id == version.pk), None),
        [one for one in shown if one.base_id == version.pk],
        [one for one in shown if one.act_id == version.pk],
    )


def _is_refused(version: Version) -> bool:
    return version.origin.confirmation == Confirmation.REFUSED


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


# By the first word of the operation the modification of Akoma Ntoso.
_MODIFICATIONS = {"strike": "repeal", "repeal": "repeal", "insert": "insertion", "add": "insertion"}
_MODIFICATIONS |= {"redesignate": "renumbering"}


def modifications_of(version: Version) -> list[Modification]:
    """Returns for Akoma Ntoso what a text, an act, changes in others, and what acts changed in it."""
    rows = visible_amendments(VISITOR).filter(Q(version=version) | Q(act=version))
    return [each for one in rows if one.act and not _is_refused_proposal(one) for each in _modifications(one, version)]


def _is_refused_proposal(one: Amendment) -> bool:
    return one.version.brought_by is not None and _is_refused(one.version)


def _modifications(one: Amendment, version: Version) -> Iterable[Modification]:
    assert one.act is not None
    is_active = one.act_id == version.pk
    for said in one.instructions:
        kind = "substitution" if said["operation"] == "strike_insert" else ""
        kind = kind or _MODIFICATIONS.get(said["operation"].partition("_")[0], "substitution")
        act = f"#{said['eid']}" if is_active else f"{one.act.frbr_uri}/!main#{said['eid']}"
        for eid in [*said["clauses"], *(said["removed"] if is_active else ())]:
            yield Modification(is_active, kind, act, f"{one.base.frbr_uri}/!main#{eid}" if is_active else f"#{eid}")
