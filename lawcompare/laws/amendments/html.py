"""Which article of an act changed a clause, as a line on the pages of texts and comparisons."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lawcompare.languages import reader_language
from lawcompare.laws.amendments.access import Instructions
from lawcompare.laws.html import as_html, joined


class InstructionLinks(Instructions):
    """The articles of an act as links to them."""

    def write(self, said: Iterable[dict[str, Any]]) -> str:
        """One line as HTML that names articles of the act; empty for none."""
        items = [self._item(one) for one in said]
        if not items:
            return ""
        words = as_html(_("Amended by the act:"))
        return joined(f'<p class="remark amended" lang="{reader_language().code}">{words} {" · ".join(items)}</p>')

    def _item(self, said: dict[str, Any]) -> str:
        place = as_html(said["act"])
        if self.act is not None and said["eid"]:
            place = f'<a href="{reverse("clause", args=[self.act.law.slug, self.act.slug, said["eid"]])}">{place}</a>'
        return f"{place} ({as_html(_('written by hand'))})" if said["by_hand"] else place
