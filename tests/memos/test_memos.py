"""Memos: collecting, writing together, ordering, what changed since, what was withdrawn, and the files."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from html import unescape
from itertools import chain
from urllib.parse import unquote

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.models import User
from lawcompare.accounts.services import add_member, set_display_name
from lawcompare.annotations.models import Annotation, Category, NoteStatus
from lawcompare.annotations.services import withdraw_annotation, write_annotation
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.correcting.services import set_together, withdraw_name
from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.services import propose_lead, request_comparison
from lawcompare.core.jobs import runner
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import ignore_progress
from lawcompare.core.log.services import record
from lawcompare.core.numbers import seal
from lawcompare.crosswalk.models import Correspondence, Topic
from lawcompare.crosswalk.services import state_by_hand, state_correspondence
from lawcompare.crosswalk.topics.services import add_topic
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Origin, Version, Withdrawal
from lawcompare.memos import services
from lawcompare.memos.files import ITEMS_AT_ONCE, content_of, forget_old_files
from lawcompare.memos.items import MemoReader, compare_lines, items_of, lines_of
from lawcompare.memos.models import ItemKind, Memo, MemoFile, MemoItem
from tests.comparisons.test_two_languages import four  # noqa: F401
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.engine.test_write_docx import decide
from tests.office import cells_of, footnotes_of, text_of
from tests.processor_time import at_most
from tests.proposals import confirm_all, edits_the_site, seen_in
from tests.proposals import decide as decide_on
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


@pytest.fixture
@made_once
def laws(store):
    """Two laws of which an article answers an article."""
    one, two = store(OLD_DRAFT, "a", law="one"), store(NEW_DRAFT, "b", law="two")
    topic = Topic.objects.create(slug="access", title="Illegal access")
    state_correspondence(topic, article(one, 1), article(two, 1), "equivalent", "The same words.", "An editor")
    return one, two


def article(version, number: int):
    return version.clauses.get(num=f"Article {number}")


@pytest.fixture
@made_once
def memo(cast) -> Memo:
    return services.make_memo(cast.alice, "On the draft")


def test_a_whole_comparison_says_who_paired_its_clauses(cast, memo, drafts, django_capture_on_commit_callbacks):
    old, new = drafts
    with django_capture_on_commit_callbacks(execute=True):
        request_comparison(old, new)
        decide_on(cast.sara, set_together(cast.charlie, old, new, [(article(old, 3), article(new, 2))], "One duty."))
    services.add_items(cast.alice, memo, [MemoItem(kind=ItemKind.COMPARISON, old=old, new=new)])
    (shown,) = MemoReader(cast.alice).read(items_of(memo))
    assert any("The Others" in line for line in lines_of(shown.blocks, is_marked=True))


@pytest.fixture
@made_once
def with_subject(cast, laws, memo) -> Memo:
    """The memo, with the row of two laws in it."""
    item = MemoItem(kind=ItemKind.SUBJECT, old=laws[0], new=laws[1], topic=Topic.objects.get())
    services.add_items(cast.alice, memo, [item])
    return memo


def words(text: str, heading: str = "") -> MemoItem:
    return MemoItem(kind=ItemKind.WORDS, heading=heading, text=text)


def write(memo: Memo, client) -> str:
    """The words of a memo's Word file."""
    return text_of(docx.Document(io.BytesIO(client.get(reverse("memo_file", args=[memo.key, "docx"])).content)))


def test_rows_of_two_laws_are_put_into_a_new_memo_and_written(cast, laws, alice):
    address = f"{reverse('memo_collect')}?old=one/a&new=two/b"
    assert "Illegal access" in alice.get(address).content.decode()
    memo_page = alice.post(address, {"title": "Mine", "chosen": ["subject:access"]})["Location"]
    memo = Memo.objects.get()
    assert memo_page == memo.get_absolute_url() and memo.organisation == cast.centre
    content = alice.get(reverse("memo_file", args=[memo.key, "docx"])).content
    text = text_of(docx.Document(io.BytesIO(content)))
    assert "The same words." in text and "equivalent" in text and laws[0].text_hash[:16] in text
    assert any("Article 1" in note for note in footnotes_of(content))
    line = "Elements in which they differ: Penalty"
    pages = [memo_page, reverse("comparison", args=["one", "a", "two", "b"]), article(laws[0], 1).get_absolute_url()]
    assert line not in text and not any(line in alice.get(page).content.decode() for page in pages)
    Correspondence.objects.update(elements=["penalties"])
    assert line in write(memo, alice)
    for page in pages:
        assert line in alice.get(page).content.decode()


def test_a_topic_that_staff_took_back_is_in_no_memo_of_others(client, cast):
    topic = add_topic(cast.eve, {"title": "zzcalled"}, [])
    confirm_all(cast.sara)
    memos = [services.make_memo(person, "Topics") for person in (cast.eve, cast.charlie)]
    for person, memo in zip((cast.eve, cast.charlie), memos, strict=True):
        services.add_items(person, memo, [MemoItem(kind=ItemKind.TOPIC, topic=topic)])
    decide_on(cast.sara, topic.changes.get(), "undo")
    for person, memo, is_shown in ((cast.eve, memos[0], True), (cast.charlie, memos[1], False)):
        client.force_login(person)
        assert ("zzcalled" in client.get(memo.get_absolute_url()).content.decode()) == is_shown
        assert ("zzcalled" in write(memo, client)) == is_shown


def test_what_changed_in_an_article_is_written_as_tracked_changes(store, django_capture_on_commit_callbacks, alice):
    with django_capture_on_commit_callbacks(execute=True):
        store(OLD_DRAFT, "old", date="2019", status="unofficial-translation")
        store(NEW_DRAFT, "new", date="2020", status="unofficial-translation")
    address = f"{reverse('memo_collect')}?old=draft/old&new=draft/new"
    html = alice.get(address).content.decode()
    assert "A whole comparison" in html
    names = [candidate.split('"')[0] for candidate in html.split('value="change:')[1:]]
    alice.post(address, {"title": "Mine", "chosen": [f"change:{name}" for name in names]})
    memo = Memo.objects.get()
    content = alice.get(reverse("memo_file", args=[memo.key, "docx"])).content
    new, old = ("\n".join(decide(content, verb)) for verb in ("accept", "refuse"))
    fine = "(1) The fine is from 100,000 riel to"
    assert f"{fine} 10,000,000 riel." in new and f"{fine} 10,000,000" not in old and f"{fine} 1,000,000 riel." in old
    assert "enters a computer" not in new, "an article that did not change is not in it"
    rows = cells_of(alice.get(reverse("memo_file", args=[memo.key, "xlsx"])).content, 1)
    assert any("{+10,000,000+}" in str(row[3]) for row in rows) and rows[1][0] == 1


