"""Endpoints of comparisons and their pairs."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from lawcompare.api import schemas
from lawcompare.api.addresses import page_url, text_ref
from lawcompare.api.app import VISITOR, RequestRefused, get
from lawcompare.api.paging import PageNumber, page_of, page_of_numbered
from lawcompare.comparisons import access
from lawcompare.comparisons.models import ClausePair, Comparison
from lawcompare.comparisons.serialisers import pair_data
from lawcompare.laws.access import get_two_versions
from lawcompare.laws.citing.permalinks import site_root

PAIR = "/comparisons/{slug:old_law}/{slug:old_version}/with/{slug:new_law}/{slug:new_version}"
GONE = (410,)


@get(
    "/comparisons",
    schemas.PageOut[schemas.ComparisonOut],
    "page",
    tags=["comparisons"],
    summary=_("Finished comparisons, the newest text first"),
)
def comparisons(request: HttpRequest, page: PageNumber = 1) -> Any:
    done = (
        access.visible_comparisons(VISITOR).filter(finished_at__isnull=False).order_by("-new__date", "-old__date", "pk")
    )
    return page_of(request, done, page, lambda comparison: _data(request, comparison))


@get(PAIR, schemas.ComparisonOut, refuses=GONE, tags=["comparisons"], summary=_("A comparison of two texts"))
def comparison(
    request: HttpRequest,
    old_law: schemas.Slug,
    old_version: schemas.Slug,
    new_law: schemas.Slug,
    new_version: schemas.Slug,
) -> Any:
    return _data(request, _find((old_law, old_version), (new_law, new_version)))


@get(
    f"{PAIR}/pairs",
    schemas.PageOut[schemas.PairOut],
    "page",
    refuses=GONE,
    tags=["comparisons"],
    summary=_("Its pairs in reading order, with every change of their words"),
)
def pairs(
    request: HttpRequest,
    old_law: schemas.Slug,
    old_version: schemas.Slug,
    new_law: schemas.Slug,
    new_version: schemas.Slug,
    page: PageNumber = 1,
) -> Any:
    comparison = _find((old_law, old_version), (new_law, new_version))
    rows = comparison.pairs.select_related("old", "new")
    return page_of_numbered(request, rows, page, _pair_data)


def _find(old: tuple[str, str], new: tuple[str, str]) -> Comparison:
    comparison = access.find_comparison(*get_two_versions(VISITOR, old, new))
    if comparison is None:
        raise RequestRefused(404, "This comparison has not been asked for. Ask for it on its page.")
    return comparison


def _data(request: HttpRequest, comparison: Comparison) -> dict[str, Any]:
    old, new = comparison.old, comparison.new
    names = (old.law.slug, old.slug, new.law.slug, new.slug)
    data = {name: getattr(comparison, name) for name in ("engine", "edition", "state", "stats")}
    return data | {
        "finished_at": comparison.public_day if comparison.is_done else None,
        "standings": comparison.tally,
        "old": text_ref(request, old),
        "new": text_ref(request, new),
        "url": page_url(request, "comparison", *names),
        "pairs": f"{site_root(request)}/api/v1/comparisons/{names[0]}/{names[1]}/with/{names[2]}/{names[3]}/pairs",
    }


def _pair_data(pair: ClausePair) -> dict[str, Any]:
    return pair_data(pair) | {"position": pair.position}
