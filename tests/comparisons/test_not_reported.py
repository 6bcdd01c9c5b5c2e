"""What the reports on a text leave out is “not reported” in every form, and never deleted; nor new what they add."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.html import strip_tags

from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.exports import paragraphs_of
from lawcompare.comparisons.models import Comparison
from lawcompare.engine.writing.report import Redline
from lawcompare.laws.models import Version
from lawcompare.memos.items import MemoReader
from lawcompare.memos.models import ItemKind, MemoItem
from lawcompare.sharing.excerpts import row_excerpt
from tests.engine.test_write_docx import body_of
from tests.office import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]

LAW = "kh-cybercrime"
PAIR = f"/compare/{LAW}/2020-08-en/with/{LAW}/2024-leak-en"
KHMER = f"/km/compare/{LAW}/2020-08-km/with/{LAW}/2024-leak-km"
LONG = f"/compare/{LAW}/2012-v1-en/with/{LAW}/2020-08-en"
# Words of clauses that one text alone is reported to have.
ONLY_OLD, ONLY_NEW = "A service provider is", "defamation is an offence"
MARKED = re.compile(r"<(ins|del)\b[^>]*>(.*?)</\1>", re.S)


def page_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def rows_of(html: str) -> str:
    """The rows of a page, without the notes beside them, which may propose words of their own."""
    return re.sub(r"<aside.*?</aside>", "", html[html.index('class="rows') :], flags=re.S)


@pytest.mark.parametrize("view", ["", "?view=inline", "?view=list"])
def test_no_view_marks_what_is_not_reported_as_put_in_or_taken_out(client, demonstration, view):
    html = page_of(client, f"{PAIR}/{view}")
    shown = rows_of(html) if view != "?view=list" else html[html.index('class="change-list') :]
    assert ONLY_OLD in strip_tags(shown) and ONLY_NEW in strip_tags(shown)
    assert not MARKED.findall(shown), "a paraphrase is not redlined"
    assert not {"Deleted:", "Inserted:"} & set(re.findall(r"\w+:", strip_tags(shown)))
    assert "ot reported in the new text" in shown and "irst reported" in shown


def test_the_fold_and_the_minor_changes_hide_no_words_that_are_not_reported(client, demonstration):
    shown = re.sub(r'<details class="fold">.*?</details>', "", page_of(client, f"{PAIR}/"), flags=re.S)
    for name in ("Defamation", "Article 1. Purpose", "Article 3. Definitions", "Scope", "Real-time collection"):
        assert re.search(rf"<header><h3>[^\n]*{name}", shown), name
    assert not re.search(r"<header><h3>[^\n]*Identity theft", shown)
    folds = re.findall(r"<summary>(.*?)</summary>", page_of(client, f"{PAIR}/"), re.S)
    assert any("4 clauses of which no words are known, not reported in the new text" in one for one in folds)
    assert "First reported" in page_of(client, f"{LONG}/") and "Theft" in rows_of(page_of(client, f"{LONG}/"))
    assert "intended to stimulate sexual desire" in page_of(client, f"{PAIR}/?noise=hide")
    html = rows_of(page_of(client, f"{LONG}/"))
    assert "hinder the sovereignty" in html and not MARKED.findall(html)
    assert "Split into Article 40 and Article 45." in html and "Words taken out: 130" not in html


@pytest.mark.parametrize(("address", "not_reported", "nothing"), [
    (PAIR, "[not reported in the new text] Article 3. Definitions", "Nothing in this file is tracked as deleted"),
    (LONG, "[first reported] Article 3. Definitions", "Nothing in this file is tracked as deleted"),
    (KHMER, "[មិនមានក្នុងរបាយការណ៍អំពីអត្ថបទថ្មី] មាត្រា ៣. និយមន័យ", "គ្មានអ្វីត្រូវបានកត់ត្រាថាជាការលុប"),
])  # fmt: skip
def test_the_word_file_tracks_nothing_and_opens_with_it(client, demonstration, address, not_reported, nothing):
    body = body_of(client.get(f"{address}.docx").content)
    tags = {element.tag.rpartition("}")[2] for element in body.iter() if isinstance(element.tag, str)}
    assert not tags & {"del", "delText", "ins", "moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart"}
    paragraphs = ["".join(one.itertext()) for one in body.iterfind("{*}p")]
    assert not_reported in paragraphs
    assert any(nothing in words for words in paragraphs[:6])


def test_files_keep_what_stands_in_a_clause_and_give_no_share_for_what_is_not_reported(demonstration, client):
    comparison = Comparison.objects.get(old__slug="2012-v1-en", new__slug="2020-08-en")
    lines = ["".join(words for _op, words in one.runs) for one in paragraphs_of(comparison)]
    head = next(number for number, line in enumerate(lines) if line.startswith("Article 28"))
    assert [line[:3] for line in lines[head + 2 : head + 7]] == ["(1)", "(2)", "(3)", "(4)", "(5)"]
    assert any(" · in plain words · " in line for line in lines)
    rows = cells_of(client.get(f"{PAIR}.xlsx").content, 1)
    shares = {row[3]: row[5] for row in rows if len(row) > 5}
    assert shares["not reported in the new text"] == shares["first reported"] == ""


def test_a_card_and_a_memo_mark_nothing_of_what_is_not_reported(client, demonstration):
    shared = page_of(client, f"/embed{PAIR}/old-art_3/")
    assert ONLY_OLD in shared and not MARKED.findall(shared) and "do not mention it" in shared
    old, new = (Version.objects.get(law__slug=LAW, slug=slug) for slug in ("2020-08-en", "2024-leak-en"))
    item = MemoItem(kind=ItemKind.CHANGE, old=old, new=new, old_eid="art_3", new_eid="")
    shown = MemoReader(AnonymousUser()).read_today([item])[0]
    redline = next(block for block in shown.blocks if isinstance(block, Redline))
    words = [(op, words) for one in redline.paragraphs for op, words in one.runs]
    assert words and {op for op, _words in words} == {"label", "only-old"}


def test_data_interference_is_not_insult_on_the_page_and_in_the_table_of_all_drafts(client, demonstration):
    comparison = find_comparison(*Version.objects.filter(slug__in=["2012-v1-en", "2024-leak-en"]).order_by("date"))
    assert comparison is not None
    pairs = comparison.pairs.filter(level="unit")
    assert pairs.get(old__num="Article 24").standing == "not-in-new"
    assert pairs.get(new__eid="art_nn_insult").standing == "not-in-old"
    pages = [page_of(client, f"/laws/{LAW}/versions/?page={number}") for number in (1, 2)]
    lines = [strip_tags(line) for page in pages for line in page.split("<tbody>")[1].split("<tr>")]
    assert not [line for line in lines if "Data Interference" in line and "Insult" in line]
    assert any("not reported in this text" in line and "Data Interference" in line for line in lines)
    assert any("not reported in the base" in line and "Insult" in line for line in lines)


def test_a_split_whose_parts_have_no_number_is_not_called_unchanged(client, demonstration):
    address = f"/compare/{LAW}/2012-v1-en/with/{LAW}/2024-leak-en/?view=list"
    shown = " ".join(strip_tags(page_of(client, address)).split())
    rows = shown[shown.index("Article 28 → Defamation split") :]
    assert "Split into Defamation and False information." in rows
    assert "Unchanged." not in shown and "split, 0 % of the words" not in shown


def test_a_card_of_a_split_tells_which_words_are_of_which_text(demonstration):
    excerpt = row_excerpt(LAW, "2012-v1-en", LAW, "2024-leak-en", "art_nn_defamation")
    words = "".join(words for _op, words in excerpt.runs)
    assert words.startswith("Old text: Whoever is responsible") and words.count("Old text:") == 1
    assert "New text: As reported by VOA, defamation" in words
