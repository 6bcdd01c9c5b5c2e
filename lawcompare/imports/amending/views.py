"""An amending act in the browser: which act on which text, and the review page with each instruction."""

import re
from dataclasses import replace
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from lawcompare.accounts.responses import number_of, takes_long_forms
from lawcompare.core.numbers import unseal
from lawcompare.engine.amend import Change, Outcome, Words
from lawcompare.engine.amend.base import Base, Refusal
from lawcompare.engine.diff import diff
from lawcompare.engine.document import UNIT_ELEMENTS, Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.structure.corrections import CorrectionError
from lawcompare.engine.wording.amending import outcome_message, words_of
from lawcompare.imports import access
from lawcompare.imports.amending import services
from lawcompare.imports.corrections import Conflict, Review, load_reading, review_of
from lawcompare.imports.models import CorrectionKind, ImportDraft
from lawcompare.imports.review_page.services import note_presence, others_present
from lawcompare.imports.upload.services import take_in
from lawcompare.imports.upload.views import editors_only, render_waiting
from lawcompare.languages import in_every_language
from lawcompare.laws.access import visible_versions
from lawcompare.laws.formatting import LOCALE
from lawcompare.laws.html import changed, joined, marked, redline
from lawcompare.laws.models import Version
from lawcompare.laws.services import ImportRefused, check_file

# Changes of one instruction that the page shows; it may strike every clause of a law.
CHANGES_MAX = 40
# Letters of all changes that a page shows.
LETTERS_MAX = 200_000
# A list of clauses to choose from has no more; of a longer text the articles alone.
CLAUSES_MAX = 2000
# Clauses that speak of being in force of which it is asked whether they are the act's own, which stand at its end.
SAID_MAX = 100
# The last uploads that are offered; which of them are acts is read while the page is made.
UPLOADS_MAX = 20
# How like a title must be to the name by which an act calls the law that it amends.
LIKENESS = 80  # of a hundred
COMMENCEMENT = re.compile(
    r"(?:comes?|came|enters?) into force|takes? effect|effective date|ចូលជាធរមាន|ការប្រញាប់", re.IGNORECASE
)


# --- Which act on which text ------------------------------------------------------------------------------------------


@takes_long_forms
@editors_only
def start(request: HttpRequest) -> HttpResponse:
    """Choose the text and the act: one that is here, an upload that was read, or a file."""
    asked = request.POST or request.GET
    problem = ""
    if request.method == "POST":
        try:
            return _begin(request)
        except EngineError as refused:
            problem = str(refused)
    texts = list(visible_versions(request.user).order_by("law", "date", "slug"))
    files = access.drafts_of(request.user).filter(version=None, amends=None).exclude(reading="")
    uploads = {file: laws for file in files[:UPLOADS_MAX] if (laws := services.laws_named(file)) is not None}
    chosen = unseal(asked.get("upload", ""), "importdraft")
    upload = next((file for file in uploads if file.pk == chosen), None)
    named = uploads[upload] if upload else []
    context = {
        "texts": texts,
        "uploads": uploads,
        "base": asked.get("base", "") or next((text.address for text in texts if is_named(text, named)), ""),
        "act": asked.get("act", ""),
        "upload": upload,
        "named": named,
        "is_missing": bool(named) and not any(is_named(text, named) for text in texts),
        "problem": problem,
    }
    return render(request, "imports/amending/start.html", context, status=400 if problem else 200)


def _begin(request: HttpRequest) -> HttpResponse:
    versions = visible_versions(request.user)
    by_address = {text.address: text for text in versions}
    base, act = (by_address.get(request.POST.get(name, "")) for name in ("base", "act"))
    if base is None:
        raise ImportRefused(_("Choose the text that the act amends."))
    file = request.FILES.get("file")
    if file is None:
        number = unseal(request.POST.get("upload", ""), "importdraft")
        upload = access.drafts_of(request.user).filter(pk=number, amends=None).first() if number else None
    else:
        check_file(str(file.name), file.size or 0)
        act, upload = None, take_in(request.user, file.read(), str(file.name), amends=base.address)[0]
        if not upload.reading:
            return redirect(upload)  # its page says that it is an act, once it is read
    if act is None and (upload is None or not upload.reading):
        raise ImportRefused(_("Choose the amending act: a text, an upload, or a file."))
    return redirect(services.start_amending(request.user, base, act, None if act else upload))


def is_named(text: Version, names: list[str]) -> bool:
    """Whether an act that names these laws may mean this text."""
    titles = [title.lower() for title in (*in_every_language(text.law, "title").values(), text.title)]
    return any(
        name.lower() in title or title in name.lower() or fuzz.ratio(name.lower(), title) > LIKENESS
        for name in names
        for title in titles
        if title
    )


