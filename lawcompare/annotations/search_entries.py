"""Published annotations in the search index; no others are put there."""

from collections.abc import Collection, Iterator
from html import unescape

from django.db import transaction
from django.utils.html import strip_tags
from django.utils.translation import override

from lawcompare.annotations.html import render_body
from lawcompare.annotations.models import Annotation
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish, hold
from lawcompare.core.translations.texts import in_other_languages, normalised
from lawcompare.languages import DEFAULT
from lawcompare.laws.models import Version
from lawcompare.search import services as search
from lawcompare.search.models import EntryKind


@transaction.atomic
def index_annotation(number: int) -> None:
    """Put the public words of an annotation into the index, or take it out where it is not public.

    The row is read anew: the object in hand may hold words that nobody has reviewed.
    """
    # Held: who withdraws it meanwhile waits, and takes out what is put in here.
    list(Annotation.objects.select_for_update(no_key=True).filter(pk=number).values_list("pk"))
    published = Annotation.objects.published().select_related("organisation", "clause__version__law").filter(pk=number)
    annotation = published.prefetch_related("categories").first()
    if annotation is not None:
        search.put(EntryKind.ANNOTATION, annotation.slug, list(_findables(annotation)))
        return
    for slug in Annotation.objects.filter(pk=number).values_list("slug", flat=True):
        search.take_out(EntryKind.ANNOTATION, slug)


def run_indexing(version: Version, report: Report) -> None:
    """What a worker does to index a text, and the annotations on it, which are public only once the text is."""
    entries = list(search.entries_of(version)) if version.is_published else []
    with transaction.atomic():
        search.index_clauses(version, entries)
        # What was read before it was asked for anew, as where words were taken back, does not stay (``LostClaim``).
        if version.index_job is not None:
            hold(version.index_job)
    # Also those that are public no more, so that none stays; each by itself: nobody who withdraws one waits for all.
    for number in Annotation.objects.filter(version=version).exclude(published_at=None).values_list("pk", flat=True):
        index_annotation(number)
    with transaction.atomic():
        if version.index_job is not None:
            finish(version.index_job)


def index_all_annotations() -> int:
    """Index every published annotation anew. Returns how many."""
    search.take_out_all(EntryKind.ANNOTATION)
    numbers = list(Annotation.objects.published().values_list("pk", flat=True))
    for number in numbers:
        index_annotation(number)
    return len(numbers)


def index_annotations_with_bodies(bodies: Collection[str]) -> None:
    """Index the published annotations with these bodies, whose words in another language changed."""
    wanted = set(bodies)
    for number, body in list(Annotation.objects.published().order_by("pk").values_list("pk", "body")):
        if normalised(body) in wanted:
            index_annotation(number)


def _findables(annotation: Annotation) -> Iterator[search.Findable]:
    """Yields a note as it was written, and in each language in which its body is rendered."""
    words = [_plain(annotation.body_html), annotation.proposed_text]
    yield _findable(annotation, "\n".join(filter(None, words)))
    for language, body in in_other_languages(annotation.body).items():
        yield _findable(annotation, _plain(render_body(body)), language)


def _plain(html: str) -> str:
    return unescape(strip_tags(html)).strip()


def _findable(annotation: Annotation, text: str, language: str = "") -> search.Findable:
    with override(language or DEFAULT.code):
        restating = annotation.restating
    return search.Findable(
        kind=EntryKind.ANNOTATION,
        key=annotation.slug,
        title=restating,
        text=text,
        language=language,
        clause=annotation.clause,
        organisation=annotation.organisation,
        risk=annotation.risk,
        categories=[category.code for category in annotation.categories.all()],
    )
