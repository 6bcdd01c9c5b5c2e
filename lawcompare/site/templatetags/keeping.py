"""Which pages of a text are kept on a reader's device."""

import json
from collections.abc import Iterable

from django import template
from django.urls import reverse

from lawcompare.laws.models import Version
from lawcompare.laws.reading.version_page import VersionPage

register = template.Library()


@register.simple_tag
def pages_to_keep(version: Version, pages: Iterable[VersionPage]) -> list[str]:
    """Returns the addresses of all pages of a text, and of the page that lists what is kept."""
    address = version.get_absolute_url()
    return [address, *(f"{address}?page={page.number}" for page in pages if page.number > 1), reverse("offline")]


@register.filter
def as_json(addresses: list[str]) -> str:
    return json.dumps(addresses or [])