def test_of_two_long_texts_rows_are_offered_by_pages_and_one_is_found_alone(drafts, alice, settings, monkeypatch):
    settings.ROWS_PER_PAGE = 1
    address = f"{reverse('memo_collect')}?old=draft/old&new=draft/new"
    changed = find_comparison(*drafts).pairs.filter(level="unit").exclude(kind="unchanged").order_by("position")
    assert len(changed) > 1
    for number, pair in enumerate(changed, start=1):
        html = alice.get(f"{address}&page={number}").content.decode()
        assert re.findall(r'value="(change:\d+)"', html) == [f"change:{pair.position}"]
    assert 'rel="prev" href="?old=draft%2Fold&amp;new=draft%2Fnew&amp;page=' in html
    last = {"title": "Mine", "chosen": [f"change:{pair.position}"]}
    assert alice.post(f"{address}&page={number}", last).status_code == 302
    cited = []
    monkeypatch.setattr(services, "cite", lambda clause: cited.append(clause) or "Article")
    for pair in find_comparison(*drafts).pairs.filter(level="unit"):
        for row in (pair.anchor, f"change:{pair.position}"):
            cited.clear()
            alice.post(reverse("memo_add"), {"part": f"old=draft/old&new=draft/new&row={row}"})
            item = MemoItem.objects.latest("pk")
            assert (item.old_eid, item.new_eid) == (pair.old.eid if pair.old else "", pair.new.eid if pair.new else "")
            assert len(cited) <= 4, "of the others nothing is asked"


def test_after_a_renumbering_each_article_has_its_own_words_alone(client, cast, store, memo):
    """The new Article 2 is another one than the old Article 2, which is Article 3 now."""
    old = store("## Article 1. Boats\n\nA boat bears a name.\n\n## Article 2. Berths\n\nThe keeper gives a berth.\n\n"
                "(1) A berth is paid for.\n\n(2) A berth is kept clean.\n\n## Article 3. Ropes\n\nRopes are coiled.\n",
                "1", law="port", date="1990", status="leaked")  # fmt: skip
    new = store("## Article 1. Boats\n\nA boat bears a name.\n\n## Article 2. Lights\n\nA boat shows a light.\n\n"
                "## Article 3. Berths\n\nThe keeper gives a berth.\n\n(1) A berth is paid for at dusk.\n",
                "2", law="port", date="1991", status="leaked")  # fmt: skip
    request_comparison(old, new)
    runner.run_now(find_comparison(old, new).job)
    parts = {"lights": ("", "art_2"), "berths": ("art_2", "art_3"), "ropes": ("art_3", "")}
    items = [
        MemoItem(kind=ItemKind.CHANGE, old=old, new=new, old_eid=eids[0], new_eid=eids[1]) for eids in parts.values()
    ]
    services.add_items(cast.alice, memo, items)
    shown = MemoReader(cast.alice).read(items_of(memo))
    words = {name: "\n".join(lines_of(one.blocks, is_marked=True)) for name, one in zip(parts, shown, strict=True)}
    assert "shows a light" in words["lights"] and "berth" not in words["lights"] and "opes" not in words["lights"]
    assert "gives a berth" in words["berths"] and "{+ at dusk+}" in words["berths"].replace(
        "{+at dusk+}", "{+ at dusk+}"
    )
    assert "kept clean" in words["berths"], "a paragraph that was taken out of it"
    assert "shows a light" not in words["berths"] and "opes" not in words["berths"]
    assert "Ropes are coiled" in words["ropes"] and "berth" not in words["ropes"]


def test_the_page_has_the_words_of_each_part_as_its_file_has_them(cast, drafts, laws, memo, alice):
    note = Annotation.objects.create(
        slug="shown", body="Too wide.", clause=article(laws[0], 2), version=laws[0], organisation=cast.others,
        status=NoteStatus.PUBLISHED, published_at=timezone.now(), risk=3, exact="hinder the unity",
    )  # fmt: skip
    note.standards.add(article(laws[1], 2))
    note.categories.add(Category.objects.create(code="foggy", label="Fogginess"))
    changed = find_comparison(*drafts).pairs.filter(level="unit").exclude(kind="unchanged")
    offers = [("old=draft/old&new=draft/new", f"change:{pair.position}") for pair in changed]
    offers += [("note=shown", "note"), ("topic=access", "topic")]
    offers += [("old=one/a&new=two/b", "subject:access"), ("law=one", "concerns"), ("matrix=", "matrix")]
    for query, chosen in offers:
        address = f"{reverse('memo_collect')}?{query}"
        assert alice.post(address, {"memo": memo.key, "chosen": [chosen]}).status_code == 302, chosen
    html = alice.get(memo.get_absolute_url()).content.decode()
    inserted = re.search(r'<ins\s*><span class="sr">inserted: </span>', html)
    assert inserted and "deleted: " in html, "the redline of the row"
    assert "Too wide." in html and "hinder the unity" in html, "the note's text"
    assert "The same words." in html, "why the clauses answer each other"
    assert html.count("<th scope=") > 3, "the chart and the matrix as tables"
    text = write(memo, alice)
    assert "Topics by laws" in text and "Illegal access" in text
    for words_of_note in (" · Fogginess", "Standards relied on:", "hinder the unity"):
        assert words_of_note in text and words_of_note in html


def test_a_long_memo_prints_the_words_of_the_part_asked_for_alone(cast, laws, memo, alice):
    items = [
        MemoItem(kind=ItemKind.SUBJECT, old=laws[0], new=laws[1], topic=Topic.objects.get())
        for _number in range(ITEMS_AT_ONCE + 1)
    ]
    services.add_items(cast.alice, memo, items)
    assert "The same words." not in alice.get(memo.get_absolute_url()).content.decode()
    asked = alice.get(f"{memo.get_absolute_url()}?part={items[3].key}").content.decode()
    assert asked.count("The same words.") == 1
    assert alice.get(f"{memo.get_absolute_url()}?part=nonsense").status_code == 200


