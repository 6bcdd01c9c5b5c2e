"""What is printed of frozen rows is stored as HTML: it says their words alone, in no language of the interface."""

from __future__ import annotations

import re
from html import unescape
from io import StringIO
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction

from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.reading.marked_text import law_text
from lawcompare.annotations.writing.targets import set_target
from lawcompare.comparisons import triggers
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.row_html import PairWords, pair_html
from lawcompare.comparisons.stored_html import rendered_pairs
from lawcompare.laws import rendering
from lawcompare.laws import triggers as triggers_of_laws
from lawcompare.laws.models import Clause
from lawcompare.laws.rendering import RENDERER

pytestmark = pytest.mark.django_db
PAGE = "/compare/draft/old/with/draft/new/"


def words(html: str) -> str:
    """What is read of HTML."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<!--.*?-->", "", html)))


def test_the_html_of_a_clause_says_its_words(drafts):
    for clause in Clause.objects.all():
        assert words(clause.html.replace("</p><p>", "\n")) == clause.text and clause.renderer == RENDERER


def test_the_html_of_a_redline_says_the_words_of_both_texts(drafts):
    for pair in ClausePair.objects.filter(level="part").select_related("old", "new"):
        shown = words(pair.html)
        for clause in filter(None, (pair.old, pair.new)):
            assert all(word in shown for word in clause.text.split()), pair
        if pair.old and pair.new and pair.changes:
            sides = re.search(
                r'<div class="old law[^>]*>(.*?)</div>\n<div class="new law[^>]*>(.*)</div></div>', pair.html, re.S
            )
            gone = re.sub(r"<del.*?</del>", "", sides[2], flags=re.S)
            assert words(sides[1]).endswith(pair.old.text) and words(gone).endswith(pair.new.text)


def test_stored_html_holds_no_word_of_the_interface(drafts):
    stored = "".join(ClausePair.objects.values_list("html", flat=True))
    assert "<ins" in stored and "<del" in stored
    for word in ("inserted", "deleted", "unchanged paragraph", "moved; it stood"):
        assert word not in re.sub(r"<!--.*?-->", "", stored)


@pytest.mark.parametrize(("prefix", "inserted", "deleted"), [("", "inserted:", "deleted:"), ("/km", "បន្ថែម៖", "លុប៖")])
@pytest.mark.parametrize("view", ["", "?view=inline"])
def test_what_was_put_in_and_taken_out_is_announced_in_the_language_of_the_page(
    client, drafts, prefix, inserted, deleted, view
):
    page = client.get(f"{prefix}{PAGE}{view}").content.decode()
    rows = page[page.index('class="rows ') :]
    inside = re.findall(r"<ins[^>]*>(<span class=\"sr\">[^<]*</span>)?", rows)
    assert inside and all(one == f'<span class="sr">{inserted} </span>' for one in inside)
    inside = re.findall(r"<del[^>]*>(<span class=\"sr\">[^<]*</span>)?", rows)
    assert inside and all(one == f'<span class="sr">{deleted} </span>' for one in inside)
    assert "<!--" not in rows


def test_words_of_a_law_are_never_taken_for_a_placeholder(store, client, django_capture_on_commit_callbacks):
    hostile = "A <!--inserted--> of {x} & <b>y</b> <!--unchanged:9--> ends here."
    with django_capture_on_commit_callbacks(execute=True):
        store(f"## Article 1. One <!--deleted-->\n\n{hostile}\n", "old", date="2019")
        store(f"## Article 1. One <!--deleted-->\n\n{hostile} More.\n", "new", date="2020")
    page = client.get(PAGE).content.decode()
    assert rendering.INSERTED not in page and "unchanged:9--&gt;" in page
    assert hostile in words(re.sub(r'<span class="sr">.*?</span>', "", page))


def test_inline_leaves_out_the_old_side_and_loses_no_word(client, drafts):
    beside, inline = (client.get(PAGE + view).content.decode() for view in ("", "?view=inline"))
    assert 'class="old law' in beside and 'class="old law' not in inline
    gone = re.compile(r"<del[^>]*>(.*?)</del>", re.S)
    assert set(gone.findall(beside)) >= set(gone.findall(inline)) > set()


def test_a_note_is_laid_over_its_row_alone_and_stored_nowhere(client, drafts, cast):
    before = list(ClausePair.objects.order_by("pk").values_list("html", flat=True))
    plain = client.get(PAGE).content.decode()
    note = Annotation(body="Too wide.", risk=3)
    set_target(note, Clause.objects.get(version=drafts[1], eid="chp_1__art_3"), "deemed")
    annotating.submit_annotation(cast.alice, annotating.write_annotation(cast.alice, note, {}))
    annotating.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    noted = client.get(PAGE).content.decode()
    assert '<mark class="r3">deemed</mark>' in noted and "Too wide." in noted and "<mark" not in plain
    assert list(ClausePair.objects.order_by("pk").values_list("html", flat=True)) == before
    row = re.compile(r'<article class="row.*?</article>', re.S)
    changed = [one for one, other in zip(row.findall(plain), row.findall(noted), strict=True) if one != other]
    assert len(changed) == 1 and "Article 3" in changed[0]


# --- Words of another language ----------------------------------------------------------------------------------------


def clause_of(text: str, **more: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{"pk": 1, "eid": "art_1", "num": "", "heading": "", "text": text, "depth": 1, "html": ""} | more
    )


def test_names_in_a_khmer_redline_are_english_inside_what_was_put_in_and_taken_out():
    old, new = clause_of("តាម Facebook ត្រូវ", num="(a)"), clause_of("តាម Facebook Inc ត្រូវ", num="(a)", heading="អំពី VOA")
    changes = [["equal", "តាម ", ""], ["delete", "Facebook", ""], ["insert", "Facebook Inc", ""], ["equal", " ត្រូវ", ""]]
    row = PairWords("changed", "unit", clause_of("", eid="x"), clause_of("", eid="x"))
    html = pair_html(PairWords("changed", "part", old, new, changes), row, ("km", "km"))
    assert '<del><!--deleted--><span lang="en">Facebook</span></del>' in html
    assert '<ins><!--inserted--><span lang="en">Facebook Inc</span></ins>' in html
    assert '(a) </span><span class="run-in">អំពី <span lang="en">VOA</span></span>' in html
    ElementTree.fromstring(f"<x>{html}</x>")
    # In a text in English the same names say nothing; words of the other text do, where they stand in it.
    english = pair_html(PairWords("changed", "part", old, new, changes), row, ("km", "en"))
    assert "<ins><!--inserted-->Facebook Inc</ins>" in english and '<span lang="km">តាម</span>' in english


def test_a_note_on_part_of_a_name_keeps_the_words_of_the_text():
    clause = clause_of("លើ Facebook Inc និង VOA\nទៀត")
    note = SimpleNamespace(start=7, end=19, risk=3)
    html = law_text(clause, {1: [note]}, language="km")
    assert html == (
        '<p>លើ <span lang="en">Face</span><mark class="r3"><span lang="en">book Inc</span> និង</mark>'
        ' <span lang="en">VOA</span></p><p>ទៀត</p>'
    )
    assert words(html.replace("</p><p>", "\n")) == clause.text


# --- Rendering again --------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_of_frozen_rows_the_html_alone_may_change(drafts):
    clause, pair = drafts[0].clauses.first(), find_comparison(*drafts).pairs.first()
    for row in (clause, pair):
        row.html, row.renderer = "<p>anew</p>", 7
        row.save(update_fields=["html", "renderer"])
    for row, change in (
        (clause, {"text": "Other words."}),
        (clause, {"end": 99}),
        (pair, {"changes": [["insert", "x", ""]]}),
        (pair, {"reasons": [["decided", {}]]}),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(html="<p>x</p>", **change)


def test_every_column_but_the_html_is_frozen():
    for model, frozen in ((Clause, triggers_of_laws.FROZEN_CLAUSE), (ClausePair, triggers.PAIR)):
        columns = {field.column for field in model._meta.concrete_fields}
        assert columns - {name.strip('"') for name in frozen} == {"html", "renderer"}


def test_what_is_stored_is_what_is_rendered_again(drafts):
    for pair, html in rendered_pairs():
        assert pair.html == html


def test_texts_are_rendered_again_where_another_renderer_made_them(drafts, monkeypatch):
    before = list(ClausePair.objects.order_by("pk").values_list("html", flat=True))
    Clause.objects.update(html="<p>old look</p>", renderer=0)
    ClausePair.objects.update(html="<p>old look</p>", renderer=0)
    with pytest.raises(CommandError, match="run render_texts"):
        call_command("check_texts", stdout=StringIO())
    output = StringIO()
    call_command("render_texts", stdout=output)
    assert f"{Clause.objects.count()} clauses and {len(before)} redlines" in output.getvalue()
    assert list(ClausePair.objects.order_by("pk").values_list("html", flat=True)) == before
    call_command("check_texts", stdout=StringIO())
    output = StringIO()
    call_command("render_texts", stdout=output)
    assert "Rendered 0 clauses and 0 redlines" in output.getvalue()


@pytest.mark.parametrize("model", [Clause, ClausePair])
def test_html_that_says_other_words_is_reported(drafts, model):
    row = model.objects.exclude(html="").first()
    model.objects.filter(pk=row.pk).update(html=row.html.replace("e", "3", 1))
    with pytest.raises(CommandError, match="does not say its words"):
        call_command("check_texts", stdout=StringIO())


def test_a_pair_is_rendered_alike_from_the_engine_and_from_the_database(drafts):
    comparison = find_comparison(*drafts)
    for pair in comparison.pairs.filter(level="unit").select_related("old", "new"):
        assert pair.html == pair_html(PairWords.of(pair), None, (drafts[0].language, drafts[1].language))
