"""Correcting a draft: each step kept, undone and made again; two people at once lose nothing."""

import re

import pytest
from django.core.cache import cache

from lawcompare.engine.document import Clause, Document, Furniture, ReadingWarning
from lawcompare.engine.structure.corrections import Correction, CorrectionError, apply_corrections
from lawcompare.imports import corrections
from lawcompare.imports.models import ImportCorrection, ImportDraft
from lawcompare.imports.review_page import services
from lawcompare.imports.review_page.layout import lay_out
from lawcompare.laws.models import Origin
from tests.conftest import OLD_DRAFT
from tests.processor_time import at_most

pytestmark = pytest.mark.django_db

# c0 Chapter 1, c1 Article 1, c2 Article 2 (without text), c3 Article 4
REASON = "The print says so."


def words(draft) -> list[tuple[str, str, str]]:
    draft.refresh_from_db()
    return [(c.num, c.heading, c.text) for c in corrections.corrected(draft).document.clauses]


def post(editor, draft, **fields):
    draft.refresh_from_db()
    fields = {"revision": draft.revision, "as_is": "1"} | fields
    return editor.post(f"{draft.get_absolute_url()}correct/", fields)


def form_of(draft, key: str, **changed: str) -> dict[str, str]:
    clause = corrections.corrected(draft).clause(key)
    typed = {name: getattr(clause, name) for name in ("num", "element", "heading", "text")}
    return typed | {"target": key, "kind": "words", "reason": REASON, "as_is": ""} | changed


def test_what_does_not_fit_is_said_and_what_was_typed_is_still_there(editor, hand_in, subtests):
    draft = hand_in()
    for fields, sentence in (
        ({"num": "Article 3", "reason": " "}, "Say why"),
        ({}, "Nothing was changed"),
        ({"num": "Article 3", "kind": "join"}, "Keep those first"),
        ({"kind": "split", "at": "0", "as_is": "1"}, "both sides of the split must have words"),
        ({"kind": "split", "at": "abc", "as_is": "1"}, "both sides of the split must have words"),
        ({"kind": "level-in", "target": "c0", "as_is": "1"}, "no clause before it"),
        ({"kind": "join", "target": "c77", "as_is": "1"}, "no longer there"),
        ({"kind": "aside", "until": "c1", "as_is": "1"}, "stands before the first"),
        ({"kind": "aside", "target": "c1", "until": "c99", "as_is": "1"}, "no longer there"),
        ({"kind": "kinds", "target": "c1", "element": "section", "as_is": "1"}, "First choose the last clause"),
        ({"kind": "numbering", "target": "c1", "as_is": "1"}, "begins with no number"),
    ):
        with subtests.test(fields=fields):
            response = post(editor, draft, **form_of(draft, "c3", **fields))
            html = response.content.decode()
            assert response.status_code == 400 and sentence in html
            assert "num" not in fields or 'value="Article 3"' in html
            assert not ImportCorrection.objects.exists()


def test_every_kind_of_mend_is_made_by_its_button_with_the_usual_reason(editor, hand_in):
    draft = hand_in()
    post(editor, draft, target="c2", kind="level-in")
    post(editor, draft, target="c2", kind="level-out")
    text = corrections.corrected(draft).clause("c3").text
    post(editor, draft, target="c3", kind="split", at=str(text.index("data")))
    assert words(draft)[4] == ("", "", "data for 180 days.")
    post(editor, draft, target="m3", kind="join")
    assert words(draft)[3][2] == "A provider keeps\ndata for 180 days." or words(draft)[3][2] == text
    post(editor, draft, target="c2", kind="aside")
    assert [num for num, _heading, _text in words(draft)] == ["Chapter 1", "Article 1", "Article 4"]
    assert ImportCorrection.objects.count() == 5
    joined = ImportCorrection.objects.get(kind="join")
    assert joined.reason_text == "The reader had cut one clause in two."


def test_an_earlier_mend_is_undone_where_nothing_rests_on_it_and_else_refused(editor, hand_in, cast):
    draft = hand_in()
    post(editor, draft, **form_of(draft, "c1", heading="Entry"))
    post(editor, draft, **form_of(draft, "c3", heading="Duties"))
    post(editor, draft, **form_of(draft, "c1", heading="Entries"))
    with pytest.raises(CorrectionError, match="Correction 3 depends on correction 1"):
        corrections.undo(cast.eve, draft, 1)
    corrections.undo(cast.eve, draft, 2)
    assert words(draft)[3][1] == "Duties of providers" and words(draft)[1][1] == "Entries"
    page = editor.post(f"{draft.get_absolute_url()}undo/", {"correction": "1"}, follow=True)
    assert "depends on correction 1" in page.content.decode()


