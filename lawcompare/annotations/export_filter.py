"""Which annotations a file is asked for: ``?organisation=…&law=…&version=…&category=…&risk=…``.

The words are those of the filters on pages, ``risk``, ``category`` and ``organisation`` also more than once. A risk or
category that does not exist is refused: a file that silently held everything would be taken for the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, Category, Risk
from lawcompare.laws.models import Law

RISKS = {risk.name.lower(): risk for risk in Risk}


@dataclass(frozen=True)
class Selection:
    """What annotations are narrowed to; empty: all of them."""

    organisation: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    risk: tuple[str, ...] = ()

    def of(self, annotations: AnnotationQuerySet) -> AnnotationQuerySet:
        wanted = {
            "organisation__slug__in": self.organisation,
            "version__law__slug__in": self.law,
            "version__slug__in": self.version,
            "risk__in": [RISKS[name] for name in self.risk],
        }
        found = annotations.filter(**{field: values for field, values in wanted.items() if values})
        if not self.category:
            return found
        among = Annotation.categories.through.objects.filter(category__code__in=self.category)
        return found.filter(pk__in=among.values("annotation_id"))

    @property
    def query(self) -> str:
        """As it stands in an address, without the question mark."""
        return urlencode([(field.name, value) for field in fields(self) for value in getattr(self, field.name)])

    def said(self) -> list[str]:
        """The names of what was chosen, in the reader's language."""
        names = [str(row) for row in Organisation.objects.filter(slug__in=self.organisation)]
        names += [str(row) for row in Law.objects.filter(slug__in=self.law)]
        names += [str(row) for row in Category.objects.filter(code__in=self.category)]
        return names + [str(RISKS[name].label) for name in self.risk]


NAMES = tuple(field.name for field in fields(Selection))


def read_selection(query: QueryDict) -> Selection:
    """What an address asks for. Raises ``Http404`` with words for a risk or category that does not exist."""
    said = {
        field.name: tuple(filter(None, (value.strip().replace("\x00", "") for value in query.getlist(field.name))))
        for field in fields(Selection)
    }
    known = set(Category.objects.values_list("code", flat=True)) if said["category"] else set()
    for word in said["risk"]:
        if word not in RISKS:
            sentence = _("There is no risk “%(word)s”: low, medium, high and critical are known.")
            raise Http404(sentence % {"word": word})
    for word in said["category"]:
        if word not in known:
            raise Http404(_("There is no kind of risk “%(word)s” here.") % {"word": word})
    return Selection(**said)
