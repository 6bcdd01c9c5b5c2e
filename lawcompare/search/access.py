"""What may be asked of the search: limits, the length of a question, the values of filters."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Organisation
from lawcompare.accounts.rate_limits import allow
from lawcompare.engine.document import LANGUAGES
from lawcompare.laws.models import Version
from lawcompare.search.models import EntryKind, SearchEntry
from lawcompare.search.query.find import Filters
from lawcompare.search.query.question import CHARACTERS_MAX

MINUTE = 60


class QuestionRefused(BadRequest):
    """A question that cannot be answered; the message is the sentence for its reader."""


def public_versions() -> list[Version]:
    """Returns the versions that are searched: public ones that stand, with their laws, whoever asks."""
    standing = Version.objects.published().standing().select_related("law")
    return list(standing.order_by("law__title", "date", "slug"))


def may_search(request: HttpRequest) -> bool:
    """Counts a question and returns whether it is within the limit of this minute."""
    return allow(request, "search", settings.SEARCHES_PER_MINUTE, per=MINUTE)


def read_text(asked: QueryDict) -> str:
    """Returns the question. Raises ``QuestionRefused`` where it is too long."""
    text = asked.get("q", "").replace("\x00", " ")
    if len(text) > CHARACTERS_MAX:
        raise QuestionRefused(
            _("A question has at most %(most)s characters; this one has more.") % {"most": CHARACTERS_MAX}
        )
    return text


def read_filters(asked: QueryDict, versions: Sequence[Version]) -> Filters:
    """Returns the filters chosen. Raises ``QuestionRefused`` for a value that the index does not have."""
    filters = Filters(**{name: asked.get(name, "") for name in Filters.__dataclass_fields__})
    for name, value in filters.chosen().items():
        if not _is_known(name, value, versions):
            raise QuestionRefused(_("There is nothing to filter by under this name: %(value)s") % {"value": value[:40]})
    return filters


def _is_known(name: str, value: str, versions: Sequence[Version]) -> bool:
    if name == "kind":
        return value in EntryKind.values
    if name == "language":
        return value in LANGUAGES
    if name == "law":
        return value in {version.law.slug for version in versions}
    if name == "risk":
        return value in {"0", "1", "2", "3", "4"}
    if "\x00" in value or " " in value:
        return False
    entries = SearchEntry.objects.of_texts(versions).filter(kind=EntryKind.ANNOTATION)
    if name == "category":
        return entries.filter(categories__contains=f" {value} ").exists()
    return Organisation.objects.filter(slug=value, pk__in=entries.values("organisation")).exists()