def test_a_matrix_of_chosen_texts_is_a_part_until_none_of_them_may_be_seen(cast, store, laws, memo, alice):
    Topic.objects.get().clauses.set([article(laws[0], 1), article(laws[1], 1)])
    store(OLD_DRAFT, "h", law="hidden", published=False)
    address = f"{reverse('memo_collect')}?matrix="
    assert alice.get(f"{address}one/a,hidden/h").status_code == 404
    assert alice.post(f"{address}two/b,one/a", {"memo": memo.key, "chosen": ["matrix"]}).status_code == 302
    text = write(memo, alice)
    assert "Topics by laws: two b · one a" in text and "Article 1" in text
    assert "?column=two%2Fb&column=one%2Fa" in MemoReader(cast.alice).read(items_of(memo))[0].address
    item = memo.items.get()
    state_correspondence(Topic.objects.get(), article(laws[0], 2), article(laws[1], 2), "partial", "Some.", "An editor")
    Topic.objects.get().clauses.add(article(laws[0], 2))
    assert MemoReader(cast.alice).read(items_of(memo))[0].changes[0].sentence == "This has changed since."
    for law in laws:
        Withdrawal.objects.create(version=law, reason="A mistake.")
    assert "This was withdrawn" in write(memo, alice)
    assert memo.items.get() == item


def test_what_cannot_be_collected_is_refused_and_nothing_is_made(laws, alice, subtests):
    for query, data, status in [
        ("old=one/a&new=two/none", {}, 404),
        ("topic=none", {}, 404),
        ("note=none", {}, 404),
        ("old=one/a", {}, 404),
        ("", {}, 404),
        ("topic=access", {"title": "", "chosen": ["topic"]}, 400),
        ("topic=access", {"title": "T", "chosen": []}, 400),
        ("topic=access", {"title": "T", "chosen": ["subject:access"]}, 400),
        ("topic=access", {"memo": "not-mine", "chosen": ["topic"]}, 400),
    ]:
        with subtests.test(query=query, data=data, status=status):
            answer = alice.post(f"{reverse('memo_collect')}?{query}", data)
            assert answer.status_code == status and not Memo.objects.exists()


def test_own_paragraphs_are_written_and_parts_put_in_order(cast, laws, memo, alice):
    services.add_items(cast.alice, memo, [words("First."), words("Second."), words("Third.")])
    address = memo.get_absolute_url()
    first, second, third = memo.items.all()
    data = {
        "title": "On both",
        "based_on": "2",
        "order": f"{third.key} {first.key}",
        f"text_{third.key}": "Third, first.",
    }
    data |= {f"text_{first.key}": "First.", "remove": second.key}
    data |= {"new_text": "At the end.\n\nAnother.", "new_heading": "Conclusion"}
    assert alice.post(address, data).status_code == 302
    assert [item.text for item in memo.items.all()] == ["Third, first.", "First.", "At the end.\n\nAnother."]
    text = write(memo, alice)
    assert text.index("Third, first.") < text.index("First.") < text.index("Conclusion") < text.index("Another.")
    assert "At the end.\nAnother." in text, "an empty line begins another paragraph"
    assert alice.post(address, data | {"title": " ", "based_on": "3"}).status_code == 400
    data = {"title": "On both", "based_on": "3", "order": "nonsense"}
    assert alice.post(address, data).status_code == 302 and memo.items.count() == 3, "nothing goes by an odd order"


def test_a_part_of_thousands_of_paragraphs_keeps_no_page_busy_and_no_word_is_lost(cast, memo, alice):
    """Forty such parts were 12 MB, and took 19 seconds; those of a guest's link twice as many."""
    services.add_items(cast.alice, memo, [words("a\n\n" * 6_000 + "the end")])
    page = alice.get(memo.get_absolute_url()).content.decode()
    shown = re.findall(r'<span class="line">([a ]+(?:the end)?)</span>', page)
    assert 200 <= len(shown) <= 201 and shown[-1].endswith("a a the end")


def test_a_part_goes_up_or_down_by_a_button_and_what_was_typed_is_kept(cast, memo, alice):
    services.add_items(cast.alice, memo, [words("First."), words("Second."), words("Third.")])
    address = memo.get_absolute_url()
    first, second, third = memo.items.all()

    def press(**button: str) -> list[str]:
        data = {"title": "On both", "based_on": Memo.objects.get().revision}
        data |= {f"text_{item.key}": item.text for item in memo.items.all()} | {f"text_{first.key}": "First, anew."}
        answer = alice.post(address, data | button)
        assert answer["Location"] == f"{address}#move-{next(iter(button.values()))}"
        return [item.text for item in memo.items.all()]

    assert press(up=third.key) == ["First, anew.", "Third.", "Second."]
    assert press(down=first.key) == ["Third.", "First, anew.", "Second."]
    assert press(up=third.key) == ["Third.", "First, anew.", "Second."], "the first goes no further"
    html = alice.get(address).content.decode()
    assert f'name="up" value="{third.key}"' not in html and f'name="down" value="{second.key}"' not in html
    assert html.count('name="up"') == html.count('name="down"') == 2
    pressed = html.partition('<form class="form')[2]
    assert re.search(r"<button[^>]*>", pressed)[0].count("name=") == 0, "the Enter key in a field saves"
    stale = {"title": "On both", "based_on": "2", "up": second.key}
    assert alice.post(address, stale).status_code == 409
    for odd in ("x", seal(999999, "memoitem"), ""):
        data = {"title": "On both", "based_on": Memo.objects.get().revision, "up": odd}
        assert alice.post(address, data)["Location"] == address


def test_a_file_is_named_by_the_title_and_the_day(cast, memo, alice):
    services.edit_memo(cast.alice, memo, 'ច្បាប់: "ព្រាង" / one', {}, [], None, 1)
    header = alice.get(reverse("memo_file", args=[memo.key, "docx"]))["Content-Disposition"]
    day = timezone.localdate().isoformat()
    assert f'filename="one-{day}.docx"' in header and header.isascii()
    assert unquote(header.partition("filename*=UTF-8''")[2]) == f"ច្បាប់ ព្រាង one {day}.docx"


def test_of_two_who_write_a_memo_the_second_is_told_and_loses_nothing(cast, memo, alice):
    services.add_items(cast.alice, memo, [words("Before."), words("Goes.")])
    one, two = memo.items.all()
    services.edit_memo(cast.rita, memo, "Theirs", {one.pk: ("", "By Rita.")}, [one.pk], None, 2)
    mine = {"title": "Mine", "based_on": "2", f"text_{one.key}": "By Alice.", f"text_{two.key}": "Kept words."}
    answer = alice.post(memo.get_absolute_url(), mine)
    html = answer.content.decode()
    assert answer.status_code == 409 and "Somebody else changed this memo" in html
    for expected in ("Theirs", "By Rita.", "By Alice.", "Kept words.", 'value="3"'):
        assert expected in html
    assert one.memo.items.get().text == "By Rita."
    again = mine | {"based_on": "3", "new_text": "Kept words."}
    assert alice.post(memo.get_absolute_url(), again).status_code == 302
    assert [item.text for item in memo.items.all()] == ["By Alice.", "Kept words."]


