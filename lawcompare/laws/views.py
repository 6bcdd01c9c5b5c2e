"""Pages for reading: the library, a law, a version, a clause; their JSON, and a version as a file."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override

from lawcompare.accounts.access import may
from lawcompare.accounts.models import Person
from lawcompare.core.page_cache.public import public
from lawcompare.engine.writing import akn, markdown, text
from lawcompare.languages import columns_of
from lawcompare.laws import access
from lawcompare.laws.amendments.access import amendments_of
from lawcompare.laws.amendments.modifications import modifications_of
from lawcompare.laws.citing import check_pin, site_root
from lawcompare.laws.documents import values_with_source, whole_document
from lawcompare.laws.editing.services import may_edit
from lawcompare.laws.models import Clause, Jurisdiction, Law, LawKind, TextStatus, TranslationReview, Version
from lawcompare.laws.plain_words.services import plain_words_of
from lawcompare.laws.reports import too_much
from lawcompare.laws.serialisers import clause_data, version_data
from lawcompare.laws.timeline.services import changeable_events, draw, of_kind, visible_events, without_too_many
from lawcompare.laws.translations.services import comparable, families, label_of, set_translations, translation_among
from lawcompare.laws.version_page import lay_out, set_inside, set_lines
from lawcompare.laws.wanted import later_known, later_notice

# Those of which readers are told: what is merely proposed makes no page ask more.
_REVIEWS = Prefetch("reviews", TranslationReview.objects.stand().select_related("organisation"))


@public()
def library(request: HttpRequest) -> HttpResponse:
    versions = access.visible_versions(request.user).prefetch_related(_REVIEWS).order_by("date", "slug")
    shelves: dict[str, list[Law]] = {"drafts": [], "us": [], "treaties": [], "cambodia": []}
    shown = Prefetch("versions", queryset=versions, to_attr="shown")
    for law in access.visible_laws(request.user).prefetch_related(shown, "wanted", "changes"):
        unread = access.unread_of_law(law, law.shown)
        law.about_proposal = access.proposed_by(unread, access.ABOUT)  # type: ignore[attr-defined]
        law.titled = access.titled(law.name, access.proposed_by(unread, access.TITLE))  # type: ignore[attr-defined]
        law.shown = families(law.shown)
        if law.kind == LawKind.DRAFT and law.jurisdiction == Jurisdiction.CAMBODIA:
            shelves["drafts"].append(law)
        elif law.jurisdiction == Jurisdiction.UNITED_STATES:
            shelves["us"].append(law)
        elif law.kind == LawKind.TREATY or law.jurisdiction == Jurisdiction.INTERNATIONAL:
            shelves["treaties"].append(law)
        else:
            shelves["cambodia"].append(law)

    def known(law: Law) -> int:
        return len(law.shown)  # type: ignore[attr-defined]

    shelves["drafts"].sort(key=lambda law: sum(not text.unchecked_of for text in law.shown), reverse=True)  # type: ignore[attr-defined]
    rows = []
    for name, laws in shelves.items():
        seen = list(filter(known, laws))
        texts = [version.shown for law in seen for version in law.shown]  # type: ignore[attr-defined]
        # What all texts of a shelf are is said once.
        said = {(text.is_published, text.get_text_status_display(), label_of(text)) for text in texts}
        is_same = len(said) == 1 and texts[0].is_published and name != "drafts"
        status = " · ".join(filter(None, said.pop()[1:])) if is_same else ""
        if laws:
            rows.append((name, seen, [law for law in laws if not known(law)], status))
    return render(request, "laws/library.html", {"shelves": rows})


@public("kind")
def law(request: HttpRequest, law: str) -> HttpResponse:
    requested = access.get_law(request.user, law)
    visible = access.visible_versions(request.user)
    of_law = visible.filter(law=requested)
    versions = families(of_law.prefetch_related(_REVIEWS).order_by("date", "slug"))
    # Each after the one before it, but for what another organisation brought and staff have not confirmed.
    steps = [
        (text, next((one for one in versions[:place][::-1] if one.unchecked_of in (None, text.brought_by)), None))
        for place, text in enumerate(versions)
    ]
    changeable = set(changeable_events(request.user, requested).values_list("pk", flat=True))
    events = without_too_many(visible_events(request.user, requested), changeable)
    shown = {version.pk: version.shown for version in versions}  # type: ignore[attr-defined]
    for event in events:
        event.shown = [shown.get(text.pk, text) for text in event.shown]
    listed, kinds = of_kind(events, request.GET.get("kind"))
    unread = access.unread_of_law(requested)
    proposal = access.proposed_by(unread, access.TITLE)
    context: dict[str, Any] = {
        "law": requested,
        "titled": access.titled(requested.name, proposal),
        "title_proposal": proposal,
        "about_proposal": access.proposed_by(unread, access.ABOUT),
        "versions": [version.shown for version in versions],  # type: ignore[attr-defined]
        "steps": steps,
        "events": listed,
        "event_kinds": kinds,
        "is_filtered": listed is not events,
        "picture": draw([event for event in events if event.stands]),
        "may_edit": may_edit(request.user, requested),
        "may_add_events": may(request.user, "import"),
        "changeable": changeable,
    }
    made = [version for version in context["versions"] if version.text_status != TextStatus.CONSOLIDATED]
    if len(versions) > 1:
        settled = [version for version in made if not version.unchecked_of]
        old, new = next(texts for texts in (settled, made, context["versions"]) if len(texts) > 1)[-2:]
        context |= {"old_chosen": old.address, "new_chosen": new.address, "newest": (old, new)}
    return render(request, "laws/law.html", context)


@public("page", "at", "text", "beside")
def version(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """A version, or the page of it that ``?page=`` or ``?at=<eid>`` names."""
    text_version, others = access.get_version_among(request.user, law, version)
    request.texts = (text_version, *others)  # type: ignore[attr-defined]
    check_pin(request.GET.get("text"), text_version)
    layout = lay_out(text_version)
    if eid := request.GET.get("at"):
        page = layout.page_of(access.get_clause(request.user, law, version, eid).position)
    else:
        page = layout.pages[Paginator(layout.pages, 1).get_page(request.GET.get("page")).number - 1]
    clauses = access.clauses_where(text_version, Q(position__gte=page.start, position__lt=page.end))
    translation = translation_among(text_version, others)
    set_translations(clauses, translation)
    context = {
        "version": text_version,
        "translation": translation,
        "beside": translation is not None and request.GET.get("beside") == "yes",
        **layout.context(page),
        "clauses": clauses,
        "lines": set_lines(clauses),
        "others": others,
        "comparable": comparable(text_version, others),
        "amendments": amendments_of(request.user, text_version),
        **later_notice(text_version, others),
    }
    return render(request, "laws/version.html", context)


@public("text", "beside")
def clause(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """A clause with what stands inside and above it."""
    clauses, place, others = access.get_clause_in_place(request.user, law, version, eid)
    requested, inside = clauses[place], clauses[place:]
    request.texts = (requested.version, *others)  # type: ignore[attr-defined]
    check_pin(request.GET.get("text"), requested.version)
    if len(clauses) > access.CLAUSE_PAGE_MAX:
        return redirect(f"{requested.version.get_absolute_url()}?at={eid}")
    translation = translation_among(requested.version, others)
    set_translations(inside, translation)
    context = {
        "clause": requested,
        "plain": plain_words_of(request.user, requested.version).get(requested.pk),
        "may_tell_plainly": may(request.user, "import"),
        "translation": translation,
        # Who reads a text in its own language is not sent the letters of another, unless it is asked for.
        "beside": translation is not None
        and (
            requested.version.translates_id is not None
            or translation.language == get_language()
            or request.GET.get("beside") == "yes"
        ),
        "version": requested.version,
        "others": others,
        "comparable": comparable(requested.version, others),
        **later_notice(requested.version, others),
        "counted": _counted(requested, translation),
        # Beside words of a translation that nobody of the site read stands nothing that was said of its original.
        "said_of": [each if requested.version.unchecked_of else _counted(each, translation) for each in inside],
        "clauses": inside,
        "lines": set_inside(requested, inside),
        "above": clauses[:place],
    }
    return render(request, "laws/clause.html", context)


def _counted(clause: Clause, translation: Version | None) -> Clause:
    """Returns the clause of which other apps speak: that of the original, where this one stands in a translation."""
    originals = getattr(clause, "in_other_language", ())
    if translation is None or clause.version.translates_id != translation.pk or not originals:
        return clause
    return originals[0]


def of_whole_text(write: Callable[[HttpRequest, Version], HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates what writes all of a text. Of long ones that no cache has, a reader is given so many in an hour."""

    @wraps(write)
    def answer(request: HttpRequest, law: str, version: str) -> HttpResponse:
        text_version = access.get_version(request.user, law, version)
        clauses = text_version.clauses.all()
        return too_much(request, text_version.clause_count, clauses) or write(request, text_version)

    return answer


