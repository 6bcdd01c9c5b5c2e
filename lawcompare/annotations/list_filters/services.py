"""Filters of the workspace's lists: what the address asks for, else what the person chose last.

GET never writes: a filter is kept when its form is sent, which leads to the list with the filter in its address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import transaction

from lawcompare.accounts.models import KeptFilter

# By list, the names that its filter has in an address.
LISTS: dict[str, tuple[str, ...]] = {
    "mine": ("status", "law", "risk"),
    "waiting": ("waiting_law", "waiting_risk"),
    "carrying": ("show",),
    "suggestions": ("source", "target"),
}
VALUE_MAX = 200


@dataclass(frozen=True)
class ListFilter:
    """What a list is narrowed to, by name; ``is_kept``: the address asks for nothing, this was chosen before."""

    place: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_kept: bool = False

    def __bool__(self) -> bool:
        return bool(self.values)

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def query(self) -> str:
        """As it stands in an address, without the question mark."""
        return urlencode(self.values)


def list_filters(user: Any, query: Mapping[str, str], *places: str) -> list[ListFilter]:
    """Returns the filter of each of these lists. One query, or none where the address names a filter for each."""
    asked = {place: chosen_of(place, query) for place in places if any(name in query for name in LISTS[place])}
    kept: dict[str, dict[str, str]] = {}
    if len(asked) < len(places):
        kept = dict(KeptFilter.objects.filter(user_id=user.pk, place__in=places).values_list("place", "values"))
    return [
        ListFilter(place, asked[place])
        if place in asked
        else ListFilter(place, chosen_of(place, kept.get(place, {})), is_kept=True)
        for place in places
    ]


def chosen_of(place: str, query: Mapping[str, str]) -> dict[str, str]:
    """Returns the names of a list's filter that have a value."""
    values = {name: str(query.get(name, ""))[:VALUE_MAX].strip() for name in LISTS[place]}
    return {name: value for name, value in values.items() if value}


@transaction.atomic
def keep_filter(user: Any, place: str, query: Mapping[str, str]) -> ListFilter:
    """Keep what the person narrows a list to, until they choose anew; nothing chosen clears it."""
    chosen = chosen_of(place, query)
    if chosen:
        KeptFilter.objects.update_or_create(user_id=user.pk, place=place, defaults={"values": chosen})
    else:
        KeptFilter.objects.filter(user_id=user.pk, place=place).delete()
    return ListFilter(place, chosen)