@pytest.mark.both_databases
def test_undo_and_redo_restore_exactly_and_say_when_there_is_nothing(editor, hand_in):
    draft = hand_in()
    for step in ("undo", "redo"):
        page = editor.post(f"{draft.get_absolute_url()}{step}/", follow=True)
        assert page.status_code == 200 and "There is nothing to" in page.content.decode()
    draft = hand_in()
    before = words(draft)
    post(editor, draft, target="c2", kind="join")
    after = words(draft)
    assert after != before
    editor.post(f"{draft.get_absolute_url()}undo/")
    assert words(draft) == before
    editor.post(f"{draft.get_absolute_url()}redo/")
    assert words(draft) == after
    assert draft.revision == 3


def test_two_people_mend_different_clauses_without_noticing(editor, hand_in, cast, fern):
    draft = hand_in()
    corrections.make_correction(fern, draft, "words", "c1", {"heading": "Entry"}, REASON, 0)
    assert post(editor, draft, **form_of(draft, "c3", num="Article 3"), revision=0).status_code == 302
    assert [words(draft)[1][1], words(draft)[3][0]] == ["Entry", "Article 3"]


@pytest.mark.both_databases
def test_of_two_who_mend_one_clause_the_second_is_shown_both_and_decides(editor, hand_in, cast, fern):
    draft = hand_in()
    typed = form_of(draft, "c1", heading="Unlawful access")
    corrections.make_correction(fern, draft, "words", "c1", {"heading": "Entry"}, "As printed on page 3.", 0)
    response = post(editor, draft, **typed, revision=0)
    html = response.content.decode()
    assert response.status_code == 409
    assert "As printed on page 3." in html and "f…@e….org" in html and 'value="Unlawful access"' in html
    assert words(draft)[1][1] == "Entry"
    assert post(editor, draft, **typed).status_code == 302
    assert words(draft)[1][1] == "Unlawful access"
    assert ImportCorrection.objects.count() == 2


@pytest.mark.both_databases
@pytest.mark.parametrize("htmx", [False, True], ids=["a page", "htmx"])
def test_two_tabs_of_one_person_lose_nothing(editor, hand_in, htmx):
    draft = hand_in()
    clause = f"{draft.get_absolute_url()}clause/c1/" if htmx else f"{draft.get_absolute_url()}?correct=c1"
    tabs = [editor.get(clause, headers={"HX-Request": "true"} if htmx else {}).content.decode() for _tab in range(2)]
    assert all('name="revision" value="0"' in tab for tab in tabs)
    first, second = form_of(draft, "c1", heading="Entry"), form_of(draft, "c1", text="Whoever enters is fined.")
    assert post(editor, draft, **first, revision=0).status_code == 302
    response = post(editor, draft, **second, revision=0)
    html = response.content.decode()
    assert response.status_code == 409 and "You changed this clause yourself in another tab or window" in html
    assert "Somebody else" not in html and "</b> Entry</p>" in html and ">\nWhoever enters is fined.</textarea>" in html
    assert words(draft)[1][1:] == ("Entry", "Whoever enters a computer without right is punished.")
    assert post(editor, draft, **second | {"heading": "Entry"}).status_code == 302
    assert words(draft)[1][1:] == ("Entry", "Whoever enters is fined.")


def test_one_tab_goes_on_after_its_own_corrections_undoing_and_a_form_sent_twice(editor, hand_in):
    draft = hand_in()

    def save(**changed: str):
        page = editor.get(f"{draft.get_absolute_url()}?correct=c1").content.decode()
        revision = re.search(r'name="target" value="c1">\s*<input type="hidden" name="revision" value="(\d+)"', page)
        return editor.post(
            f"{draft.get_absolute_url()}correct/", form_of(draft, "c1", **changed) | {"revision": revision[1]}
        )

    for heading in ("Entry", "Entering", "Access"):
        assert save(heading=heading).status_code == 302
        draft.refresh_from_db()
    editor.post(f"{draft.get_absolute_url()}undo/")
    editor.post(f"{draft.get_absolute_url()}redo/")
    draft.refresh_from_db()
    assert save(kind="level-in", target="c2", as_is="1").status_code == 302
    again = post(editor, draft, **form_of(draft, "c1"), revision=1)
    assert again.status_code == 400 and "Nothing was changed." in again.content.decode()
    assert f'name="revision" value="{draft.revision}"' in again.content.decode()
    assert words(draft)[1][1] == "Access"


