"""Which public pages search engines are told of: each once, with its languages and the day it last changed.

Pages behind ``?`` are left out, since they show what stands elsewhere; so is whatever a visitor may not read.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.access import visible_comparisons
from lawcompare.core.models import Statement
from lawcompare.crosswalk.access import visible_correspondences
from lawcompare.crosswalk.models import Topic
from lawcompare.laws.access import CLAUSE_PAGE_MAX, visible_laws, visible_versions
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.site.guides import GUIDES

# The protocol takes 50,000 addresses and 50 MB a file; each page is two addresses that name each other. Of so many a
# file is written in a third of a second.
PAGES_IN_FILE = 2000
# The pages that are always there, by their names.
ALWAYS = ("home", "library", "compare", "topics", "annotations", "kinds", "about", "glossary", "wanted", "api")


class _InEachLanguage:
    """Pages, each in each language, of which those of one file alone are read."""

    def __init__(self, items: Any) -> None:
        self.items, self.codes = items, [code for code, _name in settings.LANGUAGES]

    def __len__(self) -> int:
        number = self.items.count() if isinstance(self.items, QuerySet) else len(self.items)
        return number * len(self.codes)

    def __getitem__(self, part: slice) -> list[tuple[Any, str]]:
        every = len(self.codes)
        items = self.items[part.start // every : -(-part.stop // every)]
        addresses = [(item, code) for item in items for code in self.codes]
        return addresses[part.start % every :][: part.stop - part.start]


class PublicSitemap(Sitemap):
    """A kind of page in every language of the interface. The address of a page is its own method."""

    i18n = alternates = x_default = True
    limit = PAGES_IN_FILE

    def _items(self) -> Any:
        return _InEachLanguage(self.items())

    def lastmod(self, item: Any) -> date | None:
        changed = getattr(item, "last_changed", None)
        return changed.date() if changed else None

    def get_latest_lastmod(self) -> None:
        """None: the newest of a whole kind is not worth reading all of them for."""


class PageSitemap(PublicSitemap):
    def items(self) -> list[str]:
        return [*ALWAYS, *GUIDES, *(["statements"] if Statement.objects.exists() else [])]

    def location(self, item: str) -> str:
        return reverse("guide", args=[item]) if item in GUIDES else reverse(item)


class LawSitemap(PublicSitemap):
    def items(self) -> QuerySet[Law]:
        newest = visible_versions(VISITOR).filter(law=OuterRef("pk")).order_by("-published_at").values("published_at")
        return visible_laws(VISITOR).annotate(last_changed=Subquery(newest[:1])).order_by("slug")


class TextSitemap(PublicSitemap):
    def items(self) -> QuerySet[Version]:
        notes = _newest_note(version=OuterRef("pk"))
        changed = Coalesce(Greatest(notes, F("published_at")), F("published_at"))
        return visible_versions(VISITOR).standing().annotate(last_changed=changed).order_by("law__slug", "slug")


class ClauseSitemap(PublicSitemap):
    def items(self) -> QuerySet[Clause]:
        texts = visible_versions(VISITOR).standing().order_by().values("pk")
        clauses = Clause.objects.filter(version__in=texts, end__lte=F("position") + CLAUSE_PAGE_MAX)
        columns = ("eid", "version__slug", "version__published_at", "version__law__slug")
        return clauses.select_related("version__law").only(*columns).order_by(*columns[2:], "version__slug", "position")

    def lastmod(self, item: Clause) -> date | None:
        assert item.version.published_at is not None
        return item.version.published_at.date()


class ComparisonSitemap(PublicSitemap):
    """Those that are done. Two laws that are read by subject need none: see ``SubjectSitemap``."""

    def items(self) -> Any:
        done = visible_comparisons(VISITOR).filter(finished_at__isnull=False)
        changed = Greatest("finished_at", "old__published_at", "new__published_at")
        return done.annotate(last_changed=changed).order_by("old", "new")


class SubjectSitemap(PublicSitemap):
    """Two texts of different laws, read by the subjects under which their clauses answer each other."""

    def items(self) -> list[tuple[str, str, str, str]]:
        stated = (
            visible_correspondences(VISITOR).stand().exclude(subject_version__law=F("object_version__law")).order_by()
        )
        subject, answer = "subject_version", "object_version"
        columns = (f"{subject}__law__slug", f"{subject}__slug", f"{answer}__law__slug", f"{answer}__slug")
        pairs = set(stated.values_list(*columns).distinct())
        return sorted(pairs - self._compared())

    def _compared(self) -> set[tuple[str, str, str, str]]:
        columns = ("old__law__slug", "old__slug", "new__law__slug", "new__slug")
        return set(ComparisonSitemap().items().order_by().values_list(*columns))

    def location(self, item: tuple[str, str, str, str]) -> str:
        return reverse("comparison", args=item)


class NoteSitemap(PublicSitemap):
    def items(self) -> Any:
        changed = Greatest("published_at", "changed_at", "version__published_at")
        listed = Annotation.objects.listed().without_words()
        return listed.annotate(last_changed=changed).order_by("published_at", "slug")


class TopicSitemap(PublicSitemap):
    def items(self) -> QuerySet[Topic]:
        return Topic.objects.current().order_by("slug")


class ConcernSitemap(PublicSitemap):
    """What became of the concerns with a law, where it has more than one text."""

    def items(self) -> list[Law]:
        return [law for law in _with_several_texts() if self.lastmod(law)]

    def location(self, item: Law) -> str:
        return reverse("concerns", args=[item.slug])


class SideBySideSitemap(PublicSitemap):
    def items(self) -> list[Law]:
        return list(_with_several_texts())

    def location(self, item: Law) -> str:
        return reverse("versions_table", args=[item.slug])


def _newest_note(**on: Any) -> Subquery:
    notes = Annotation.objects.published().filter(**on).order_by().values(*on)
    return Subquery(notes.annotate(newest=Max(Greatest("changed_at", "version__published_at"))).values("newest"))


def _with_several_texts() -> QuerySet[Law]:
    texts = visible_versions(VISITOR).standing().filter(law=OuterRef("pk")).order_by().values("law")
    several = texts.annotate(number=Count("pk")).filter(number__gt=1)
    changed = _newest_note(version__law=OuterRef("pk"))
    return Law.objects.filter(Exists(several)).annotate(last_changed=changed).order_by("slug")


SECTIONS: dict[str, type[PublicSitemap]] = {
    "pages": PageSitemap,
    "laws": LawSitemap,
    "texts": TextSitemap,
    "clauses": ClauseSitemap,
    "comparisons": ComparisonSitemap,
    "by-subject": SubjectSitemap,
    "annotations": NoteSitemap,
    "topics": TopicSitemap,
    "concerns": ConcernSitemap,
    "side-by-side": SideBySideSitemap,
}
