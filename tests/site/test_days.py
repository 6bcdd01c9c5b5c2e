"""Nothing public says when a text was in hand: no time before it was published, and no time of day."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from lawcompare.accounts.models import Organisation
from lawcompare.accounts.services import add_member
from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation, Category, CategoryChange, Reply
from lawcompare.annotations.targets import set_target
from lawcompare.api.datasets.tables import TABLES
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import request_comparison
from lawcompare.crosswalk.models import Correspondence, Topic, TopicChange, Value
from lawcompare.crosswalk.services import second_correspondence, state_by_hand, state_correspondence
from lawcompare.crosswalk.topics.services import add_topic, edit_topic, retire_topic
from lawcompare.crosswalk.values.services import confirm_value, find_words, state_value
from lawcompare.laws.models import Clause, Origin, Version
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.services import publish
from lawcompare.search.models import SearchEntry
from lawcompare.site.sitemaps import NoteSitemap
from lawcompare.site.views.feeds import _annotations
from tests import second_factor
from tests.accounts.test_permissions import ARGUMENTS, TABLE, patterns, plant
from tests.conftest import FRONT, NEW_DRAFT, OLD_DRAFT
from tests.planting import _unpacked
from tests.proposals import confirm_all, decide, edits_the_site

pytestmark = pytest.mark.django_db
PUBLISHED = (datetime.now(UTC) - timedelta(days=1)).replace(hour=7, minute=21, second=45, microsecond=678901)
IN_HAND = (PUBLISHED - timedelta(days=1)).replace(hour=6, minute=56, second=23, microsecond=310000)
ROOT = "http://testserver"
# The day before, as pages, data, headers and PDF write it; the times of both days.
EARLIER = [f"{IN_HAND:%Y-%m-%d}", f"{IN_HAND.day} {IN_HAND:%B %Y}", f"{IN_HAND:%d %b %Y}", f"{IN_HAND:%Y%m%d}"]
TIMES = ["06:56", "56:23", "23.310", "065623", "07:21", "21:45", "45.678", "072145"]
# A tracked change is dated up to twelve minutes after midnight: neighbours of one minute are one change to LibreOffice.
TIME_OF_DAY = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?!00:(?:0\d|1[0-2]):00)\d\d:\d\d|D:\d{8}(?!000000)\d{6}|\d\d:\d\d:\d\d GMT"
)

FORMS = {"version", "version_json", "version_akn", "comparison", "comparison_json", "comparison_docx", "comparison_pdf",
         "comparison_xlsx", "annotation", "annotation_jsonld", "annotations_csv", "law_feed", "topic_feed",
         "topic_docx", "matrix_docx", "api:comparison", "api:published", "card_row", "embed_note", "share_row",
         "sitemap", "values_csv", "text_corrections"}  # fmt: skip


def times_in(data: bytes) -> list[str]:
    """What bytes, or what is packed in them, tell of the time before publication, or of a time of day."""
    words = " ".join(one.decode("utf-8", "replace") for one in (data, *_unpacked(data)))
    words = words.replace("sha256:", "")  # with what follows, one of them in 256 reads like 56:23
    times = [word for word in (*EARLIER, *TIMES) if word in words]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            times += [str(one.date_time) for one in archive.infolist() if any(one.date_time[3:])]
    return times + TIME_OF_DAY.findall(words)


@pytest.fixture
def site(cast, monkeypatch, django_capture_on_commit_callbacks) -> dict[str, str]:
    """Two texts stored, compared, noted and set beside another law while private, and published on the next day."""

    def at(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    def stored(text: str, version: str, law: str = "draft") -> Version:
        front = FRONT.format(law=law, version=version, title=f"{law} {version}", date=f"{2019 + (version == 'new')}")
        one = import_law(Import((front + text).encode(), f"{version}.md")).version
        Origin.objects.create(version=one, organisation=cast.centre)
        return one

    at(IN_HAND)
    with django_capture_on_commit_callbacks(execute=True):
        old, new, other = stored(OLD_DRAFT, "old"), stored(NEW_DRAFT, "new"), stored(OLD_DRAFT, "1", "act")
        request_comparison(old, new)
        clause = Clause.objects.get(version=new, eid="chp_1__art_3")
        note = Annotation(body="It is vague.", risk=3)
        set_target(note, clause, "deemed")
        annotating.write_annotation(cast.alice, note, {})
        annotating.submit_annotation(cast.alice, note)
        annotating.publish_annotation(cast.rita, note)
        withdrawn = Annotation(body="It is wrong.", risk=3)
        set_target(withdrawn, clause, "deemed")
        annotating.write_annotation(cast.alice, withdrawn, {})
        annotating.submit_annotation(cast.alice, withdrawn)
        annotating.publish_annotation(cast.rita, withdrawn)
        reply = annotating.write_reply(cast.alice, note, Reply(body="It is.", kind="reply"))
        annotating.moderate_reply(cast.rita, reply, is_published=True)
        topic = Topic.objects.create(slug="publications", title="Publications")
        topic.clauses.add(clause)
        answer = Clause.objects.get(version=other, eid="chp_1__art_2")
        state_correspondence(topic, clause, answer, "narrower", "Because.", "Ed.")
    assert Comparison.objects.get().finished_at == note.created_at == reply.at == IN_HAND
    at(PUBLISHED)
    with django_capture_on_commit_callbacks(execute=True):
        assert all([publish(old), publish(new), publish(other)])
        at(PUBLISHED + timedelta(hours=1))
        withdrawn.refresh_from_db()
        annotating.withdraw_annotation(cast.rita, withdrawn, "A mistake.")
    return ARGUMENTS | {"version": "new", "slug": note.slug, "id": note.slug, "topic": "publications",
                        "eid": "chp_1__art_3", "row": "chp_1__art_3"}  # fmt: skip


def test_no_list_tells_by_its_order_what_was_there_before_it_was_public(store, cast, client):
    """Of two texts with a note and a row each, the first was kept private while the other was published."""
    texts = store(OLD_DRAFT, "kept", date="2021", published=False), store(OLD_DRAFT, "seen", date="2020")
    Origin.objects.create(version=texts[0], organisation=cast.centre)
    other, topic = store(NEW_DRAFT, "b", law="two"), Topic.objects.create(slug="a", title="A")
    for text in texts:
        note, clause = Annotation(slug=f"on-{text.slug}", body="Why.", risk=3), text.clauses.get(num="Article 2")
        set_target(note, clause, "deemed")
        annotating.write_annotation(cast.alice, note, {})
        annotating.submit_annotation(cast.alice, note)
        annotating.publish_annotation(cast.rita, note)
        state_correspondence(topic, clause, other.clauses.get(num="Article 1"), "partial", "Because.", "Ed.")
    publish(texts[0])
    pages = ["/api/v1/annotations", "/api/v1/correspondences", "/annotations.csv", "/sitemap-clauses-1.xml"]
    lists = [client.get(page).content.decode() for page in pages]
    lists += [str([note.slug for note in notes]) for notes in (NoteSitemap().items(), [*_annotations()][::-1])]
    assert [re.search("draft/(kept|seen)/|on-(kept|seen)", one)[0].strip("/")[-4:] for one in lists] == ["seen"] * 6


def test_no_list_tells_by_its_order_whose_note_was_begun_first(store, cast, client):
    clause = store(OLD_DRAFT, "seen").clauses.get(num="Article 2")
    authors = {"begun-first": (cast.alice, cast.rita), "public-first": (cast.charlie, cast.charlie)}
    for slug, (author, _reviewer) in authors.items():
        note = Annotation(slug=slug, body="Why.", risk=3)
        set_target(note, clause, "deemed")
        annotating.write_annotation(author, note, {})
        annotating.submit_annotation(author, note)
    for slug, (_author, reviewer) in reversed(authors.items()):
        annotating.publish_annotation(reviewer, Annotation.objects.get(slug=slug))
    lists = [
        client.get(page).content.decode() for page in (clause.version.get_absolute_url(), clause.get_absolute_url())
    ]
    lists.append(str([row["note"] for table in TABLES if table.name == "notes" for row in table.rows()]))
    assert [re.search("(begun|public)-first", one)[1] for one in lists] == ["public"] * 3


def test_no_list_tells_by_its_order_which_reply_was_let_stand_first_in_private(store, cast, client):
    text = store(OLD_DRAFT, "kept", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    note = Annotation(slug="note", body="Why.", risk=3)
    set_target(note, text.clauses.get(num="Article 2"), "deemed")
    annotating.write_annotation(cast.alice, note, {})
    annotating.submit_annotation(cast.alice, note)
    annotating.publish_annotation(cast.rita, note)
    for body in ("First.", "Second."):
        reply = annotating.write_reply(cast.alice, note, Reply(body=body, kind="reply"))
        annotating.moderate_reply(cast.rita, reply, is_published=True)
        Reply.objects.filter(pk=reply.pk).update(slug={"First.": "zebra", "Second.": "ape"}[body])
    publish(text)
    page = client.get(note.get_absolute_url()).content.decode()
    assert page.index("Second.") < page.index("First.")


def test_no_list_tells_by_its_order_of_whose_note_other_words_are_written(store, cast):
    clause, entries = store(OLD_DRAFT, "seen").clauses.get(num="Article 2"), []
    note = Annotation(slug="note", body="Why.", risk=3)
    set_target(note, clause, "deemed")
    annotating.write_annotation(cast.alice, note, {})
    annotating.submit_annotation(cast.alice, note)
    annotating.publish_annotation(cast.rita, note)
    for act in (
        lambda: annotating.write_annotation(cast.alice, note, {}),
        lambda: annotating.submit_annotation(cast.alice, note),
        lambda: annotating.return_annotation(cast.rita, note, "Not yet."),
        lambda: annotating.drop_revision(cast.alice, note),
        lambda: annotating.withdraw_annotation(cast.alice, note, "A mistake."),
    ):
        # Of answers that are as good, the first is the one whose entry was written first.
        entries.append(list(SearchEntry.objects.filter(kind="annotation").values_list("pk", flat=True)))
        act()
    assert entries[0] and entries == entries[:1] * 5 and not SearchEntry.objects.filter(kind="annotation").exists()


@pytest.mark.verify
def test_what_was_made_in_private_has_one_order_whatever_was_made_first(
    store, cast, client, django_capture_on_commit_callbacks
):
    """Rows, values, notes and topics are made in two orders, and made public in one: all answers are the same."""
    cast.dora, _is_new = add_member("dora@example.org", cast.others, "editor")
    second_factor.give(cast.dora)
    edits_the_site(cast.sara)
    seconds = {cast.rita: cast.eve, cast.charlie: cast.dora}
    Organisation.objects.update(two_person_rule=True)
    old, other = store(OLD_DRAFT, "old", date="2020"), store(NEW_DRAFT, "b", law="two")
    kept = store(NEW_DRAFT, "new", date="2021", published=False)
    Origin.objects.create(version=kept, organisation=cast.centre)
    one, two, three = (old.clauses.get(num=f"Article {number}") for number in (1, 2, 3))

    def note(slug: str) -> None:
        note = Annotation(slug=slug, body=f"The dragon {slug}.", risk=3)
        set_target(note, kept.clauses.get(num="Article 3"), "deemed")
        annotating.write_annotation(cast.alice, note, {})
        annotating.submit_annotation(cast.alice, note)
        annotating.publish_annotation(cast.rita, note)

    def topic(title: str) -> Topic:
        made = add_topic(cast.rita, {"title": title}, [])
        Topic.objects.filter(pk=made.pk).update(slug=title.lower())
        return Topic.objects.get(pk=made.pk)

    def kind(code: str) -> CategoryChange:
        return annotating.add_category(cast.eve, Category(code=code, label=code.title()))

    def change(action: str) -> TopicChange:
        ape = Topic.objects.get(slug="ape")
        if action == "changed":
            return edit_topic(cast.dora, ape, {"title": "Ape", "description": "Of trees."}, [], ape.revision)
        return retire_topic(cast.dora, ape, "Of none.")

    def call(name: str, who: Any) -> CategoryChange | None:
        one = Category.objects.get(code="ape")
        one.label = name
        return annotating.change_category(who, one)

    def row(under: Topic, who: Any, number: int) -> Correspondence:
        answer = other.clauses.get(num=f"Article {number}")
        return state_by_hand(who, under, two, answer, "partial", f"So {who.email} says of {number}.")

    def value(who: Any, clause: Clause, words: str) -> Value:
        return state_value(who, clause, "conduct", {}, find_words(clause, words))

    def answers(turn: slice) -> dict[str, Any]:
        def made(make: Callable[..., Any], *cases: tuple[Any, ...]) -> list[Any]:
            return [make(*case) for case in cases[turn]][turn]

        made(note, ("zebra",), ("ape",), ("mole",))
        topics = made(topic, ("Zebra",), ("Ape",))
        for each in (*(one.changes.get() for one in topics), *made(kind, ("zebra",), ("ape",))):
            decide(cast.sara, each)
        lion, bear = made(call, ("Lion", cast.eve), ("Bear", cast.eve))
        decide(cast.sara, lion)
        call("Ape", cast.sara)
        for each in (bear, *made(change, ("changed",), ("retired",))):
            decide(cast.sara, each)
        zebra = Topic.objects.get(slug="zebra")
        rows = [(zebra, cast.rita, 3), (zebra, cast.charlie, 3), (zebra, cast.rita, 2), (zebra, cast.charlie, 1)]
        values = [(who, one, words) for words in ("intentionally", "enters") for who in (cast.rita, cast.charlie)]
        values.append((cast.rita, three, "listens"))
        for (_zebra, who, _number), each in zip(rows, made(row, *rows), strict=True):
            second_correspondence(seconds[who], each, each.seen)
        for (who, *_words), each in zip(values, made(value, *values), strict=True):
            confirm_value(seconds[who], each, each.seen)
        confirm_all(cast.sara)
        with django_capture_on_commit_callbacks(execute=True):
            publish(Version.objects.get(pk=kept.pk))
        examples = ARGUMENTS | {"slug": "ape", "id": "ape", "topic": "zebra", "form": "xlsx", "section": "notes"}
        examples |= {"eid": two.eid, "row": two.eid, "new_law": "two", "new_version": "b"}
        addresses = {"/search/?q=dragon", "/api/v1/search?q=dragon", kept.get_absolute_url(), "/laws/draft/all/"}
        addresses |= {one.get_absolute_url(), kept.clauses.get(num="Article 3").get_absolute_url()}
        for name, arguments in patterns():
            if name in TABLE and "GET" in TABLE[name].methods:
                addresses.add(reverse(name, kwargs={argument: examples[argument] for argument in arguments}))
        told: dict[str, Any] = {table.name: list(map(str, table.rows())) for table in TABLES}
        for address in sorted(addresses):
            cache.clear()
            answer = client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            told |= {address: re.sub(rb"[\w-]{32,}", b"", body)} if answer.status_code == 200 else {}
        for who, name, words in ((cast.eve, "topic_edit", "changed|Of none"), (cast.dora, "kind_edit", "Lion|Bear")):
            client.force_login(who)
            page = client.get(reverse(name, args=["ape"])).content.decode()
            told[name] = re.findall(words, page.partition("Who changed it")[2])
            assert len(set(told[name])) == 2
        client.logout()
        return told

    told = []
    for turn in (slice(None), slice(None, None, -1)):
        with transaction.atomic():
            told.append(answers(turn))
            transaction.set_rollback(True)
    first, second = told
    assert [address for address in first | second if first.get(address) != second.get(address)] == []
    assert sum(b"zebra" in words for words in first.values() if isinstance(words, bytes)) > 20


@pytest.mark.verify
def test_no_page_file_or_answer_tells_a_time_before_publication_or_a_time_of_day(site):
    client, read, problems = Client(raise_request_exception=False), set(), []
    for name, arguments in patterns():
        if name in TABLE and "GET" in TABLE[name].methods:
            cache.clear()
            path = reverse(name, kwargs={argument: site[argument] for argument in arguments})
            answer = client.get(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            headers = " ".join(value for header, value in answer.items() if header != "Expires")  # now: never cached
            problems += [f"{path}: {words}" for words in times_in(body) + times_in(headers.encode())]
            read |= {name} if answer.status_code == 200 else set()
    notice = client.get(Annotation.objects.get(status="withdrawn").get_absolute_url()).content
    assert b"A mistake." in notice
    problems += times_in(notice)
    assert not problems, "\n".join(problems)
    assert len(read) > 60 and read > FORMS, FORMS - read
    feed = client.get("/feeds/laws/draft.atom").content.decode()
    entry = next(one for one in feed.split("<entry>") if "Compared: draft old (brought by" in one)
    assert f"<published>{PUBLISHED:%Y-%m-%d}T00:00:00+00:00</published>" in entry
    assert client.get("/api/v1/comparisons").json()["items"][0]["finished_at"] == f"{PUBLISHED:%Y-%m-%d}T00:00:00Z"


@pytest.mark.verify
def test_no_file_that_members_download_holds_a_time_of_day(world, cast, store, drafts, client):
    planted, read, pages, problems = world.has("planted", lambda: plant(cast, store, drafts)), set(), set(), []
    for person in (planted.rita, planted.eve, planted.adam):
        client.force_login(person)
        for name, arguments in patterns():
            for form in ("docx", "xlsx", "pdf", "csv") if "form" in arguments else ("",):
                if name not in TABLE or "GET" not in TABLE[name].methods or "logout" in name or (name, form) in pages:
                    continue
                cache.clear()
                examples = ARGUMENTS | ({"form": form} if form else {})
                answer = client.get(reverse(name, kwargs={argument: examples[argument] for argument in arguments}))
                if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
                    pages.add((name, form))  # no file, whoever asks
                elif answer.status_code == 200:
                    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                    problems += [f"{name} {form}: {words}" for words in times_in(body)]
                    read.add(f"{name} {form}".strip())
    assert not problems, "\n".join(problems)
    assert read > {"memo_file docx", "memo_file xlsx", "draft_comparison_docx", "topic_docx", "matrix_docx",
                   "matrix_xlsx", "comparison_docx", "comparison_pdf", "comparison_xlsx", "concerns_docx",
                   "concerns_xlsx"}  # fmt: skip


def test_no_table_of_the_data_set_does_so(site, tmp_path):
    call_command("export_data", tmp_path / "data", "--site", "https://example.org")
    check_files(tmp_path)


@pytest.mark.soak
def test_no_file_of_a_mirror_does_so(site, settings, tmp_path):
    settings.ALLOWED_HOSTS = ["testserver"]
    for name in ("source-serif-4", "source-serif-4-italic", "noto-sans-khmer", "moul"):
        (settings.FONT_DIR / f"{name}.woff2").write_bytes(b"a face")
    call_command("export_site", tmp_path / "mirror", "--processes", "1", "--site", ROOT, stdout=io.StringIO())
    check_files(tmp_path)


def check_files(folder: Path) -> None:
    files = [file for file in folder.rglob("*") if file.is_file() and "static" not in file.parts]
    problems = [f"{file}: {words}" for file in files for words in times_in(file.read_bytes())]
    assert len(files) > 10 and not problems, "\n".join(problems)
