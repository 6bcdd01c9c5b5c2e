"""The page on which an editor sets the words of a rendering on which a note stands."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.annotations import access
from lawcompare.annotations.renderings.forms import WordsForm
from lawcompare.annotations.renderings.services import set_words
from lawcompare.annotations.renderings.words import placed
from lawcompare.laws.access import get_version
from lawcompare.laws.renderings.translations import aligned_clauses


@login_required
def words(request: HttpRequest, slug: str, law: str, version: str) -> HttpResponse:
    """The clause of the note and the one that renders it, with the words of the latter to be chosen."""
    if not may(request.user, "import"):
        raise PermissionDenied(_("Only an editor sets the words of a note on a rendering."))
    note = access.get_published_annotation(slug)
    rendering = get_version(request.user, law, version)
    clauses = aligned_clauses([note.clause], rendering) if rendering.translates_id == note.version_id else {}
    if not clauses:
        raise Http404(_("This text does not render the clause of the note."))
    clause = clauses[note.clause_id][0]
    clause.version = rendering
    (there,) = placed({note: clause})
    initial = {"exact": there.exact, "start": there.start, "whole": not there.exact}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=initial, clause=clause)
    if request.method == "POST" and form.is_valid():
        set_words(request.user, note, clause, form.cleaned_data["exact"], form.cleaned_data["start"])
        messages.success(request, _("Saved."))
        return redirect(clause)
    context = {"note": note, "clause": clause, "form": form, "there": there}
    return render(request, "annotations/writing/rendered_words.html", context, status=400 if form.errors else 200)
