"""Which article of an act changed a clause, as a line on the pages of texts and comparisons."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lawcompare.languages import reader_language
from lawcompare.laws.html import as_html, joined
from lawcompare.laws.models import Amendment


class InstructionLinks:
    """For each clause that an act changed, in the text after it and in the one before, the article of the act."""

    def __init__(self, amendment: Amendment | None) -> None:
        self.act = amendment.act if amendment else None
        self.instructions: list[dict[str, Any]] = amendment.instructions if amendment else []
        self.changed: dict[str, list[dict[str, Any]]] = {}
        for one in self.instructions:
            for eid in one["clauses"]:
                self.changed.setdefault(eid, []).append(one)

    def inside(self, old: str, new: str) -> list[dict[str, Any]]:
        """The instructions that struck what stood in a clause of the text before, or changed what stands in ``new``."""
        return [
            one
            for one in self.instructions
            if any(f"{eid}__".startswith(f"{new}__") for eid in one["clauses"])
            or any(f"{eid}__".startswith(f"{old}__") for eid in one["removed"])
        ]

    def write(self, said: Iterable[dict[str, Any]]) -> str:
        """One line as HTML that names articles of the act; empty for none."""
        items = [self._item(one) for one in {(one["act"], one["eid"]): one for one in said}.values()]
        if not items:
            return ""
        words = as_html(_("Amended by the act:"))
        return joined(f'<p class="remark amended" lang="{reader_language().code}">{words} {" · ".join(items)}</p>')

    def _item(self, said: dict[str, Any]) -> str:
        place = as_html(said["act"])
        if self.act is not None and said["eid"]:
            place = f'<a href="{reverse("clause", args=[self.act.law.slug, self.act.slug, said["eid"]])}">{place}</a>'
        return f"{place} ({as_html(_('written by hand'))})" if said["by_hand"] else place