# --- The review page --------------------------------------------------------------------------------------------------


@editors_only
def review(request: HttpRequest, number: int) -> HttpResponse:
    """The instructions of an act with what became of each; a form decides on one."""
    draft = access.get_draft(request.user, number)
    if draft.version is not None or draft.amends_id is None:
        return redirect("import_about", number)
    if not draft.is_open:
        return render_waiting(request, draft)
    if request.method != "POST":
        return _render(request, draft)
    names = ("target", "kind", "clause", "key", "num", "heading", "text", "seen", "reason", "revision")
    typed = {name: request.POST.get(name, "") for name in names}
    place = number_of(typed["target"].removeprefix("i"))
    if typed["kind"] == "open":  # the words of the clause that was chosen
        asked = {"open": typed["target"], "key": typed["clause"]}
        asked |= {"show": "undecided"} if request.GET.get("show") else {}
        return redirect(f"{request.path}?{urlencode(asked)}#c-i{place or 0}")
    try:
        row = _decide(request, draft, -1 if place is None else place, typed)
    except Conflict as conflict:
        draft.refresh_from_db()
        return _render(request, draft, typed, _("Somebody decided on this instruction since."), conflict)
    except CorrectionError as refused:
        return _render(request, draft, typed, str(refused))
    note_presence(request.user, draft, row.clause)
    show = "&show=undecided" if request.GET.get("show") else ""
    return redirect(f"{request.path}?stored=decide&at={row.target}{show}#c-{row.target}")


def _decide(request: HttpRequest, draft: ImportDraft, place: int, typed: dict[str, str]) -> Any:
    kind, values = typed["kind"], dict[str, Any]()
    if kind == "skip-others":
        kind, values = CorrectionKind.SKIP, {"places": services.of_other_laws(review_of(draft))}
        place = values["places"][0] if values["places"] else -1
    elif kind == CorrectionKind.TARGET:
        values = {"target": typed["clause"]}
    elif kind == CorrectionKind.OUTCOME:
        words = [typed[name].strip() for name in ("num", "heading", "text")]
        is_there = 0 <= place < len(review_of(draft).states)
        seen = services.words_seen(draft, place, typed["key"]) if is_there else None
        if seen is None:
            raise CorrectionError(_("Choose the clause whose words you write."))
        if words == [seen.num, seen.heading, seen.text]:
            raise CorrectionError(_("Nothing was changed."))
        values = {"key": typed["key"], "seen": [seen.num, seen.heading, seen.text], "words": words}
    revision = number_of(typed["revision"]) or 0
    return services.decide(request.user, draft, place, kind, values, typed["reason"], revision)