def test_words_typed_in_a_tab_where_another_button_was_pressed_are_not_lost(editor, hand_in):
    draft = hand_in()
    typed = form_of(draft, "c2", heading="Listening", kind="join")
    post(editor, draft, target="c2", kind="level-in")
    response = post(editor, draft, **typed, revision=0)
    html = response.content.decode()
    assert response.status_code == 409 and 'value="Listening"' in html and "Keep number, heading and words" in html
    post(editor, draft, **typed | {"kind": "words"})
    assert words(draft)[2][1] == "Listening"


def test_a_clause_that_was_joined_away_meanwhile_is_reported(editor, hand_in, cast, fern):
    draft = hand_in()
    typed = form_of(draft, "c2", heading="Listening")
    corrections.make_correction(fern, draft, "join", "c2", {"into": "text", "glue": " "}, "", 0)
    response = post(editor, draft, **typed, revision=0)
    assert response.status_code in (400, 409)
    assert "no longer there" in response.content.decode()


def test_they_see_each_other(client, hand_in, cast, fern):
    draft = hand_in()
    services.note_presence(fern, draft, "Article 4")
    client.force_login(cast.eve)
    html = client.post(f"{draft.get_absolute_url()}here/", {"revision": "0"}).content.decode()
    assert "f…@e….org is here, at Article 4." in html and "eve" not in html
    corrections.make_correction(fern, draft, "words", "c1", {"heading": "Entry"}, REASON, 0)
    html = client.post(f"{draft.get_absolute_url()}here/", {"revision": "0"}).content.decode()
    assert "was changed since" in html
    assert "f…@e….org is here" in client.get(draft.get_absolute_url()).content.decode()


def test_warnings_are_checked_one_by_one_by_correcting_or_all_at_once(editor, hand_in):
    draft = hand_in()
    first = corrections.warning_keys(draft)[0]
    editor.post(f"{draft.get_absolute_url()}warnings/", {"warning": first})
    draft.refresh_from_db()
    assert (draft.unchecked_count, draft.warnings_checked) == (1, [first])
    editor.post(f"{draft.get_absolute_url()}warnings/", {"warning": "77"})
    post(editor, draft, **form_of(draft, "c3", num="Article 3"))
    draft.refresh_from_db()
    assert draft.unchecked_count == 0
    second = hand_in("Article 1. A\nText.\n\nArticle 3. B\nText.\n\nArticle 9. C\nText.\n")
    editor.post(f"{second.get_absolute_url()}warnings/", {"warning": "all"})
    second.refresh_from_db()
    assert second.unchecked_count == 0


def test_an_organisation_changes_so_much_in_an_hour(editor, hand_in, settings, fern):
    cache.clear()
    draft, settings.CORRECTIONS_PER_HOUR = hand_in(), 2
    for typed in ("One.", "Two."):
        assert post(editor, draft, **form_of(draft, "c3", text=typed)).status_code == 302
    refused = post(editor, draft, **form_of(draft, "c3", text="Three."))
    assert refused.status_code == 400 and "Go on a little later" in refused.content.decode()
    with pytest.raises(CorrectionError):
        corrections.undo(fern, draft)
    checked = editor.post(f"{draft.get_absolute_url()}warnings/", {"warning": "all"}, follow=True)
    assert "Go on a little later" in checked.content.decode()
    assert words(draft)[3][2] == "Two."


def test_the_form_of_one_clause_comes_alone_or_in_its_place(editor, hand_in):
    draft = hand_in()
    address = f"{draft.get_absolute_url()}clause/c3/"
    alone = editor.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in alone and 'name="target" value="c3"' in alone
    page = editor.get(address, follow=True).content.decode()
    assert re.search(r'id="panel-c3">\s*<form', page)
    assert editor.get(f"{draft.get_absolute_url()}clause/c99/", headers={"HX-Request": "true"}).status_code == 404


