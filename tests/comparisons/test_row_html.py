"""The HTML of clauses and rows: it says their words alone, and names what is of another language."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.annotations import services as annotating
from lawcompare.annotations.html import MarkedRun, law_text
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.html import FOLDED_MIN, DiffParagraph, cut_paragraphs, heading_line, part_html
from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.rows import RowPair, heads_of, with_words
from lawcompare.laws.models import Clause

pytestmark = pytest.mark.django_db
HEARD = r'<span class="sr">.*?</span>'
PAGE = "/compare/draft/old/with/draft/new/"


def words(html: str) -> str:
    """What is read of HTML."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<!--.*?-->", "", html)))


def test_the_html_of_a_redline_says_the_words_of_both_texts(drafts):
    for pair in ClausePair.objects.filter(level="part").select_related("old", "new", "row__old", "row__new"):
        html = part_html(pair, pair.row, ("en", "en"))
        shown = words(html)
        for clause in filter(None, (pair.old, pair.new)):
            assert all(word in shown for word in clause.text.split()), pair
        if pair.old and pair.new and pair.changes:
            sides = re.search(
                r'<div class="old law[^>]*>(.*?)</div>\n<div class="new law[^>]*>(.*)</div></div>', html, re.S
            )
            old, new = re.sub(HEARD, "", sides[1]), re.sub(f"<del.*?</del>|{HEARD}", "", sides[2], flags=re.S)
            assert words(old).endswith(pair.old.text) and words(new).endswith(pair.new.text)


def test_a_row_is_drawn_alike_from_columns_and_from_objects(drafts):
    comparison = find_comparison(*drafts)
    heads = heads_of(comparison)
    rows = with_words(comparison, heads, [pair.pk for pair in heads], only_near=False)
    stored = comparison.pairs.select_related("old", "new", "row__old", "row__new").in_bulk()
    assert sum(1 + len(row.parts) for row in rows) == len(stored)
    for row in rows:
        assert heading_line(row.pair, "new", "en") == heading_line(stored[row.pair.pk], "new", "en")
        for part in row.parts:
            whole = stored[part.pk]
            assert part_html(part, row.pair, ("en", "en")) == part_html(whole, whole.row, ("en", "en"))


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


def test_words_of_a_law_are_never_taken_for_markup(store, client, django_capture_on_commit_callbacks):
    hostile = "A <!--inserted--> of {x} & <b>y</b> <!--unchanged:9--> ends here."
    with django_capture_on_commit_callbacks(execute=True):
        store(f"## Article 1. One <!--deleted-->\n\n{hostile}\n", "old", date="2019")
        store(f"## Article 1. One <!--deleted-->\n\n{hostile} More.\n", "new", date="2020")
    page = client.get(PAGE).content.decode()
    assert "<!--inserted-->" not in page and "unchanged:9--&gt;" in page
    assert hostile in words(re.sub(r'<span class="sr">.*?</span>', "", page))


def test_inline_leaves_out_the_old_side_and_loses_no_word(client, drafts):
    beside, inline = (client.get(PAGE + view).content.decode() for view in ("", "?view=inline"))
    assert 'class="old law' in beside and 'class="old law' not in inline
    gone = re.compile(r"<del[^>]*>(.*?)</del>", re.S)
    assert set(gone.findall(beside)) >= set(gone.findall(inline)) > set()


def test_a_note_is_laid_over_its_row_alone(client, drafts, cast):
    plain = client.get(PAGE).content.decode()
    note = Annotation(body="Too wide.", risk=3)
    set_target(note, Clause.objects.get(version=drafts[1], eid="chp_1__art_3"), "deemed")
    annotating.submit_annotation(cast.alice, annotating.write_annotation(cast.alice, note, {}))
    annotating.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    noted = client.get(PAGE).content.decode()
    assert '<mark class="r3">deemed</mark>' in noted and "Too wide." in noted and "<mark" not in plain
    row = re.compile(r'<article class="row.*?</article>', re.S)
    changed = [one for one, other in zip(row.findall(plain), row.findall(noted), strict=True) if one != other]
    assert len(changed) == 1 and "Article 3" in changed[0]


def clause_of(text: str, **more: object) -> SimpleNamespace:
    return SimpleNamespace(**{"pk": 1, "eid": "art_1", "num": "", "heading": "", "text": text, "depth": 1} | more)


def pair_of(old: SimpleNamespace, new: SimpleNamespace, changes: list[list[str]]) -> RowPair:
    return RowPair(1, 1, "part", "changed", "changed", False, None, 1.0, old, new, changes=changes)


def test_names_in_a_khmer_redline_are_english_inside_what_was_put_in_and_taken_out():
    old, new = clause_of("តាម Facebook ត្រូវ", num="(a)"), clause_of("តាម Facebook Inc ត្រូវ", num="(a)", heading="អំពី VOA")
    changes = [["equal", "តាម ", ""], ["delete", "Facebook", ""], ["insert", "Facebook Inc", ""], ["equal", " ត្រូវ", ""]]
    row, part = pair_of(clause_of("", eid="x"), clause_of("", eid="x"), []), pair_of(old, new, changes)
    html = re.sub(HEARD, "", part_html(part, row, ("km", "km")))
    assert '<del><span lang="en">Facebook</span></del>' in html
    assert '<ins><span lang="en">Facebook Inc</span></ins>' in html
    assert '(a) </span><span class="run-in">អំពី <span lang="en">VOA</span></span>' in html
    ElementTree.fromstring(f"<x>{html}</x>")
    # In a text in English the same names say nothing; words of the other text do, where they stand in it.
    english = re.sub(HEARD, "", part_html(part, row, ("km", "en")))
    assert "<ins>Facebook Inc</ins>" in english and '<span lang="km">តាម</span>' in english