def test_parts_put_in_at_once_by_two_people_are_all_kept(cast, memo):
    stale = Memo.objects.get()
    services.add_items(cast.alice, memo, [words("One.")])
    services.add_items(cast.rita, stale, [words("Two.")])
    assert [item.text for item in memo.items.all()] == ["One.", "Two."]


def take_note(client, memo, meanwhile=lambda: None) -> str:
    """Press the button of the page as it is; returns the page after that."""
    address = reverse("memo_take_note", args=[memo.key])
    seen = seen_in(client.get(memo.get_absolute_url()).content.decode(), address)
    meanwhile()
    return client.post(address, {"seen": seen}, follow=True).content.decode()


def test_what_changed_since_is_marked_until_it_is_taken_note_of(cast, store, laws, with_subject, alice):
    for slug, law in (("p", "one"), ("q", "two")):
        proposed = store(NEW_DRAFT.replace("month", "week"), slug, law=law, date="2025")
        Origin.objects.create(version=proposed, organisation=cast.others)
    Version.objects.filter(slug="q").update(corrects=laws[1])
    html = alice.get(with_subject.get_absolute_url()).content.decode()
    assert "changed since" not in html and "corrected since" not in html and "newer text" not in html
    later = store(NEW_DRAFT.replace("month", "year"), "c", law="one", date="2024")
    corrected = store(NEW_DRAFT.replace("one", "two"), "b2", law="two")
    Version.objects.filter(pk=corrected.pk).update(corrects=laws[1])
    Correspondence.objects.update(reasoning="Other words.")
    html = alice.get(with_subject.get_absolute_url()).content.decode()
    assert f"newer text than “one a” since: “{later.title}”" in html
    assert "“two b” was corrected since" in html and "This has changed since." in html
    assert "Other words." in write(with_subject, alice) and "was corrected since" in write(with_subject, alice)

    def comes() -> None:
        newer = store(NEW_DRAFT.replace("month", "day"), "d", law="one", date="2025-06")
        assert newer.published_at

    for change in (comes, lambda: Correspondence.objects.update(reasoning="Words that nobody read.")):
        html = take_note(alice, with_subject, change)
        assert "Read it again." in html and "This has changed since." in html
    take_note(alice, with_subject)
    assert "since" not in alice.get(with_subject.get_absolute_url()).content.decode().split("part-")[1]


def redlined(html: str, op: str) -> str:
    """The words that a page shows as inserted or deleted."""
    marked = re.findall(rf"<{op}\s*><span class=\"sr\">[^<]*</span>(.*?)</{op}\s*>", html, re.S)
    return " | ".join(re.sub(r"<[^>]*>", "", words) for words in marked)


def test_how_a_part_changed_is_shown_on_the_page_and_in_the_files(with_subject, alice):
    Correspondence.objects.update(reasoning="Other words.")
    for prefix in ("", "/km"):
        html = alice.get(prefix + with_subject.get_absolute_url()).content.decode()
        assert redlined(html, "del") == "The same" and redlined(html, "ins") == "Other"
    content = alice.get(reverse("memo_file", args=[with_subject.key, "docx"])).content
    new, old = ("\n".join(decide(content, verb)) for verb in ("accept", "refuse"))
    assert "The same words." in old and "The same words." not in new and "Other words." in new
    rows = cells_of(alice.get(reverse("memo_file", args=[with_subject.key, "xlsx"])).content, 1)
    assert "[-The same-]{+Other+} words." in str(rows[1][4])
    take_note(alice, with_subject)
    html = alice.get(with_subject.get_absolute_url()).content.decode()
    assert not redlined(html, "del") and not redlined(html, "del")


def test_of_a_corrected_text_the_redline_of_the_part_is_shown(cast, drafts, store, memo, alice):
    comparison = find_comparison(*drafts)
    pairs = [pair for pair in comparison.pairs.filter(level="unit").select_related("new") if pair.new]
    items = [
        MemoItem(
            kind=ItemKind.CHANGE, old=drafts[0], new=drafts[1], old_eid=pair.old.eid if pair.old else "",
            new_eid=pair.new.eid,
        )
        for pair in pairs
    ]  # fmt: skip
    services.add_items(cast.alice, memo, items)
    corrected = store(NEW_DRAFT.replace("10,000,000 riel", "90,000,000 riel"), "new-2", date="2020-02")
    Version.objects.filter(pk=corrected.pk).update(corrects=drafts[1])
    request_comparison(drafts[1], corrected)
    runner.run_now(find_comparison(drafts[1], corrected).job)
    html = alice.get(memo.get_absolute_url()).content.decode()
    changes = re.findall(r'<section id="part-[^>]*>(.*?)</section>', html, re.S)
    assert len(changes) == len(items)
    changed = [one for one in changes if "90,000,000" in redlined(one, "ins")]
    assert len(changed) == 1 and "10,000,000" in redlined(changed[0], "del")
    same = [one for one in changes if "This part reads the same there." in one]
    assert len(same) == len(items) - 1
    content = alice.get(reverse("memo_file", args=[memo.key, "docx"])).content
    assert "90,000,000 riel" in "\n".join(decide(content, "accept"))
    assert corrected.title in text_of(docx.Document(io.BytesIO(content))), "whose words stand there"


def test_words_of_a_text_that_was_withdrawn_stand_in_no_redline(cast, laws, store, memo, alice):
    third = store(OLD_DRAFT.replace("computer", "lantern"), "c", law="three")
    topic = Topic.objects.get()
    state_correspondence(topic, article(laws[0], 1), article(third, 1), "partial", "Of lanterns.", "An editor")
    services.add_items(cast.alice, memo, [MemoItem(kind=ItemKind.TOPIC, topic=topic)])
    kept = memo.items.get()
    assert any("Of lanterns." in line for line in kept.seen_words["en"]) and third.pk in kept.seen_texts
    Withdrawal.objects.create(version=third, reason="A mistake.")
    html, file = alice.get(memo.get_absolute_url()).content.decode(), write(memo, alice)
    for text in (html, file):
        assert "This has changed since." in text and "lantern" not in text and "three c" not in text