def test_a_contents_table_that_was_set_aside_comes_back_with_one_button(editor, hand_in):
    lines = ["Law on Notices", "", "Contents", "", "Article 1 Aim", "Article 2 Scope", "Article 3 Duties", ""]
    for number, title in enumerate(("Aim", "Scope", "Duties"), 1):
        lines += [f"Article {number}", title, f"The words of article {number}."]
    draft = hand_in("\n".join(lines).encode())
    page = editor.get(draft.get_absolute_url())
    assert "a table of contents is set aside" in page.content.decode() and "Bring back" in page.content.decode()
    assert len(words(draft)) == 3
    response = post(editor, draft, kind="bring-back", target="c0", name="table-of-contents")
    assert response.status_code == 302
    headings = [(num, heading) for num, heading, _text in words(draft)]
    assert headings[:4] == [("Article 1", "Aim"), ("Article 2", "Scope"), ("Article 3", "Duties"), ("Article 1", "Aim")]
    assert "Bring back" not in editor.get(draft.get_absolute_url()).content.decode()
    editor.post(f"{draft.get_absolute_url()}undo/")
    assert len(words(draft)) == 3
    refused = post(editor, draft, kind="bring-back", target="c0", name="page-number")
    assert refused.status_code == 400 and "nothing of that kind" in refused.content.decode()


def test_many_warnings_of_a_kind_are_folded_and_equal_ones_one_line_with_their_count(editor, hand_in):
    lines = []
    for number in range(1, 30, 2):  # each number skips one
        lines += [f"Article {number}. Matter {number}", "", "Words of it.", ""]
    draft = hand_in("\n".join(lines))
    assert draft.warning_count == 14
    page = editor.get(draft.get_absolute_url()).content.decode()
    assert page.count('class="warning-group"') == 1 and "skipped number · 14" in " ".join(page.split())
    editor.post(f"{draft.get_absolute_url()}warnings/", {"kind": "repeated-number"})
    draft.refresh_from_db()
    assert draft.unchecked_count == 14
    editor.post(f"{draft.get_absolute_url()}warnings/", {"kind": "skipped-number"})
    draft.refresh_from_db()
    assert draft.unchecked_count == 0
    assert "warning-group" not in editor.get(draft.get_absolute_url()).content.decode()
    draft = hand_in("\n".join(f"Article {n}. Matter\nWords.\n" for n in (1, 2, 2, 2, 3)))
    page = " ".join(editor.get(draft.get_absolute_url()).content.decode().split())
    assert page.count("× 2") == 1


def test_a_range_is_set_aside_as_the_contents_table_in_one_correction(editor, hand_in):
    draft = hand_in(
        "".join(
            f"Article {n}. Matter {n}\nWhoever does {n} of it, knowing what it is, pays a fine.\n\n"
            for n in (1, 2, 3, 1, 2, 3)
        )
    )
    assert [num for num, _heading, _text in words(draft)] == [f"Article {n}" for n in (1, 2, 3, 1, 2, 3)]
    assert draft.unchecked_count == 3
    response = post(editor, draft, target="c0", kind="contents", until="c2", reason="Printed twice.")
    assert response.status_code == 302 and response["Location"].endswith("#c-c3")
    draft.refresh_from_db()
    assert [num for num, _heading, _text in words(draft)] == ["Article 1", "Article 2", "Article 3"]
    row = ImportCorrection.objects.get()
    assert (row.kind, row.clause_count, row.reason) == ("aside", 3, "Printed twice.")
    assert [piece.name for piece in corrections.corrected(draft).document.furniture][-3:] == ["table-of-contents"] * 3
    # What the repeated numbers were warned of is settled with them.
    assert (draft.warning_count, draft.unchecked_count) == (0, 0)
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert "3 clauses" in html and "No warnings" in html
    editor.post(f"{draft.get_absolute_url()}undo/")
    draft.refresh_from_db()
    assert len(words(draft)) == 6 and draft.warning_count == 3