@public()
@of_whole_text
def version_json(request: HttpRequest, text_version: Version) -> JsonResponse:
    clauses = _clauses_data(request.user, text_version, text_version.clauses.all())
    return JsonResponse(version_data(text_version) | {"clauses": clauses})


@public()
def clause_json(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    requested = access.get_clause(request.user, law, version, eid)
    inside = requested.version.clauses.filter(position__gte=requested.position, position__lt=requested.end)
    if refusal := too_much(request, requested.end - requested.position, inside):
        return refusal
    clauses = _clauses_data(request.user, requested.version, inside)
    return JsonResponse({"version": version_data(requested.version), "clauses": clauses})


def _clauses_data(user: Person, version: Version, clauses: QuerySet[Clause]) -> list[dict[str, Any]]:
    plain = plain_words_of(user, version)
    return [clause_data(row, row.parent__eid, plain.get(row.pk)) for row in values_with_source(clauses)]


# --- A version as a file ----------------------------------------------------------------------------------------------


AKN = "application/akn+xml"
MARKDOWN = "text/markdown; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@public()
@of_whole_text
def version_akn(request: HttpRequest, text_version: Version) -> HttpResponse:
    with override("en"):
        status = str(text_version.get_text_status_display())
    written = akn.write(
        whole_document(text_version),
        frbr_uri=text_version.law.frbr_uri,
        date=text_version.date_in_address,
        author=str(text_version.unchecked_of or settings.SITE_NAME),
        is_official=text_version.text_status == TextStatus.OFFICIAL and not text_version.unchecked_of,
        modifications=modifications_of(text_version),
        # What the words are and where they come from, in English, as other programs' readers will see it.
        provenance={
            "text_status": text_version.text_status,
            "text_status_words": status,
            "source": text_version.source_url,
            "became_public": text_version.became_public,
            "note": text_version.note,
            "pages_read": pages_read(text_version),
            "corrected": _superseded(text_version, site_root(request)),
        },
    )
    return _as_file(written, AKN, text_version, "akn.xml")


@public()
@of_whole_text
def version_markdown(request: HttpRequest, text_version: Version) -> HttpResponse:
    """A version as Markdown that can be imported again."""
    return _as_file(
        markdown.write(whole_document(text_version), front_matter(text_version)), MARKDOWN, text_version, "md"
    )


@public()
@of_whole_text
def version_text(request: HttpRequest, text_version: Version) -> HttpResponse:
    """A version as plain text, below its title, status, date and source."""
    names = ("date", "became_public", "source_url", "frbr_uri", "note")
    lines = [
        text_version.title,
        str(text_version.get_text_status_display()),
        *(getattr(text_version, name) for name in names),
        pages_read(text_version),
        _superseded(text_version, site_root(request)),
        *(f"A later text is publicly known: {later}" for later in later_known(text_version)),
    ]
    head = "\n".join(filter(None, lines))
    return _as_file(f"{head}\n\n{text.write(whole_document(text_version))}", TEXT, text_version, "txt")


def _superseded(version: Version, root: str) -> str:
    """That the text was corrected, and where the newer ones are; empty where it was not. For visitors, in English."""
    addresses = [root + later.get_absolute_url() for later in access.corrections_of(AnonymousUser(), version)]
    return f"This text was corrected: {', '.join(addresses)}" if addresses else ""


def pages_read(version: Version) -> str:
    """How many pages of a text recognised from pictures a person read, in English; empty for other texts."""
    total = version.pages_total
    return f"{version.pages_proofread or 0} of {total} pages read by a person" if total else ""


def _as_file(content: bytes | str, media_type: str, version: Version, suffix: str) -> HttpResponse:
    name = f"{version.law.slug}--{version.slug}.{suffix}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


def front_matter(version: Version) -> dict[str, Any]:
    """Returns the front matter of a version's Markdown, from which an import makes the same version of the same law."""
    law = version.law
    of_version = (
        "language", "date", "text_status", "became_public", "became_public_on", "source_url", "articles_total",
        "chapters_total", "pages_total", "pages_proofread", "warnings_open", "note",
    )  # fmt: skip
    return {
        "law": law.slug,
        "version": version.slug,
        "title": version.title,
        "proposed_by": str(version.unchecked_of or ""),
        "short_title": version.short_title,
        "law_title": law.title,
        "law_title_by": access.proposal_of_law(law, of=access.TITLE),
        **{name: getattr(law, name) for name in columns_of("title")[1:]},
        "jurisdiction": law.jurisdiction,
        "kind": law.kind,
        "law_date": law.date,
        "organisation": law.organisation,
        **{name: getattr(version, name) for name in of_version},
    }