def test_of_what_was_put_in_before_words_were_kept_it_is_only_said_that_it_changed(with_subject, alice):
    MemoItem.objects.update(seen_digest="another", seen_words={}, seen_texts=[])
    html = alice.get(with_subject.get_absolute_url()).content.decode()
    assert "This has changed since." in html and not redlined(html, "del")


def test_a_made_file_that_shows_a_later_text_goes_with_it(client, cast, drafts, store, memo, monkeypatch):
    monkeypatch.setattr("lawcompare.memos.files.ITEMS_AT_ONCE", 0)
    (pair, *_others) = find_comparison(*drafts).pairs.filter(level="unit").exclude(old=None).exclude(new=None)
    item = MemoItem(
        kind=ItemKind.CHANGE, old=drafts[0], new=drafts[1], old_eid=pair.old.eid, new_eid=pair.new.eid
    )  # fmt: skip
    services.add_items(cast.alice, memo, [item])
    later = store(NEW_DRAFT.replace("computer", "lantern"), "later", date="2021")
    request_comparison(drafts[1], later)
    runner.run_now(find_comparison(drafts[1], later).job)
    file = services.request_file(cast.alice, memo, "docx", "en", "http://testserver")
    runner.run_now(file.job)
    file.refresh_from_db()
    assert later.pk in file.texts
    assert content_of(file, visible_versions(cast.alice)) is not None
    Withdrawal.objects.create(version=later, reason="A mistake.")
    assert content_of(file, visible_versions(cast.alice)) is None


def test_a_file_for_who_is_staff_no_longer_holds_nothing_of_another_organisation_of_theirs(cast, drafts, store):
    topic = Topic.objects.create(slug="access", title="Access")
    hidden = store(NEW_DRAFT, "zzhush", law="zzbill", published=False)
    Origin.objects.create(version=hidden, organisation=cast.centre)
    public, private = (text.clauses.get(eid="chp_1__art_1") for text in (drafts[1], hidden))
    topic.clauses.add(public)
    state_by_hand(cast.rita, topic, private, public, "equivalent", "zzreason")
    add_member(cast.sara.email, cast.centre, "member")
    sara = edits_the_site(User.objects.get(pk=cast.sara.pk))
    memo = services.make_memo(sara, "Of the editors")
    services.add_items(sara, memo, [services.part_named(sara, {"topic": "access"})])
    file = services.request_file(sara, memo, "xlsx", "en", "http://testserver")
    User.objects.filter(pk=sara.pk).update(is_staff=False)
    runner.run_now(file.job)
    file.refresh_from_db()
    made = zipfile.ZipFile(io.BytesIO(content_of(file, Version.objects.published()) or b""))
    said = "".join(made.read(name).decode(errors="ignore") for name in made.namelist())
    assert "Access" in said and "zzreason" not in said and "zzbill" not in said


def test_by_subject_a_memo_prints_so_many_letters_and_leads_to_the_rest(cast, laws, with_subject, monkeypatch):
    """Fifteen parts on long clauses were a page of 580 MB."""
    row = next(iter(MemoReader(cast.alice).read_today(items_of(with_subject))))
    clause = laws[0].clauses.get(eid=row.places[laws[0].pk][0])

    def printed() -> bool:
        shown = MemoReader(cast.alice).read_today(items_of(with_subject))
        return clause.text in str([block for one in shown for block in one.blocks])

    assert clause.text and printed()
    monkeypatch.setattr("lawcompare.memos.items.WORDS_MAX", 3)
    assert not printed()


def test_a_file_is_kept_for_a_day(cast, drafts, memo):
    services.add_items(cast.alice, memo, [MemoItem(kind=ItemKind.COMPARISON, old=drafts[0], new=drafts[1])])
    file = services.request_file(cast.alice, memo, "docx", "en", "http://testserver")
    runner.run_now(file.job)
    job = jobs.create_claimed("old-memo-files")
    forget_old_files(job, ignore_progress)
    assert MemoFile.objects.exists()
    Job.objects.filter(pk=file.job_id).update(finished_at=timezone.now() - timedelta(days=2))
    forget_old_files(job, ignore_progress)
    assert not MemoFile.objects.exists()


def test_a_memo_has_so_many_wide_parts_and_its_file_so_many_letters(cast, drafts, memo, monkeypatch):
    """A hundred whole comparisons of long texts took a worker 290 MB each, a hundred matrices a page 15 seconds."""
    whole = lambda number: [MemoItem(kind=ItemKind.COMPARISON, old=drafts[0], new=drafts[1]) for _ in range(number)]  # noqa: E731
    services.add_items(cast.alice, memo, whole(services.WIDE_MAX - 1))
    with pytest.raises(ValidationError, match="at most 20 whole comparisons"):
        services.add_items(cast.alice, memo, [*whole(1), MemoItem(kind=ItemKind.MATRIX)])
    for limit, state in ((10_000_000, "done"), (1_000, "failed")):
        monkeypatch.setattr("lawcompare.memos.items.LETTERS_MAX", limit)
        file = services.request_file(cast.alice, memo, "docx", "en", "http://testserver")
        runner.run_now(file.job)
        file.job.refresh_from_db()
        assert file.job.state == state and ("too long for one file" in file.job.reason) == (state == "failed")


def test_of_a_withdrawn_text_only_that_it_is_withdrawn_is_shown(laws, with_subject, alice):
    Withdrawal.objects.create(version=laws[1], reason="A mistake.")
    page, file = alice.get(with_subject.get_absolute_url()).content.decode(), write(with_subject, alice)
    for text in (page, file):
        assert "This was withdrawn" in text
        assert "two b" not in text and "The same words." not in text and "Illegal access" not in text


def test_a_memo_is_seen_by_its_organisation_alone(client, cast, memo):
    pages = [memo.get_absolute_url(), reverse("memo_file", args=[memo.key, "docx"])]
    for user, status in ((cast.rita, 200), (cast.charlie, 404)):
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [status, status]
        assert ("On the draft" in client.get(reverse("memos")).content.decode()) == (status == 200)
    client.logout()
    assert client.get(pages[0]).status_code == 302
    with pytest.raises(PermissionDenied):
        services.make_memo(cast.bob, "Mine")


def test_the_number_of_parts_is_limited(cast, memo, monkeypatch):
    monkeypatch.setattr(services, "ITEMS_MAX", 2)
    with pytest.raises(ValidationError, match="at most 2"):
        services.add_items(cast.alice, memo, [words("x")] * 3)
    assert not memo.items.exists()