def test_a_chapter_is_set_aside_with_all_inside_but_not_the_whole_text(editor, hand_in):
    draft = hand_in("Chapter 1. A\n\nArticle 1. X\nWords.\n\nChapter 2. B\n\nArticle 2. Y\nMore words.\n")
    post(editor, draft, target="c0", kind="aside", inside_too="1")
    assert [num for num, _heading, _text in words(draft)] == ["Chapter 2", "Article 2"]
    refused = post(editor, draft, target="c2", kind="aside", inside_too="1")
    assert refused.status_code == 400 and "no clause would be left" in refused.content.decode()


def test_the_kind_of_all_like_it_is_changed_up_to_a_clause(editor, hand_in):
    draft = hand_in("\n".join(f"Article {n}. Matter\nWords.\n" for n in range(1, 5)))
    post(editor, draft, **form_of(draft, "c0", kind="kinds", element="rule", until="c2", as_is=""))
    elements = [clause.element for clause in corrections.corrected(draft).document.clauses]
    assert elements == ["rule", "rule", "rule", "article"]
    assert ImportCorrection.objects.get().clause_count == 3


def test_a_number_in_the_heading_is_taken_out_wherever_it_is_so(editor, cast):
    headings = ["Aim", "2A Scope", "៣ ពាក្យ", "Article 4. Duties"]
    clauses = [Clause(f"sec_{at}", "section", "", heading, "Words.") for at, heading in enumerate(headings)]
    reading = corrections.keep_reading(Document("Act", "en", tuple(clauses)), cast.centre.pk)
    draft = ImportDraft.objects.create(organisation=cast.centre, name="act.html", original="x", reading=reading)
    html = editor.get(f"{draft.get_absolute_url()}?correct=c1").content.decode()
    assert "here and wherever it is so (3)" in " ".join(html.split())
    post(editor, draft, target="c1", kind="numbering-everywhere")
    assert [(num, heading) for num, heading, _text in words(draft)] == [
        ("", "Aim"), ("2A", "Scope"), ("៣", "ពាក្យ"), ("Article 4", "Duties"),
    ]  # fmt: skip
    assert ImportCorrection.objects.get().reason_text == "The reader had left the number in the heading."
    editor.post(f"{draft.get_absolute_url()}undo/")
    post(editor, draft, target="c2", kind="numbering")
    assert [num for num, _heading, _text in words(draft)] == ["", "", "៣", ""]


@pytest.mark.both_databases
def test_a_range_that_somebody_changed_since_is_a_conflict(editor, hand_in, fern):
    draft = hand_in("\n".join(f"Article {n}. Matter\nWords.\n" for n in range(1, 5)))
    corrections.make_correction(fern, draft, "words", "c1", {"heading": "Other"}, REASON, 0)
    response = editor.post(
        f"{draft.get_absolute_url()}correct/",
        {"revision": 0, "as_is": "1", "target": "c0", "kind": "aside", "until": "c2"},
    )
    assert response.status_code == 409 and 'name="until" value="c2"' in response.content.decode()
    # And what a range rests on cannot be undone below it.
    post(editor, draft, target="c0", kind="aside", until="c2")
    with pytest.raises(CorrectionError, match="depends on"):
        corrections.undo(fern, draft, 1)


def test_a_number_set_right_settles_its_warning_and_may_raise_another(editor, hand_in):
    draft = hand_in("\n".join(f"Article {n}. Matter\nWords.\n" for n in (1, 2, 4, 5)))
    assert draft.warning_count == 1
    post(editor, draft, **form_of(draft, "c2", num="Article 3"))
    draft.refresh_from_db()
    kinds = [(w.kind, w.subject) for w in corrections.corrected(draft).document.warnings]
    assert kinds == [("skipped-number", "Article 5")] and draft.unchecked_count == 1
    post(editor, draft, **form_of(draft, "c3", num="Article 4"))
    draft.refresh_from_db()
    assert draft.warning_count == draft.unchecked_count == 0


def test_a_revision_that_is_not_there_yet_passes_for_none(editor, hand_in):
    draft = hand_in()
    typed = form_of(draft, "c1", text="Whoever enters is fined.")
    post(editor, draft, **form_of(draft, "c1", heading="Entry"))
    for revision in ("", "x", "2", "999999999"):
        assert post(editor, draft, **typed, revision=revision).status_code == 409, revision
    assert words(draft)[1][1] == "Entry"