def test_a_note_on_part_of_a_name_keeps_the_words_of_the_text():
    clause = clause_of("លើ Facebook Inc និង VOA\nទៀត")
    note = SimpleNamespace(start=7, end=19, risk=3)
    html = law_text(clause, {1: [note]}, language="km")
    assert html == (
        '<p>លើ <span lang="en">Face</span><mark class="r3"><span lang="en">book Inc</span> និង</mark>'
        ' <span lang="en">VOA</span></p><p>ទៀត</p>'
    )
    assert words(html.replace("</p><p>", "\n")) == clause.text


def test_marking_overlapping_words_weighs_each_note_a_few_times_however_many_there_are():
    weighed = []
    note_class = type("Note", (SimpleNamespace,), {"risk": property(lambda note: weighed.append(note) or 3)})
    old, new = clause_of("word " * 40), clause_of("word " * 40, pk=2)
    notes = {1: [note_class(start=place, end=place + 100, slug="a") for place in range(100)]}
    row = pair_of(old, new, [["equal", old.text, ""]])
    for html in (law_text(old, notes, language="en"), part_html(row, row, ("en", "en"), notes, is_inline=True)):
        assert html.count("<mark") == 199
    assert 200 <= len(weighed) < 400


def test_the_rows_of_a_table_are_a_table_in_which_a_note_ends_with_its_cell(client, store):
    clause = clause_of("Note:\tof fees\nPort\tShip\tFee\nNorth\tBrig\t5")
    note = SimpleNamespace(start=14, end=24, risk=3)  # "Port", "Ship"
    table = "<tr><td>{}</td><td>{}</td><td>Fee</td></tr><tr><td>North</td><td>Brig</td><td>5</td></tr></table></div>"
    plain, marked = law_text(clause, None, "1. ", "en"), law_text(clause, {1: [note]}, "1. ", "en")
    assert plain.startswith("<p>1. Note:\tof fees</p><div") and plain.endswith(table.format("Port", "Ship"))
    mark = '<mark class="r3">{}</mark>'
    assert marked.endswith(table.format(mark.format("Port"), mark.format("Ship")))
    stored = store("## Article 1\n\nFees:\n\n| Port | Ship | Fee |\n|---|---|---|\n| North | Brig | 5 |\n", "fees")
    assert "<td>Brig</td>" in client.get(stored.clauses.get().get_absolute_url()).content.decode()


ADDRESS = "/compare/draft/old/with/draft/new/?view=list"


def read(client, address: str = ADDRESS) -> str:
    response = client.get(address)
    assert response.status_code == 200 and not response.cookies
    return re.search(r'<ol class="change-list">.*?</ol>', response.content.decode(), re.S)[0]  # type: ignore[index]


def test_each_change_is_said_in_words_and_marked_and_what_is_unchanged_is_one_line(client, drafts):
    page = re.sub(r"\s+", " ", strip_tags(read(client)))
    assert "(1) Instead of 1,000,000 it says 10,000,000" in page
    assert "after “fine is from 100,000 riel to”" in page
    page = read(client)
    assert '<del lang="en">1,000,000</del>' in page and '<ins lang="en">10,000,000</ins>' in page
    assert "Article 1" in read(client, ADDRESS + "&show=all")


RUNS = st.lists(
    st.builds(MarkedRun, st.sampled_from(["equal", "insert", "delete"]), st.text("ab\n", min_size=1, max_size=8)),
    max_size=30,
)


def every(paragraphs: list[DiffParagraph]) -> list[DiffParagraph]:
    return [one for paragraph in paragraphs for one in (paragraph.inside or [paragraph])]


@given(RUNS)
def test_no_word_is_lost_and_no_change_is_folded(runs: list[MarkedRun]):
    def words(runs: list[MarkedRun]) -> str:
        return "".join(run.text for run in runs).replace("\n", "")

    assert words([run for one in every(cut_paragraphs(runs)) for run in one.runs]) == words(runs)
    for paragraph in cut_paragraphs(runs):
        assert all(one.is_quiet for one in paragraph.inside)
        assert not paragraph.inside or len(paragraph.inside) >= FOLDED_MIN


def test_paragraphs_beside_a_change_and_annotated_words_stay_in_sight():
    runs = [MarkedRun("equal", "\n".join("abcdefgh") + "\n"), MarkedRun("insert", "new")]
    shown = cut_paragraphs(runs)
    assert [[run.text for run in paragraph.runs] for paragraph in shown] == [["a"], [], ["h"], ["new"]]
    assert len(shown[1].inside) == 6
    runs = [MarkedRun("equal", "a\nb\n"), MarkedRun("equal", "c", "", 3), MarkedRun("equal", "\nd\ne")]
    assert not any(paragraph.inside for paragraph in cut_paragraphs(runs))
