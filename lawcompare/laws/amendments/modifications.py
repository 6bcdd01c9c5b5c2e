"""What acts change in texts, as Akoma Ntoso has it; apart from ``access``, since not all who read that write XML."""

from collections.abc import Iterable

from django.db.models import Q

from lawcompare.accounts.models import VISITOR
from lawcompare.engine.writing.akn import Modification
from lawcompare.laws.amendments.access import is_refused, visible_amendments
from lawcompare.laws.models import Amendment, Version

# By the first word of the operation the modification of Akoma Ntoso.
_MODIFICATIONS = {"strike": "repeal", "repeal": "repeal", "insert": "insertion", "add": "insertion"}
_MODIFICATIONS |= {"redesignate": "renumbering"}


def modifications_of(version: Version) -> list[Modification]:
    """Returns for Akoma Ntoso what an act changes in others, but for proposals, or what acts changed in a text."""
    rows = visible_amendments(VISITOR).filter(Q(version=version) | Q(act=version))
    said = [one for one in rows if one.act and not is_refused(one)]
    said = [one for one in said if one.version_id == version.pk or not one.proposed_by]
    return [each for one in said for each in _modifications(one, version)]


def _modifications(one: Amendment, version: Version) -> Iterable[Modification]:
    assert one.act is not None
    is_active = one.act_id == version.pk
    for said in one.instructions:
        kind = "substitution" if said["operation"] == "strike_insert" else ""
        kind = kind or _MODIFICATIONS.get(said["operation"].partition("_")[0], "substitution")
        place = f"#{said['eid']}" if said["eid"] else ""
        act = place if is_active and place else f"{one.act.frbr_uri}/!main{place}"
        for eid in [*said["clauses"], *(said["removed"] if is_active else ())]:
            yield Modification(is_active, kind, act, f"{one.base.frbr_uri}/!main#{eid}" if is_active else f"#{eid}")