def test_what_was_typed_while_the_text_was_stored_is_shown_with_the_reason(editor, hand_in, store):
    draft = hand_in()
    typed = form_of(draft, "c1", heading="Unlawful access")
    draft.version = store(OLD_DRAFT)
    draft.save()
    response = post(editor, draft, **typed)
    html = response.content.decode()
    assert response.status_code == 409 and "This text is stored already." in html
    assert 'value="Unlawful access"' in html and "Save mine over it" not in html
    assert post(editor, draft, **form_of(draft, "c1")).status_code == 302
    assert not ImportCorrection.objects.exists()


def test_the_button_of_an_older_page_undoes_and_redoes_what_that_page_shows(editor, hand_in, cast, fern):
    draft = hand_in()

    def press(page: str, step: str):
        form = re.search(rf'{step}/" data-key.*?name="correction" value="(\d*)"', page, re.DOTALL)
        editor.post(f"{draft.get_absolute_url()}{step}/", {"correction": form[1]})

    corrections.make_correction(cast.eve, draft, "words", "c1", {"heading": "Entry"}, REASON, 0)
    page = editor.get(draft.get_absolute_url()).content.decode()
    corrections.make_correction(fern, draft, "words", "c3", {"heading": "Others"}, REASON, 1)
    press(page, "undo")
    assert [words(draft)[1][1], words(draft)[3][1]] == ["Illegal access", "Others"]
    page = editor.get(draft.get_absolute_url()).content.decode()
    corrections.undo(fern, draft, 2)
    press(page, "redo")
    assert [words(draft)[1][1], words(draft)[3][1]] == ["Entry", "Duties of providers"]


def test_who_takes_up_a_text_of_others_is_not_told_what_private_text_it_translates(editor, cast, store):
    version, private = store(OLD_DRAFT), store(OLD_DRAFT, "private-one", published=False)
    Origin.objects.create(version=private, organisation=cast.others)
    version.translates = version.follows = private  # in memory: in the database a public text is frozen
    assert "private-one" not in str(corrections.start_correcting(cast.eve, version).details)


def test_a_kind_alone_needs_no_reason_and_a_number_does(editor, hand_in):
    draft = hand_in()
    assert post(editor, draft, **form_of(draft, "c3", element="section", reason="")).status_code == 302
    (row,) = draft.corrections.all()
    assert row.reason_text == "The reader had taken it for another kind of clause."


def test_reasons_typed_before_are_offered_again(editor, hand_in):
    draft = hand_in()
    post(editor, draft, **form_of(draft, "c3", text="A provider keeps no data.", reason="Stained on page 2."))
    page = editor.get(f"{draft.get_absolute_url()}?correct=c1").content.decode()
    assert '<option value="Stained on page 2.">' in page


def test_a_clause_is_found_by_number_and_by_words(editor, hand_in):
    draft = hand_in()
    address = draft.get_absolute_url()
    for wanted, key in [("Article 4", "c3"), ("4", "c3"), ("duties OF providers", "c3")]:
        assert editor.get(address, {"find": wanted})["Location"].endswith(f"at={key}#c-{key}")
    nothing = editor.get(address, {"find": "no such words"})
    assert nothing.status_code == 200 and "No clause has this number or these words." in nothing.content.decode()


def test_what_stands_in_an_article_is_not_called_by_its_number_alone(editor, hand_in):
    draft = hand_in()
    post(editor, draft, target="c3", kind="level-in")
    post(editor, draft, **form_of(draft, "c3", num=""))
    post(editor, draft, target="c3", kind="level-out")
    names = [row.clause for row in draft.corrections.order_by("number")]
    assert names[0] == "Article 4" and names[2].endswith("¶")


def test_a_draft_of_many_warnings_and_page_numbers_has_its_page_in_no_time():
    """Each warning set beside all page numbers and each clause, 2 MB held a thread of the site for a minute."""
    parts = (Clause(f"art_{at}", "article", num=f"Article {at}", text="x", line=at) for at in range(1, 15_001))
    warnings = tuple(ReadingWarning(at, "skipped-number", str(at)) for at in range(1, 15_001))
    furniture = tuple(Furniture("page-number", str(at), at) for at in range(1, 15_001))
    document = Document("Law", "en", tuple(parts), warnings, furniture)
    with at_most(seconds=4):
        laid = lay_out(ImportDraft(), apply_corrections(document, []), [])
    assert [warning.line for warning in laid["rows"][6]["warnings"]] == [7]
    assert len(laid["groups"][0]["distinct"]) + laid["groups"][0]["left_out"] == 15_000 > laid["groups"][0]["left_out"]


