"""Staff decide on what organisations propose, as the page does."""

from __future__ import annotations

import re
from typing import Any

from lawcompare.accounts.access import act_for
from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.accounts.services import add_member
from lawcompare.site.proposals import services
from lawcompare.site.proposals.services import Proposal


def decide(staff: Any, row: Any, decision: str = "confirm") -> Any:
    """Decide on one row as staff who read it as it is now. Returns it as it is then."""
    name = next(name for name, kind in services.KINDS.items() if kind.model is type(row))
    row = type(row)._default_manager.get(pk=row.pk)
    assert services.decide(staff, name, row.pk, decision, Proposal(name, row).seen)
    return type(row)._default_manager.get(pk=row.pk)


def listed(staff: Any, *, waiting: bool = True) -> list[Proposal]:
    """What the page shows them, on all its pages."""
    return services.read(services.list_in_turns(staff, waiting=waiting))


def edits_the_site(staff: Any) -> Any:
    """Staff who act for the editors of the site from now on."""
    editors, _is_new = Organisation.objects.get_or_create(slug=EDITORS, defaults={"name": "Editors"})
    add_member(staff.email, editors, "editor")
    act_for(staff, editors.pk)
    return staff


def confirm_all(staff: Any) -> None:
    """Confirm all that waits."""
    for proposal in listed(staff):
        decide(staff, proposal.row)


def seen_in(html: str, address: str) -> str:
    """What the form that a page sends to an address says of the words it was printed under."""
    form = html.partition(f'action="{address}')[2].partition("</form>")[0]
    return re.search(r'name="seen" value="(\w+)"', form)[1]