def test_a_memo_with_as_many_parts_as_it_may_have_is_read_while_a_person_waits(cast, drafts, memo):
    """Five hundred took two seconds of the web process to show, and six to take note of."""
    eids = list(drafts[0].clauses.values_list("eid", flat=True)) * services.ITEMS_MAX
    parts = [MemoItem(kind=ItemKind.CLAUSE, old=drafts[0], old_eid=eid) for eid in eids[: services.ITEMS_MAX]]
    with CaptureQueriesContext(connection) as queries:
        services.add_items(cast.alice, memo, parts)
    assert memo.items.count() == services.ITEMS_MAX and len(queries) < 1000


def test_a_long_memo_is_written_by_a_worker_and_then_given_out(
    client, cast, drafts, memo, django_capture_on_commit_callbacks
):
    whole = MemoItem(kind=ItemKind.COMPARISON, old=drafts[0], new=drafts[1])
    services.add_items(cast.alice, memo, [whole, words("Own words.")])
    client.force_login(cast.alice)
    file = reverse("memo_file", args=[memo.key, "docx"])
    assert client.get(file)["Location"].endswith("#files")
    client.post(reverse("memo_write", args=[memo.key, "docx"]))
    made = MemoFile.objects.get()
    assert "Waiting for its turn" in client.get(memo.get_absolute_url()).content.decode()
    runner.run_now(made.job)
    made = MemoFile.objects.get()
    assert made.job.state == "done" and made.texts == [drafts[0].pk, drafts[1].pk]
    assert zipfile.is_zipfile(io.BytesIO(bytes(made.content))) is False, "it is sealed"
    assert file in client.get(memo.get_absolute_url()).content.decode()
    content = client.get(file).content
    assert "10,000,000 riel" in "\n".join(decide(content, "accept")) and "Own words." in "\n".join(
        decide(content, "refuse")
    )
    client.force_login(cast.charlie)
    assert client.get(file).status_code == 404
    client.force_login(cast.alice)
    Withdrawal.objects.create(version=drafts[1], reason="A mistake.")
    assert client.get(file).status_code == 302, "a file with a withdrawn text is not given out"


def test_files_are_limited_by_the_hour(cast, drafts, memo, settings, alice):
    settings.FILES_PER_HOUR = 2
    services.add_items(cast.alice, memo, [words("Own words.")])
    file = reverse("memo_file", args=[memo.key, "docx"])
    assert [alice.get(file).status_code for _ in range(3)] == [200, 200, 429]
    answer = alice.post(reverse("memo_write", args=[memo.key, "docx"]))
    assert answer.status_code == 429 and "Try again later" in answer.content.decode() and not MemoFile.objects.exists()


def test_who_said_something_stands_in_nothing_that_a_memo_keeps(
    cast, laws, drafts, memo, alice, django_capture_on_commit_callbacks
):
    """Else the name would be printed as what stood there, after its person took it back."""
    set_display_name(cast.charlie, "Charlie Planted")
    old, new = drafts
    with django_capture_on_commit_callbacks(execute=True):
        request_comparison(old, new)
        pair = [(article(old, 3), article(new, 2))]
        decision = set_together(cast.charlie, old, new, pair, "One duty.", names_person=True)
        decide_on(cast.sara, decision)
    Correspondence.objects.update(organisation=cast.others, confirmation="confirmed")
    note = Annotation.objects.create(
        slug="shown", body="A fine.", clause=article(old, 2), version=old, organisation=cast.others, risk=3,
        creator=cast.charlie, status=NoteStatus.PUBLISHED, published_at=timezone.now(),
    )  # fmt: skip
    row = {"old_eid": article(old, 3).eid, "new_eid": article(new, 2).eid}
    topic = Topic.objects.get()
    parts = [
        MemoItem(kind=ItemKind.CHANGE, old=old, new=new, **row),
        MemoItem(kind=ItemKind.SUBJECT, old=laws[0], new=laws[1], topic=topic),
        MemoItem(kind=ItemKind.NOTE, annotation=note),
    ]
    services.add_items(cast.alice, memo, parts)
    of_topic = services.make_memo(cast.alice, "A topic")  # it leaves out what the other says of the two laws
    services.add_items(cast.alice, of_topic, [MemoItem(kind=ItemKind.TOPIC, topic=topic)])
    read = [MemoReader(cast.alice).read(items_of(one)) for one in (memo, of_topic)]
    for shown in chain(*read):
        kind = shown.item.kind
        assert "The Others" in str(lines_of(shown.blocks, is_marked=True)), f"{kind}: a reader learns who said it"
        kept = str(shown.item.seen_words)
        assert shown.item.seen_words["en"] and "Planted" not in kept and "The Others" not in kept, kind
    withdraw_name(cast.charlie, decision)
    html = alice.get(memo.get_absolute_url()).content.decode()
    assert "Planted" not in redlined(html, "del")


@pytest.mark.parametrize("kind", [ItemKind.NOTE, ItemKind.CONCERNS])
def test_a_file_with_a_note_that_was_withdrawn_since_is_not_given_out(cast, drafts, memo, monkeypatch, kind, alice):
    monkeypatch.setattr("lawcompare.memos.files.ITEMS_AT_ONCE", 0)
    note = Annotation.objects.create(
        slug="shown", body="Dara Planted of Kampot says so.", clause=article(drafts[0], 2), version=drafts[0],
        organisation=cast.centre, creator=cast.alice, status=NoteStatus.PUBLISHED, published_at=timezone.now(), risk=3,
    )  # fmt: skip
    services.add_items(cast.alice, memo, [MemoItem(kind=kind, annotation=note, law=note.version.law)])
    address = reverse("memo_file", args=[memo.key, "xlsx"])

    def ask() -> None:
        services.request_file(cast.alice, memo, "xlsx", "en", "https://example.org")
        runner.run_now(Job.objects.get(kind="memofile"))

    ask()
    assert alice.get(address).status_code == 200
    withdraw_annotation(cast.rita, note, "It names somebody.")
    assert alice.get(address).status_code == 302, "a file with a withdrawn note is not given out"
    ask()
    given = alice.get(address)
    assert given.status_code == 200 and "Planted" not in str(cells_of(given.content, 1))


