"""Staff decide on what organisations propose, as the page does."""

from __future__ import annotations

from typing import Any

from lawcompare.site.proposals import services
from lawcompare.site.proposals.services import Proposal


def decide(staff: Any, row: Any, decision: str = "confirm") -> Any:
    """Decide on one row as staff who read it as it is now. Returns it as it is then."""
    name = next(name for name, kind in services.KINDS.items() if kind.rows().model is type(row))
    row = type(row)._default_manager.get(pk=row.pk)
    assert services.decide(staff, name, row.pk, decision, Proposal(name, row).seen)
    return type(row)._default_manager.get(pk=row.pk)


def confirm_all(staff: Any) -> None:
    """Confirm all that waits."""
    for proposal in services.waiting(staff):
        decide(staff, proposal.row)