def _render(
    request: HttpRequest,
    draft: ImportDraft,
    typed: dict[str, str] | None = None,
    problem: str = "",
    conflict: Conflict | None = None,
) -> HttpResponse:
    reviewed = review_of(draft)
    states = reviewed.states
    open_ = [at for at, one in enumerate(states) if services.is_undecided(one)]
    only_open = request.GET.get("show") == "undecided"
    opened = number_of((typed or {}).get("target", request.GET.get("open", "")).removeprefix("i"))
    at = opened if opened is not None else number_of(request.GET.get("at", "").removeprefix("i"))
    at = at if at is not None and at < len(states) else None
    places = sorted({*open_, *([] if at is None else [at])}) if only_open else list(range(len(states)))
    pages = Paginator(places, settings.CLAUSES_PER_PAGE)
    number = request.GET.get("page") or (1 if at is None else places.index(at) // pages.per_page + 1)
    page = pages.get_page(number)
    on_page = places[page.start_index() - 1 : page.end_index()] if places else []
    rows = list(draft.corrections.select_related("by", "undone_by").order_by("-number"))
    undone = [row for row in rows if not row.is_active]
    language = draft.amends.language  # type: ignore[union-attr]
    positions = {clause.eid: at for at, clause in enumerate(load_reading(draft.reading).clauses)}
    context = {
        "draft": draft,
        "language": language,
        "act": services.act_of(draft),
        "why_private": services.why_private(draft),
        "before": services.carried_out_before(request.user, draft),
        "total": len(states),
        "executed": sum(not services.is_undecided(one) and one.decided != "skip" for one in states),
        "skipped": sum(one.decided == "skip" for one in states),
        "undecided": open_,
        "of_others": len(services.of_other_laws(reviewed)),
        "only_open": only_open,
        "kept": "&show=undecided" if only_open else "",
        "page": page,
        "rows": _rows(reviewed, on_page, language, positions),
        "panel": _panel(request, draft, opened, typed) if opened is not None and opened < len(states) else None,
        "problem": problem,
        "done": conflict.corrections if conflict else (),
        "corrections": rows,
        "active_count": len(rows) - len(undone),
        "last_made": next((row.number for row in rows if row.is_active), ""),
        "last_undone": max((row.undone_in, row.number) for row in undone)[1] if undone else "",
        "others": others_present(request.user, draft),
        "commencement": _commencement(load_reading(draft.original), reviewed),
    }
    status = 409 if conflict else 400 if problem else 200
    return render(request, "imports/amending/review.html", context, status=status)


def _rows(reviewed: Review, places: list[int], language: str, positions: dict[str, int]) -> list[dict[str, Any]]:
    """The instructions of a page; ``positions`` are those of the clauses in the text before."""
    rows, room = [], LETTERS_MAX
    for place in places:
        outcome = reviewed.outcome(place)
        changes = _in_order([one for one in outcome.changes if one.old != one.new], positions)
        letters = accumulate(len(_lines(one.old)) + len(_lines(one.new)) for one in changes[:CHANGES_MAX])
        ends = [end for end in letters if end <= room]
        room -= ends[-1] if ends else 0
        rows.append(_row(place, outcome, language, changes[: len(ends)], len(changes) - len(ends)))
    return rows


def _row(place: int, outcome: Outcome, language: str, changes: list[Change], left_out: int) -> dict[str, Any]:
    sentence = outcome_message(LOCALE, outcome) if outcome.decided in ("", "target", "stale") else ""
    if outcome.decided == "skip":  # which of the instructions of one sentence it is
        sentence = " → ".join(filter(None, words_of(outcome.instruction).values()))
    target = outcome.cite(LOCALE) or ""
    return {
        "key": f"i{place}",
        "outcome": outcome,
        "said": outcome.instruction.says,
        "sentence": sentence,
        "target": "" if target in sentence else target,
        "is_undecided": services.is_undecided(outcome),
        "changes": [(one, _redline(one, language)) for one in changes],
        "left_out": left_out,
    }


def _in_order(changes: list[Change], positions: dict[str, int]) -> list[Change]:
    """Changes with each provision that was struck where it stood, not before all others."""
    placed, place = [], -1
    for change in sorted(changes, key=lambda one: one.new is None):
        place = positions.get(change.key, place)  # what is put in stands after what is before it in the list
        placed.append((place, change))
    return [change for _place, change in sorted(placed, key=lambda one: one[0])]


def _redline(change: Change, language: str) -> str:
    found = diff(_lines(change.old), _lines(change.new), language=language).changes
    return joined(redline("".join(changed(one.op, marked(one.text, language)) for one in found)))


def _lines(words: Words | None) -> str:
    if words is None:
        return ""
    head = " ".join(filter(None, (words.num, words.heading)))
    return ("\n" if words.heading else " ").join(filter(None, (head, words.text)))


def _panel(request: HttpRequest, draft: ImportDraft, place: int, typed: dict[str, str] | None) -> dict[str, Any]:
    """The form for one instruction: the clause that it means, and the words of a clause after it."""
    outcome = review_of(draft).outcome(place)
    base = load_reading(draft.reading)
    clauses = [clause for clause in base.clauses if clause.element in UNIT_ELEMENTS]
    if len(base.clauses) <= CLAUSES_MAX:
        clauses = list(base.clauses)
    first = next((one.key for one in services.with_instruction(draft, place).outcome(place).changes if one.new), "")
    first = first or _clause_named(base, outcome)
    key = (typed or {}).get("key") or request.GET.get("key") or (typed or {}).get("clause") or first
    words = services.words_seen(draft, place, key) if key else None
    fields = {"num": words.num, "heading": words.heading, "text": words.text} if words else {}
    return {
        "key": f"i{place}",
        "clauses": clauses,
        "takes_target": outcome.instruction.takes_target,
        "clause_key": key,
        "words": words,
        "typed": fields | {"clause": key, "reason": ""} | ({k: v for k, v in (typed or {}).items() if v} or {}),
    }


def _clause_named(base: Document, outcome: Outcome) -> str:
    """The address of the clause that an instruction names, where its words are not; else empty."""
    try:
        return Base.of(base).resolve(replace(outcome.targets[0], part="")).eid if outcome.targets else ""
    except Refusal:
        return ""


def _commencement(act: Document, reviewed: Review) -> list[str]:
    """What the act says of when it is in force, which is shown and not carried out; not what it puts into the text."""
    said = [one for one in act.clauses if COMMENCEMENT.search(one.text)][-SAID_MAX:]
    read = map(reviewed.outcome, range(len(reviewed.kept) if said else 0))
    put_in = "\n".join("".join(one.instruction.says.split()) for one in read)
    own = (one for one in said if "".join(one.text.split()) not in put_in)
    return [f"{one.num} {one.text}".strip() for one in own][:5]