def test_a_file_with_a_name_that_was_taken_back_since_is_not_given_out(
    cast, drafts, memo, alice, django_capture_on_commit_callbacks
):
    set_display_name(cast.charlie, "Charlie Planted")
    old, new = drafts
    with django_capture_on_commit_callbacks(execute=True):
        request_comparison(old, new)
        pair = [(article(old, 3), article(new, 2))]
        decision = set_together(cast.charlie, old, new, pair, "One duty.", names_person=True)
        decide_on(cast.sara, decision)
    row = {"old_eid": article(old, 3).eid, "new_eid": article(new, 2).eid}
    parts = [
        MemoItem(kind=ItemKind.COMPARISON, old=old, new=new),
        MemoItem(kind=ItemKind.CHANGE, old=old, new=new, **row),
    ]
    services.add_items(cast.alice, memo, parts)
    address = reverse("memo_file", args=[memo.key, "xlsx"])
    quiet = add_member("quiet@example.org", cast.others)[0]
    private = Annotation(body="Among themselves.", risk=3)
    set_target(private, article(old, 3), "")
    write_annotation(quiet, private, {})
    for is_named, take_back in (
        (True, lambda: set_display_name(cast.eve, "")),  # who is not named in it
        (True, lambda: set_display_name(quiet, "Quiet")),  # nor who has a private note on its texts
        (True, lambda: record("withdraw name", "decision/999", by=cast.charlie)),  # beside another decision
        (False, lambda: withdraw_name(cast.charlie, decision)),
    ):
        services.request_file(cast.alice, memo, "xlsx", "en", "https://example.org")
        runner.run_now(Job.objects.get(kind="memofile"))
        assert "Planted" in str(cells_of(alice.get(address).content, 1))
        take_back()
        assert (alice.get(address).status_code == 200) == is_named


@pytest.mark.parametrize("four", [False], indirect=True)
def test_a_file_of_translations_names_nobody_who_took_back_their_name_beside_the_originals(
    cast,
    four,  # noqa: F811
    memo,
    alice,
    django_capture_on_commit_callbacks,
):
    set_display_name(cast.charlie, "Charlie Planted")
    english, khmer = four
    with django_capture_on_commit_callbacks(execute=True):
        pair = [(article(english[0], 3), article(english[1], 2))]
        decision = set_together(cast.charlie, *english, pair, "One duty.", names_person=True)
        decide_on(cast.sara, decision)
    row = find_comparison(*khmer).pairs.exclude(decision=None).first()
    ends = {"old_eid": row.old.eid, "new_eid": row.new.eid}
    kinds = ((ItemKind.COMPARISON, {}), (ItemKind.CHANGE, ends))  # a whole comparison makes it a kept file
    parts = [MemoItem(kind=kind, old=khmer[0], new=khmer[1], **place) for kind, place in kinds]
    services.add_items(cast.alice, memo, parts)
    address = reverse("memo_file", args=[memo.key, "xlsx"])
    services.request_file(cast.alice, memo, "xlsx", "en", "https://example.org")
    runner.run_now(Job.objects.get(kind="memofile"))
    assert "Planted" in str(cells_of(alice.get(address).content, 1))
    withdraw_name(cast.charlie, decision)
    assert alice.get(address).status_code == 302


def test_a_file_is_written_as_for_a_visitor_where_who_asked_has_left_for_another_organisation(cast, store, memo):
    public, secret = store(OLD_DRAFT, "public"), store(NEW_DRAFT, "secret", published=False)
    Origin.objects.create(version=secret, organisation=cast.others)
    runner.run_now(request_comparison(public, secret).job)
    services.add_items(cast.alice, memo, [MemoItem(kind=ItemKind.COMPARISON, old=public, new=secret)])
    services.request_file(cast.alice, memo, "xlsx", "en", "https://example.org")
    cast.alice.memberships.update(organisation=cast.others)
    runner.run_now(Job.objects.get(kind="memofile"))
    file = MemoFile.objects.get()
    assert file.job.is_done and file.texts == []


def test_a_file_is_given_out_after_the_key_was_changed_and_asked_for_anew_when_it_is_gone(
    client, cast, drafts, memo, settings
):
    services.add_items(cast.alice, memo, [MemoItem(kind=ItemKind.COMPARISON, old=drafts[0], new=drafts[1])])
    runner.run_now(services.request_file(cast.alice, memo, "xlsx", "en", "https://example.org").job)
    file, versions = MemoFile.objects.get(), Version.objects.published()
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-of-the-site"
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert zipfile.is_zipfile(io.BytesIO(content_of(file, versions) or b""))
    settings.SECRET_KEY_FALLBACKS = []
    assert content_of(file, versions) is None


def test_a_file_is_not_given_out_of_a_memo_that_was_written_since(cast, drafts, memo, alice):
    services.add_items(cast.alice, memo, [MemoItem(kind=ItemKind.COMPARISON, old=drafts[0], new=drafts[1])])
    propose_lead(cast.rita, *drafts, "Two articles became four.")
    assert "Two articles became four." in alice.get(memo.get_absolute_url()).content.decode()
    runner.run_now(services.request_file(cast.alice, memo, "xlsx", "en", "https://example.org").job)
    address = reverse("memo_file", args=[memo.key, "xlsx"])
    assert alice.get(address).status_code == 200
    services.add_items(cast.alice, memo, [words("More.")])
    assert alice.get(address).status_code == 302
    assert alice.post(reverse("memo_write", args=[memo.key, "pdf"])).status_code == 404


def test_rows_of_one_pair_are_read_once(cast, drafts, memo, django_assert_max_num_queries, monkeypatch):
    """And their words alone: of two texts of 20,000 articles each memo would read all."""
    monkeypatch.delattr("lawcompare.comparisons.exports.load_document")
    client_rows = [
        MemoItem(kind=ItemKind.CHANGE, old=drafts[0], new=drafts[1], old_eid=eid, new_eid=eid)
        for eid in ["chp_1__art_1"] * 12
    ]
    services.add_items(cast.alice, memo, client_rows)
    items, from_db, rows = items_of(memo), ClausePair.from_db.__func__, []
    read = classmethod(lambda cls, *given, **named: rows.append(given) or from_db(cls, *given, **named))
    monkeypatch.setattr(ClausePair, "from_db", read)
    with django_assert_max_num_queries(14):
        MemoReader(cast.alice).read(items)
    assert len(rows) < find_comparison(*drafts).pairs.filter(level="unit").count()


def test_a_deleted_memo_is_gone_and_what_it_collected_stays(cast, laws, memo, alice):
    services.add_items(cast.alice, memo, [MemoItem(kind=ItemKind.TOPIC, topic=Topic.objects.get())])
    alice.post(reverse("memo_delete", args=[memo.key]))
    assert not Memo.objects.exists() and Topic.objects.exists()