def test_a_correction_goes_through_the_text_once_and_only_where_it_is_not_too_long(editor, hand_in, monkeypatch):
    """The first of a text of 32,000 clauses took 5 s, each later one as long, and all others waited to write."""
    corrections.forget()
    draft, read = hand_in(), []
    asked = corrections.engine.clause_warnings
    monkeypatch.setattr(
        corrections.engine, "clause_warnings", lambda document: read.append(document) or asked(document)
    )
    for count in (1, 2):
        assert post(editor, draft, **form_of(draft, "c3", text=f"A provider keeps no data {count}.")).status_code == 302
    assert len(read) == 3, "the text as it was read, and as each correction left it"
    monkeypatch.setattr(corrections, "CLAUSES_MAX", 3)
    draft.refresh_from_db()
    ImportDraft.objects.filter(pk=draft.pk).update(clause_count=4)
    refused = post(editor, draft, **form_of(draft, "c3", text="Other words."))
    assert refused.status_code == 400 and "too long to be corrected here" in refused.content.decode()


@pytest.mark.both_databases
def test_corrections_of_one_draft_are_limited_since_each_is_made_again_with_the_next(editor, hand_in, monkeypatch):
    """Eighty that set the kind of 15,000 clauses each took twelve seconds with every further one."""
    draft = hand_in()
    monkeypatch.setattr(corrections, "KEPT_MAX", 4 * corrections.OF_A_CORRECTION)
    for number in range(9):
        post(editor, draft, **form_of(draft, "c3", text=f"A provider keeps no data {number}."))
    assert draft.corrections.count() == 4
    ImportCorrection.objects.filter(number__gt=1).delete()
    monkeypatch.setattr(corrections, "OF_A_CORRECTION", 0)
    monkeypatch.setattr(corrections, "KEPT_MAX", 50 * corrections.OF_A_TOUCH)
    for element in ("section", "article", "section", "article"):
        post(editor, draft, target="c1", kind="kinds", until="c3", element=element)
    assert draft.corrections.count() == 3, "what is of many clauses counts for more"
    assert editor.post(f"{draft.get_absolute_url()}undo/").status_code == 302
    assert draft.corrections.active().count() < draft.corrections.count(), "undoing is free"
    ImportCorrection.objects.all().delete()
    monkeypatch.setattr(corrections, "KEPT_MAX", 1_000_000)
    monkeypatch.setattr(corrections, "OF_A_CLAUSE", 500_000 // draft.clause_count)
    for kind in ("level-in", "level-out", "level-in"):
        post(editor, draft, target="c2", kind=kind)
    assert draft.corrections.count() == 2, "what goes through all clauses counts each"


@pytest.mark.verify
def test_doubtful_words_of_many_lines_are_looked_up_once():
    """Each set beside every clause, a correction of a recognised book took minutes."""
    parts = (Clause(f"art_{at}", "article", num=f"Article {at}", text="witw", line=at) for at in range(1, 10_001))
    warnings = tuple(ReadingWarning(at, "doubtful-words", "witw") for at in range(1, 10_001))
    document = Document("Law", "en", tuple(parts), warnings)
    changed = Correction(1, "words", "c6", {"text": "with"})
    with at_most(seconds=6):
        assert len(apply_corrections(document, [changed]).document.warnings) == 9_999


def test_words_that_no_text_has_are_refused_in_every_form(editor, hand_in):
    """The number of a clause with 60,000 blanks in it held a process until it was ended."""
    draft = hand_in()
    before = ImportDraft.objects.get(pk=draft.pk).review
    for typed in ("មាត្រា" + " \u00a0" * 600 + "!", "x" * 1001):
        answer = editor.post(f"{draft.get_absolute_url()}correct/", {"num": typed})
        assert answer.status_code == 400 and "is longer than 1000 characters" in answer.content.decode()
    assert ImportDraft.objects.get(pk=draft.pk).review == before
    back = f"/search/?q={'%E1%9E%80' * 200}"  # the address of a page that asks for a sentence of Khmer
    answer = editor.post(f"{draft.get_absolute_url()}correct/", {"num": "x", "back": back})
    assert "is longer than 1000 characters" not in answer.content.decode()