def test_a_row_is_added_to_the_memo_worked_on_last_and_the_reader_stays(cast, drafts, laws, memo, alice):
    add, pair = reverse("memo_add"), find_comparison(*drafts).pairs.filter(level="unit").select_related("old", "new")
    rows = "old=draft/old&new=draft/new&row="
    page = "/compare/draft/old/with/draft/new/"
    anchor = next(one.anchor for one in pair if one.kind == "unchanged")
    answer = alice.post(add, {"part": rows + anchor, "back": page}, follow=True)
    assert answer.redirect_chain == [(f"{page}#{anchor}", 302)] and "1 part." in answer.content.decode()
    parts = [
        "old=one/a&new=two/b&subject=access",
        f"clause=draft/old/{pair.first().old.eid}",
        "topic=access",
        "law=one",
    ]
    for number, part in enumerate(parts, start=2):
        said = alice.post(add, {"part": part}, headers={"X-Requested-With": "fetch"}).content.decode()
        assert f"Added to “On the draft”: {number} parts." in said and memo.get_absolute_url() in said
    kinds = ["change", "subject", "clause", "topic", "concerns"]
    assert [item.kind for item in memo.items.all()] == kinds
    shown = MemoReader(cast.alice).read(items_of(memo))
    assert not any(one.gone or one.changes for one in shown) and "computer" in write(memo, alice)
    assert (
        alice.post(add, {"part": "topic=access", "back": "https://elsewhere.example/"})["Location"]
        == memo.get_absolute_url()
    )


def test_what_is_not_there_is_added_to_no_memo(drafts, laws, alice, subtests):
    for part in [
        "",
        "x",
        "row=1",
        "old=draft/old&new=draft/new",
        "old=draft/old&new=draft/new&row=none",
        "clause=draft/old",
        "old=one/a&new=two/b&subject=x",
    ]:
        with subtests.test(part=part):
            assert alice.post(reverse("memo_add"), {"part": part}).status_code == 404 and not Memo.objects.exists()


def test_the_first_row_begins_a_memo_and_a_colleagues_memo_is_gone_on_with_once_written(cast, laws, memo, client):
    client.force_login(cast.rita)
    add = {"part": "topic=access"}
    client.post(reverse("memo_add"), add)
    assert Memo.objects.count() == 2 and not memo.items.exists(), "the memo of somebody else is not chosen unasked"
    client.post(memo.get_absolute_url(), {"title": "On the draft", "based_on": "1"})
    client.post(reverse("memo_add"), add)
    assert memo.items.count() == 1
    client.force_login(cast.bob)
    assert client.post(reverse("memo_add"), add).status_code == 403


def test_each_page_offers_members_what_it_shows_for_a_memo(client, cast, laws, memo):
    Annotation.objects.create(
        slug="shown", body="Too wide.", clause=article(laws[0], 2), version=laws[0], organisation=cast.others,
        status=NoteStatus.PUBLISHED, published_at=timezone.now(), risk=3, exact="hinder the unity",
    )  # fmt: skip
    Topic.objects.get().clauses.set([article(laws[0], 1), article(laws[1], 1)])
    pages = {
        article(laws[0], 1).get_absolute_url(): ItemKind.CLAUSE, "/topics/access/": ItemKind.TOPIC,
        "/topics/": ItemKind.MATRIX, "/annotations/shown/": ItemKind.NOTE, "/laws/one/concerns/": ItemKind.CONCERNS,
        "/compare/one/a/with/two/b/": ItemKind.SUBJECT,
    }  # fmt: skip
    for page, kind in pages.items():
        assert "to-memo" not in client.get(page).content.decode(), "a visitor has no memo"
        client.force_login(cast.alice)
        (part,) = set(re.findall(r'name="part"\s+value="([^"]*)"', client.get(page).content.decode()))
        assert client.post(reverse("memo_add"), {"part": unescape(part), "back": page}).status_code == 302
        assert memo.items.last().kind == kind, page
        client.logout()


def test_what_changed_in_a_part_of_many_lines_that_are_alike_is_found_at_once():
    """With the cube of their number it took 3 s, and of as many as are kept a day, while the page was made."""
    with at_most(seconds=1):
        assert compare_lines(["a", "b"] * 500, ["b", "c"] * 500)


def test_a_clause_as_long_as_a_book_stands_in_a_memo_as_a_link(cast, laws, memo, monkeypatch):
    """Of 20 million letters each, as long as a text may be, the forty that a page prints would take a gigabyte."""
    items = [MemoItem(kind=ItemKind.CLAUSE, old=laws[0], old_eid=article(laws[0], 1).eid)]
    services.add_items(cast.alice, memo, items)
    short = MemoReader(cast.alice).read(items_of(memo))
    monkeypatch.setattr("lawcompare.memos.items.KEPT_MAX", 10)
    long = MemoReader(cast.alice).read(items_of(memo))
    assert len(short[0].blocks) > len(long[0].blocks) == 2 and long[0].address == short[0].address


def test_of_chapters_as_long_as_books_a_memo_measures_so_many(cast, laws, memo, monkeypatch):
    """PostgreSQL took 12 s to count the letters of a hundred parts, each a chapter of 20 million."""
    part = {"kind": ItemKind.CLAUSE, "old": laws[0], "old_eid": article(laws[0], 1).eid}
    services.add_items(cast.alice, memo, [MemoItem(**part) for _ in range(3)])
    monkeypatch.setattr("lawcompare.memos.items.WORDS_MAX", 0)
    first, *others = MemoReader(cast.alice).read(items_of(memo))
    assert len(first.blocks) > 2 and [len(one.blocks) for one in others] == [2, 2], "to the others it leads"


def test_an_article_of_thousands_of_parts_stands_in_a_memo_without_its_redline(cast, drafts, memo, monkeypatch):
    pair = find_comparison(*drafts).pairs.filter(level="unit").exclude(old=None).exclude(new=None).first()
    eids = {"old_eid": pair.old.eid, "new_eid": pair.new.eid}
    services.add_items(cast.alice, memo, [MemoItem(kind=ItemKind.CHANGE, old=drafts[0], new=drafts[1], **eids)])
    short = MemoReader(cast.alice).read(items_of(memo))
    monkeypatch.setattr("lawcompare.memos.items.LINES_MAX", -1)
    long = MemoReader(cast.alice).read(items_of(memo))
    assert len(long[0].blocks) == len(short[0].blocks) - 1 and long[0].address == short[0].address
