"""From a corrected draft to a text that everybody reads: previewed, published or kept, corrected by a new one."""

import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lawcompare.accounts.models import Membership, User
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.services import write_annotation
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs import runner
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.registry import SILENCE_MAX
from lawcompare.core.jobs.runner import run_now, sweep
from lawcompare.core.jobs.services import retry
from lawcompare.crosswalk.findings.models import Examination
from lawcompare.crosswalk.models import Value
from lawcompare.crosswalk.values.services import find_words, state_for_project
from lawcompare.imports import corrections
from lawcompare.imports.models import DraftState, ImportCorrection, ImportDraft
from lawcompare.imports.storing import services as storing
from lawcompare.imports.storing.services import details_state, gaps_of, save_details
from lawcompare.imports.templatetags.imports import corrections_of
from lawcompare.imports.upload.services import discard
from lawcompare.laws import proposals
from lawcompare.laws.editing.services import rename_law, rename_text
from lawcompare.laws.models import Clause, Law, Origin, Original, PlainWords, Version
from lawcompare.laws.services import ImportRefused, store_text
from lawcompare.laws.version_page import lay_out, lay_out_unsaved
from lawcompare.laws.withdrawal.services import withdraw
from lawcompare.publishing.services import publish as make_public
from lawcompare.search.models import EntryKind, SearchEntry
from tests.annotations.conftest import make_note
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.imports.conftest import DETAILS, LAW
from tests.laws.test_translations import KHMER
from tests.processor_time import at_most
from tests.world import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def draft(hand_in, cast):
    draft = hand_in()
    corrections.check_warnings(cast.eve, draft)
    return draft


def about(editor, draft, **fields: str):
    fields = {"revision": details_state(ImportDraft.objects.get(pk=draft.pk))} | fields
    return editor.post(f"{draft.get_absolute_url()}about/", DETAILS | {"preview": "1"} | fields)


def shown_revision(answer) -> str:
    return re.search(r'name="revision" value="(\w*)"', answer.content.decode())[1]


def publish(editor, draft, commit, **fields: str):
    with commit(execute=True):
        return editor.post(f"{draft.get_absolute_url()}publish/", fields)


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def test_details_that_another_tab_changed_since_are_not_written_over_unseen(editor, draft):
    address = f"{draft.get_absolute_url()}about/"
    form = {"title": "", "note": "First words."}
    first = {"revision": shown_revision(editor.get(address))}
    saved = editor.post(address, form | first, headers={"HX-Request": "true"})
    assert "Saved." in saved.content.decode()
    assert editor.post(address, form | {"note": "Then others.", "revision": shown_revision(saved)}).status_code == 302
    late = editor.post(address, form | {"note": "From the other tab."} | first, headers={"HX-Request": "true"})
    assert "Not saved" in late.content.decode() and shown_revision(late) == first["revision"]
    late = editor.post(address, form | {"note": "From the other tab."} | first)
    html = late.content.decode()
    assert late.status_code == 409 and "<dd>Then others.</dd>" in html and "From the other tab." in html
    assert ImportDraft.objects.get().details["note"] == "Then others."
    assert editor.post(address, form | {"note": "Mine.", "revision": shown_revision(late)}).status_code == 302
    assert ImportDraft.objects.get().details["note"] == "Mine."


def test_an_official_text_names_its_source_and_what_was_typed_is_kept(editor, draft):
    answer = about(editor, draft, text_status="official", source_url="", note="Kept words.")
    assert answer.status_code == 302, "an address, so that the way back meets no form that was sent"
    html = unescape(editor.get(answer["Location"]).content.decode())
    assert "Give the source of an official text" in html and "Kept words." in html
    invalid = about(editor, draft, text_status="official", source_url="nowhere")
    invalid = unescape(editor.get(invalid["Location"]).content.decode())
    assert "Give the source" not in invalid and "valid URL" in invalid, "one sentence beside the field"
    assert about(editor, draft, text_status="official", source_url="https://example.org/law")["Location"].endswith(
        "/preview/"
    )
    assert about(editor, draft, text_status="leaked", source_url="")["Location"].endswith("/preview/")


def test_what_must_be_filled_in_is_marked_and_what_is_typed_is_kept_complete_or_not(editor, draft):
    html = editor.get(f"{draft.get_absolute_url()}about/").content.decode()
    marked = re.findall(r"<label[^>]*>([^<]+?)\s*<span[^>]*>\(required\)</span>", html)
    assert marked == [
        "Law", "Jurisdiction", "Kind of law", "Title of this text", "Date of the text", "What the words are", "Language"
    ]  # fmt: skip
    half = {"title": "Half a title", "date": "yesterday", "revision": details_state(draft)}
    assert editor.post(f"{draft.get_absolute_url()}about/", half).status_code == 302
    html = editor.get(f"{draft.get_absolute_url()}about/").content.decode()
    assert 'value="Half a title"' in html and 'value="yesterday"' in html
    assert about(editor, draft, date="yesterday")["Location"].endswith("/about/?check=1")


def test_the_preview_is_the_readers_page_writes_no_row_and_leads_nowhere_that_is_not_there(editor, draft):
    assert about(editor, draft)["Location"].endswith("/preview/")
    html = editor.get(f"{draft.get_absolute_url()}preview/").content.decode()
    assert "Draft on lamps" in html and "Duties of providers" in html and "Published by a newspaper." in html
    assert not Version.objects.exists() and not Law.objects.exists() and not Clause.objects.exists()
    about(editor, draft)
    with CaptureQueriesContext(connection) as asked:
        html = editor.get(f"{draft.get_absolute_url()}preview/").content.decode()
    verbs = [query["sql"].split(None, 1)[0] for query in asked.captured_queries]
    assert not {"INSERT", "UPDATE", "DELETE", "BEGIN"} & set(verbs)
    assert "/laws/law-on-lamps/2024-03-en/" not in html
    assert 'href="/laws/law-on-lamps/"' not in html, "a new law has no page before its first text"


@pytest.mark.parametrize("per_page", [3, 200])
def test_the_preview_has_the_contents_and_pages_that_readers_will_have(store, settings, per_page):
    settings.CLAUSES_PER_PAGE = per_page
    stored = store(OLD_DRAFT, "old")
    rows = list(stored.clauses.order_by("position"))
    assert lay_out_unsaved(rows) == lay_out(stored)


@pytest.mark.both_databases
def test_publishing_makes_a_public_text_with_its_provenance(client, editor, draft, cast, commit):
    reason = "The print says Article 3."
    corrections.make_correction(cast.eve, draft, "number", "c3", {"num": "Article 3"}, reason, 0)
    corrections.make_correction(cast.eve, draft, "join", "c2", {"into": "text", "glue": " "}, "", 1)
    corrections.undo(cast.eve, draft)
    about(editor, draft)
    response = publish(editor, draft, commit)
    version = Version.objects.get()
    assert response["Location"] == f"{draft.get_absolute_url()}?stored=about", "the page that waits"
    listed = editor.get("/workspace/imports/").content.decode()
    assert "name not kept" in listed and "draft.txt" not in listed, "a file's name may tell who passed it on"
    assert version.get_absolute_url() == "/laws/law-on-lamps/2024-03-en/"
    assert version.is_published and version.file_hash == draft.original and version.text_status == "leaked"
    assert Examination.objects.filter(version=version).exists()
    client.logout()
    html = client.get(version.get_absolute_url()).content.decode()
    assert "1 correction by The Centre" in html and "nobody had reviewed" not in html
    assert version.pages_total is None and "read by a person" not in html, "it was no scan"
    listed = client.get(f"{version.get_absolute_url()}corrections/").content.decode()
    assert reason in listed and "Article 4" in listed
    for page in (html, listed):
        assert "draft.txt" not in page and "eve@" not in page and "joined" not in page


def test_warnings_that_nobody_checked_are_asked_about_once_and_shown_to_readers(client, editor, hand_in, commit):
    draft = hand_in()
    about(editor, draft)
    asked = editor.get(publish(editor, draft, commit)["Location"])
    assert "2 warnings" in asked.content.decode() and 'name="unchecked" value="1"' in asked.content.decode()
    assert not Version.objects.exists()
    assert publish(editor, draft, commit, unchecked="1").status_code == 302
    client.logout()
    html = client.get(Version.objects.get().get_absolute_url()).content.decode()
    assert "published with 2 warnings that nobody had reviewed" in html


def test_it_is_compared_with_the_text_before_it(editor, draft, store, cast, commit):
    """Not with what another organisation merely proposes."""
    store(OLD_DRAFT, "old", date="2019")
    proposed = store(OLD_DRAFT, "proposed", date="2023", published=False)
    Origin.objects.create(version=proposed, organisation=cast.others)
    make_public(proposed)
    about(editor, draft, law="draft")
    publish(editor, draft, commit)
    version = Version.objects.get(slug="2024-03-en")
    assert version.follows is None, "nobody named one, and what is before it by date is found where it is asked"
    comparison = Comparison.objects.get(new=version)
    assert (comparison.old.slug, comparison.new.slug, comparison.state) == ("old", "2024-03-en", "done")


@pytest.mark.parametrize("name", ["", "is taken", "was taken"])
def test_a_text_is_kept_private_and_published_later(client, editor, draft, cast, store, commit, name):
    about(editor, draft)
    publish(editor, draft, commit, private="1")
    version = Version.objects.get()
    assert not version.is_published
    assert "Only your organisation sees this text" in editor.get(version.get_absolute_url()).content.decode()
    for person, status in ((cast.charlie, 404), (cast.alice, 200)):
        client.force_login(person)
        assert client.get(version.get_absolute_url()).status_code == status
    if name:  # by another public law since
        other = store(OLD_DRAFT, "2024-03-en", law="law-on-lamps")
        name == "was taken" and rename_law(other.law, "lamps")
        beside = store(OLD_DRAFT, "beside", law=version.law.slug, published=False)
        Origin.objects.create(version=beside, organisation=cast.centre)
        assert rename_text(cast.eve, version, "other", version.slug)
    client.force_login(cast.eve)
    publish(client, draft, commit)
    version = Version.objects.get(pk=version.pk)
    assert ">Published.<" in client.get(version.get_absolute_url()).content.decode().replace("\n", "")
    client.logout()
    wanted = "law-on-lamps-2/other" if name else "law-on-lamps/2024-03-en"
    assert Version.objects.get(pk=version.pk).address == wanted, "the names wanted for it, or like them"
    assert client.get(version.get_absolute_url()).status_code == 200
    draft.refresh_from_db()
    assert draft.state == DraftState.PUBLISHED


@pytest.mark.parametrize("typed", ["", "2024-03-en"])
def test_a_text_takes_no_name_that_leads_to_another_text_of_its_law(client, editor, draft, cast, store, commit, typed):
    known = store(OLD_DRAFT, "2024-03-en")
    old = known.get_absolute_url()
    rename_text(cast.sara, known, "renamed", known.slug)
    about(editor, draft, law="draft", law_title="", version=typed)
    publish(editor, draft, commit)
    assert Version.objects.get(text_status="leaked").address == "draft/2024-03-en-2"
    client.logout()
    assert client.get(old)["Location"] == Version.objects.get(slug="renamed").get_absolute_url()


def test_the_name_of_a_text_that_was_private_counts_on_from_that_of_others(editor, draft, store, commit):
    """2024-03-en-2-2 told that it was in hand before the other became public."""
    store(OLD_DRAFT, "2024-03-en")
    about(editor, draft, law="draft", law_title="", version="")
    publish(editor, draft, commit, private="1")
    store(OLD_DRAFT, "2024-03-en-2")
    publish(editor, draft, commit)
    assert Version.objects.get(text_status="leaked").address == "draft/2024-03-en-3"


def test_a_new_law_has_its_name_in_both_languages_and_its_first_text_is_shown_at_once_and_made_once(
    editor, draft, commit
):
    about(editor, draft, title_km="ច្បាប់ស្តីពីចង្កៀង")
    publish(editor, draft, commit)
    version = Version.objects.get()
    assert (version.law.title, version.law.title_km) == ("Law on lamps", "ច្បាប់ស្តីពីចង្កៀង")
    waiting = editor.get(f"{draft.get_absolute_url()}?stored=about", follow=True)
    assert waiting.redirect_chain == [(version.get_absolute_url(), 302)], "stored before the page that waits is there"
    page = waiting.content.decode()  # the first text of its law is compared with none
    assert "Published." in page and "comparisons are being made" not in page
    assert publish(editor, draft, commit)["Location"] == Version.objects.get().get_absolute_url()


def publish_later(editor, draft, **fields: str):
    """Ask for it, and leave the message on its way."""
    return editor.post(f"{draft.get_absolute_url()}publish/", fields)


def wait(editor, draft):
    """The answer to a waiting page that asks again."""
    return editor.get(draft.get_absolute_url(), headers={"HX-Request": "true"})


def test_the_request_answers_at_once_and_a_worker_stores_the_text(editor, draft, commit):
    about(editor, draft)
    asked = publish_later(editor, draft)
    assert asked["Location"].startswith(draft.get_absolute_url()) and not Version.objects.exists()
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert "Publishing" in html and "You may close this page" in html
    with commit(execute=True) as sent:
        publish_later(editor, draft)
    assert sent == [], "asked for twice, begun once"
    run_now(Job.objects.get(kind="storing"))
    run_now(Job.objects.get(kind="storing"))
    version = Version.objects.get()
    assert version.is_published and wait(editor, draft)["HX-Redirect"] == version.get_absolute_url()
    assert "Published." in editor.get(version.get_absolute_url()).content.decode()


def test_while_it_is_stored_nothing_is_corrected_and_the_progress_is_shown(editor, draft, cast, monkeypatch):
    about(editor, draft)
    publish_later(editor, draft)
    seen = []

    def look(*args, **kwargs):
        kwargs["progress"]("storing", 2, 4)
        seen.append(wait(editor, draft).content.decode())
        with pytest.raises(ImportRefused):
            save_details(cast.eve, draft, {"title": "Other"})
        return store_text(*args, **kwargs)

    monkeypatch.setattr(storing, "store_text", look)
    monkeypatch.setattr(runner, "SECONDS_BETWEEN_REPORTS", 0)
    run_now(Job.objects.get(kind="storing"))
    assert "Publishing" in seen[0] and 'value="50"' in seen[0] and "2 of 4 clauses" in seen[0]


def test_what_cannot_be_stored_comes_back_with_the_reason_and_is_tried_again(editor, draft, store, commit):
    about(editor, draft, version="v1")
    publish_later(editor, draft)
    taken = store(OLD_DRAFT, "v0", law="law-on-lamps")  # the text became one of that law, under its title
    run_now(Job.objects.get(kind="storing"))
    assert wait(editor, draft)["HX-Refresh"] == "true"
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert "It could not be stored: " in html and "was published meanwhile" in html and "Try again" in html
    assert "text that could not be stored" in editor.get("/workspace/").content.decode()
    assert list(Version.objects.all()) == [taken], "nothing of it was written"
    draft.refresh_from_db()
    assert about(editor, draft, law="law-on-lamps", version="v2").status_code == 302
    publish(editor, draft, commit)
    assert Version.objects.count() == 2 and Version.objects.get(slug="v2").is_published


def test_a_storing_that_fails_unexpectedly_writes_nothing(editor, draft, monkeypatch):
    about(editor, draft)
    publish_later(editor, draft)

    def fail(version):
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(storing, "publish", fail)
    run_now(Job.objects.get(kind="storing"))
    assert not Version.objects.exists() and not Law.objects.exists()
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert "unexpected error" in html and "on fire" not in html


def lose(draft, **fields):
    Job.objects.filter(kind="storing").update(heartbeat=timezone.now() - SILENCE_MAX * 2, **fields)


@pytest.mark.both_databases
def test_a_storing_whose_worker_died_is_taken_up_again_and_given_up_in_the_end(editor, draft, commit):
    about(editor, draft)
    publish_later(editor, draft)
    lose(draft, state=JobState.RUNNING, attempts=3)
    assert "Storing was interrupted" in editor.get(draft.get_absolute_url()).content.decode()
    assert sweep()["storing"] == 1
    draft = ImportDraft.objects.get()
    assert draft.state == DraftState.READY and "3 times" in draft.job.reason
    publish_later(editor, draft)
    lose(draft, state=JobState.RUNNING, attempts=1)
    with commit(execute=True):
        swept = sweep()
    assert (swept["reading"], swept["storing"]) == (0, 1)
    assert Version.objects.get().is_published
    draft.refresh_from_db()
    assert draft.state == DraftState.PUBLISHED


WRONG_DETAILS = [
    ({"law": ""}, "required"),
    ({"law": "no-such-law"}, "Select a valid choice"),
    ({"jurisdiction": ""}, "A new law needs this"),
    ({"date": "2024-13"}, "A date is"),
    ({"date": ""}, "required"),
    ({"text_status": "rumour"}, "Select a valid choice"),
    ({"source_url": "javascript:alert(1)"}, "valid URL"),
    ({"version": "no slug!"}, "slug"),
    ({"law": "draft", "version": "old"}, "taken by another text"),
    ({"translates": "draft/old"}, "same language"),
    ({"follows": "draft/old"}, "text of another law"),
    ({"law_slug": "draft"}, "taken by another law"),
]


def test_what_is_not_right_is_said_beside_the_field(editor, draft, store):
    store(OLD_DRAFT, "old", date="2019")
    for fields, sentence in WRONG_DETAILS:
        html = editor.get(about(editor, draft, **fields)["Location"]).content.decode()
        assert sentence in html and "Please correct the fields" in html, fields
        assert publish(editor, draft, lambda execute: transaction.atomic()).status_code == 302
    assert Version.objects.count() == 1


PART = KHMER.replace("## មាត្រា ៣. ការស្តាប់\n\nអ្នកណាដែលស្តាប់ ត្រូវពិន័យ។\n\n", "") + "\n## មាត្រា ៩. បន្ថែម\n\nបន្ថែម។\n"
RENDERS = {"law": "draft", "language": "km", "translates": "draft/old", "text_status": "restatement"}


def test_a_rendering_whose_clauses_do_not_match_is_stored_only_after_each_is_named(
    editor, store, hand_in, commit, cast
):
    store(OLD_DRAFT, "old", date="2019")
    draft = hand_in(PART, "km.md")
    corrections.check_warnings(cast.eve, draft)  # that there is no Article 3
    assert about(editor, draft, preview="1", **RENDERS).status_code == 302
    preview = unescape(editor.get(f"{draft.get_absolute_url()}preview/").content.decode())
    missing, extra = "Article 3. Interception", "Article 9. បន្ថែម"
    assert missing in preview and extra in preview and "Article 4" not in preview.partition("</form>")[0]
    with commit(execute=True):
        refused = editor.post(f"{draft.get_absolute_url()}publish/", {"private": "1"})
    page = unescape(editor.get(refused["Location"]).content.decode())
    assert not Job.objects.filter(kind="storing").exists() and Version.objects.count() == 1
    assert missing in page and extra in page and 'name="private" value="1"' in page and "Publish anyway" not in page
    with commit(execute=True):
        editor.post(f"{draft.get_absolute_url()}publish/", {"gaps": "1"})
    assert Version.objects.get(language="km").translates.slug == "old"


def test_of_a_long_rendering_no_page_asks_which_clauses_match(editor, store, hand_in, monkeypatch):
    """Two texts of 12,000 articles were set together for 23 s, in each opening of the preview."""
    store(OLD_DRAFT, "old", date="2019")
    draft = hand_in(PART, "km.md")
    about(editor, draft, **RENDERS)
    draft.refresh_from_db()
    assert gaps_of(draft, draft.details)
    monkeypatch.setattr("lawcompare.imports.storing.services.GAPS_AT_ONCE", 20)
    assert not gaps_of(draft, draft.details)
    with pytest.raises(ImportRefused, match="there is no version draft/gone"):  # its original was discarded since
        gaps_of(draft, draft.details | {"translates": "draft/gone"})


def test_a_rendering_that_matches_is_asked_nothing(editor, store, hand_in, commit):
    store(OLD_DRAFT, "old", date="2019")
    draft = hand_in(KHMER, "km.md")
    about(editor, draft, **RENDERS)
    with commit(execute=True):
        assert editor.post(f"{draft.get_absolute_url()}publish/").status_code == 302
    assert Version.objects.get(language="km").is_published


@pytest.fixture
@made_once
def old(store, cast):
    """A public text that the Centre brought."""
    old = store(OLD_DRAFT, "old", date="2019")
    Origin.objects.create(version=old, organisation=cast.centre)
    return old


def test_a_published_text_is_corrected_by_a_new_one_that_names_it(client, old, editor, cast, commit):
    response = editor.post("/workspace/correct/draft/old/")
    draft = ImportDraft.objects.get()
    assert response["Location"] == draft.get_absolute_url()
    assert editor.post("/workspace/correct/draft/old/")["Location"] == draft.get_absolute_url(), "not taken up twice"
    assert editor.get(draft.get_absolute_url()).status_code == 200
    corrections.make_correction(cast.eve, draft, "words", "c1", {"heading": "Access"}, "Misread.", 0)
    page = editor.get(f"{draft.get_absolute_url()}about/").content.decode()
    assert '<option value="draft/old" selected>' in page
    form = {name: str(value) for name, value in draft.details.items()}
    editor.post(f"{draft.get_absolute_url()}about/", form | {"preview": "1"})
    publish(editor, draft, commit)
    new = Version.objects.exclude(pk=old.pk).get()
    assert new.corrects == old and new.slug == "2019-en"
    assert new.clauses.get(eid="chp_1__art_1").heading == "Access"
    assert list(new.clauses.values_list("eid", flat=True)) == list(old.clauses.values_list("eid", flat=True))
    client.logout()
    html = client.get(new.get_absolute_url()).content.decode()
    assert "Corrects" in html and "1 correction by The Centre" in html
    with pytest.raises(DatabaseError), transaction.atomic():
        Clause.objects.filter(version=old).update(text="x")


def test_title_and_date_of_a_published_text_are_changed_by_a_correction_of_the_same_words(client, old, editor, commit):
    page = editor.get("/workspace/laws/draft/old/").content.decode()
    assert 'action="/workspace/correct/draft/old/"' in page and "Another title or date" in page
    editor.post("/workspace/correct/draft/old/")
    draft = ImportDraft.objects.get()
    form = {name: str(value) for name, value in draft.details.items()}
    about(editor, draft, **form | {"title": "The draft of March", "date": "2019-03-02"})
    publish(editor, draft, commit)
    new = Version.objects.exclude(pk=old.pk).get()
    assert (new.title, new.date, new.corrects) == ("The draft of March", "2019-03-02", old)
    assert new.text_hash == old.text_hash
    client.logout()
    assert new.get_absolute_url() in client.get(old.get_absolute_url()).content.decode(), "readers are led on"
    assert "The draft of March" in client.get("/laws/draft/").content.decode()


def test_a_private_text_takes_no_name_that_another_organisation_could_notice(editor, draft, hand_in, cast, commit):
    about(editor, draft)
    publish(editor, draft, commit, private="1")
    kept = Version.objects.get()
    assert kept.law.slug.startswith("law-on-lamps-") and kept.slug.startswith("2024-03-en-")
    second = hand_in(LAW + "\nArticle 5. Lamps\nLamps are lit.\n")
    corrections.check_warnings(cast.eve, second)
    ImportDraft.objects.filter(pk=second.pk).update(organisation=cast.others)
    Membership.objects.filter(user=cast.eve).update(organisation=cast.others)
    assert about(editor, second, law_slug="law-on-lamps")["Location"].endswith("/preview/")
    publish(editor, second, commit)
    assert Version.objects.published().get().address == "law-on-lamps/2024-03-en"


def test_a_law_that_others_withdrew_takes_no_text_with_it(client, editor, draft, hand_in, store, cast, commit):
    theirs = store(OLD_DRAFT, "theirs", law="law-on-lamps")
    Origin.objects.create(version=theirs, organisation=cast.others)
    about(editor, draft, law="law-on-lamps")
    publish(editor, draft, commit, private="1")
    withdraw(cast.sara, theirs.law, "It names somebody.")
    answer = editor.post(f"{draft.get_absolute_url()}publish/", follow=True)
    assert "removed from public view, with all its texts" in answer.content.decode()
    assert not Version.objects.published().exists()
    discard(cast.eve, ImportDraft.objects.get())  # with which the Centre no longer sees that there is such a law
    second = hand_in(LAW + "\nArticle 5. Lamps\nLamps are lit.\n")
    corrections.check_warnings(cast.eve, second)
    about(editor, second, law_slug="law-on-lamps")
    publish(editor, second, commit)
    assert Version.objects.published().get().law.slug == "law-on-lamps-2"


def test_a_preview_tells_of_no_text_and_no_law_that_staff_keep_to_themselves(editor, draft, store):
    """Where a text stored by a command had the name, the preview said so, and the title of its law."""
    store(OLD_DRAFT, "2024-03-en", law="draft", published=False)
    store(OLD_DRAFT, "first", law="kh-lamps", published=False)
    Law.objects.filter(slug="kh-lamps").update(title="A law that was signed in secret")
    for fields in ({"law": "draft"}, {"law_slug": "kh-lamps"}):
        if "law" in fields:
            store(OLD_DRAFT, "public", law="draft")
        about(editor, draft, **fields)
        page = editor.get(f"{draft.get_absolute_url()}preview/")
        html = page.content.decode()
        assert page.status_code == 200 and "Draft on lamps" in html
        assert "already exists" not in html and "signed in secret" not in html
        assert ("Law on lamps" in html) == ("law_slug" in fields)


@pytest.mark.parametrize("is_kept_first", [False, True])
@pytest.mark.parametrize("fields", [{"law": "draft"}, {"law_slug": "kh-lamps"}])
def test_what_staff_keep_to_themselves_gives_its_name_up(editor, draft, store, commit, fields, is_kept_first):
    """The text was called 2024-03-en-2, or its law kh-lamps-2, which told of one that nobody else sees."""
    store(OLD_DRAFT, "public", law="draft")
    hidden = [store(OLD_DRAFT, "2024-03-en", law="draft", published=False)]
    hidden += [store(OLD_DRAFT, "2024-03-en", law=name, published=False) for name in ("kh-lamps", "kh-lamps-2")]
    about(editor, draft, **fields)
    for step in [{"private": "1"}, {}] if is_kept_first else [{}]:
        publish(editor, draft, commit, **step)
    draft.refresh_from_db()
    assert draft.version.is_published
    assert draft.version.address == f"{fields.get('law', 'kh-lamps')}/2024-03-en"
    for text in hidden:
        text.refresh_from_db()
        assert text.pk != draft.version.pk and not text.is_published
    names = {Version.objects.get(pk=text.pk).address for text in hidden}
    assert "kh-lamps-2/2024-03-en" in names and len(names & {"draft/2024-03-en", "kh-lamps/2024-03-en"}) == 1


def test_a_text_of_a_law_that_was_withdrawn_since_it_was_asked_for_is_not_published(editor, draft, store, cast, commit):
    """Once the law was back, it told the day on which nobody could read it."""
    theirs = store(OLD_DRAFT, "theirs", law="law-on-lamps")
    Origin.objects.create(version=theirs, organisation=cast.others)
    about(editor, draft, law="law-on-lamps")
    publish_later(editor, draft)
    withdraw(cast.sara, theirs.law, "It names somebody.")
    draft.refresh_from_db()
    runner.run_now(draft.storing_job)
    draft.storing_job.refresh_from_db()
    assert "removed from public view" in draft.storing_job.reason and Version.objects.count() == 1


def test_what_was_changed_since_the_preview_is_not_published(editor, draft, cast, commit):
    about(editor, draft)
    html = editor.get(f"{draft.get_absolute_url()}preview/").content.decode()
    previewed = re.search(r'name="previewed" value="([^"]+)"', html)[1]
    corrections.make_correction(cast.eve, draft, "words", "c1", {"heading": "Slipped in"}, "So.", 0)
    answer = publish(editor, draft, commit, previewed=previewed)
    assert answer["Location"].endswith("/preview/") and not Version.objects.exists()
    html = editor.get(answer["Location"]).content.decode()
    assert "changed since your preview" in html and "Slipped in" in html
    about(editor, draft, title="Another title")
    assert publish(editor, draft, commit, previewed=re.search(r'name="previewed" value="([^"]+)"', html)[1])
    assert not Version.objects.exists(), "its details count too"
    html = editor.get(f"{draft.get_absolute_url()}preview/").content.decode()
    publish(editor, draft, commit, previewed=re.search(r'name="previewed" value="([^"]+)"', html)[1])
    assert Version.objects.get().title == "Another title"


@pytest.mark.parametrize("since", ["nothing", "correction", "removal", "another role", "deactivation"])
def test_a_publishing_that_failed_is_tried_again_as_it_was_asked_for_and_read(editor, draft, cast, commit, since):
    """Whoever pressed the button of the job, staff too, published what was changed since and nobody had read."""
    about(editor, draft)
    publish_later(editor, draft)
    Job.objects.filter(kind="storing").update(state=JobState.FAILED, reason="Its worker ended 3 times.")
    if since == "correction":
        draft.refresh_from_db()
        corrections.make_correction(cast.eve, draft, "words", "c1", {"heading": "Slipped in"}, "So.", draft.revision)
        page = editor.get(f"{draft.get_absolute_url()}").content.decode()
        assert "could not be stored" in page and f'href="{draft.get_absolute_url()}preview/"' in page
        assert "Slipped in" in editor.get(f"{draft.get_absolute_url()}preview/").content.decode()
    elif since == "removal":
        Membership.objects.filter(user=cast.eve).delete()
    elif since == "another role":
        Membership.objects.filter(user=cast.eve).update(role="reviewer")
    elif since == "deactivation":
        User.objects.filter(pk=cast.eve.pk).update(is_active=False)
    with commit(execute=True):
        assert retry(Job.objects.get(kind="storing"), by=cast.sara)
    job = Job.objects.get(kind="storing")
    assert Version.objects.published().exists() == (since == "nothing") == (job.state == JobState.DONE)
    assert since == "nothing" or "ask for it anew" in job.reason


def test_the_page_of_a_text_that_was_corrected_often_is_asked_for_in_no_time(editor, draft, commit):
    """What was recognised of it was counted anew for each correction: 14 s of every reader's page."""
    about(editor, draft)
    publish(editor, draft, commit, private="1")
    version = Version.objects.get()
    rows = [
        Clause(version=version, position=at, end=at + 1, depth=0, eid=f"p_{at}", element="p", obtained="recognised")
        for at in range(100, 2_100)
    ]
    Clause.objects.bulk_create(rows)
    same = {"draft": draft, "kind": "words", "target": "a", "values": {}, "touches": [], "made_in": 1}
    made = [ImportCorrection(number=number, **same) for number in range(1, 2_001)]
    ImportCorrection.objects.bulk_create(made)
    with at_most(seconds=0.3):
        counted = corrections_of(version)
    assert (counted.correction_count, counted.recognised, counted.proofread) == (2_000, 2_000, 0)


def test_texts_of_so_many_clauses_wait_for_staff(editor, draft, hand_in, commit, monkeypatch, cast):
    """A hundred of the longest took everybody's search of one word some ten seconds of the database."""
    monkeypatch.setattr(proposals, "CLAUSES_WAITING_MAX", 2)
    about(editor, draft)
    publish(editor, draft, commit)
    other = hand_in(LAW + "\nArticle 5. Lamps\nLamps are lit.\n")
    corrections.check_warnings(cast.eve, other)
    about(editor, other, title="Lamps", law_title="Law of Lamps")
    refused = publish(editor, other, commit)
    assert "clauses wait for staff" in editor.get(refused["Location"]).content.decode()
    assert Version.objects.count() == 1
    Origin.objects.update(confirmation="confirmed")
    publish(editor, other, commit)
    assert Version.objects.count() == 2


def test_two_that_take_one_name_at_the_same_moment_both_become_public(editor, draft, commit, monkeypatch):
    about(editor, draft)
    publish(editor, draft, commit, private="1")
    names, tries = storing._take_wanted_names, []

    def take(user, version):
        tries.append(version)
        if len(tries) == 1:
            raise IntegrityError("it is taken")
        names(user, version)

    monkeypatch.setattr(storing, "_take_wanted_names", take)
    publish(editor, draft, commit)
    assert len(tries) == 2 and Version.objects.get().is_published


def test_texts_of_so_many_letters_wait_for_staff(editor, draft, commit, monkeypatch):
    """In a hundred of the longest everybody's search for a phrase was ended after twenty seconds."""
    monkeypatch.setattr(storing, "LETTERS_WAITING_MAX", 2)
    about(editor, draft)
    publish(editor, draft, commit)
    draft.refresh_from_db()
    assert "would wait for staff" in draft.storing_job.reason and not Version.objects.exists()
    page = editor.get(f"/km{draft.get_absolute_url()}").content.decode()
    assert "នឹងមានអក្សរច្រើនពេក" in page and "would wait" not in page
    monkeypatch.setattr(storing, "LETTERS_WAITING_MAX", 10**6)
    publish(editor, draft, commit)
    assert Version.objects.count() == 1
    clauses = Version.objects.get().clauses.all()
    of_headings = sum(len(clause.heading) for clause in clauses)
    assert of_headings
    assert proposals.letters_waiting(draft.organisation) == of_headings + sum(len(clause.text) for clause in clauses)
    monkeypatch.setattr(proposals, "LETTERS_WAITING_MAX", 2)
    with pytest.raises(ValidationError):
        storing._check_room(draft.organisation)
    Origin.objects.update(confirmation="confirmed")
    storing._check_room(draft.organisation)


def test_an_organisation_keeps_so_many_texts_for_itself(editor, draft, hand_in, commit, monkeypatch, cast):
    """Its members' lists have all: some seconds of each with 3,000, and a thousand may be handed in on a day."""
    monkeypatch.setattr(storing, "KEPT_MAX", 1, raising=False)
    about(editor, draft)
    publish(editor, draft, commit, private="1")
    other = hand_in(LAW + "\nArticle 5. Lamps\nLamps are lit.\n")
    corrections.check_warnings(cast.eve, other)
    about(editor, other)
    refused = publish(editor, other, commit, private="1")
    assert Version.objects.count() == 1
    assert "keeps 1 texts for itself" in editor.get(refused["Location"]).content.decode()
    publish(editor, draft, commit)
    publish(editor, other, commit, private="1")
    assert Version.objects.count() == 2


@pytest.mark.both_databases
def test_a_private_text_is_discarded_with_its_file_and_all_that_was_computed_of_it(editor, draft, store, commit):
    old = store(OLD_DRAFT, "old", date="2019")
    clause = old.clauses.exclude(text="").first()
    state_for_project(clause, "conduct", {}, find_words(clause, "enters a computer without right"))
    about(editor, draft, law="draft")
    publish(editor, draft, commit, private="1")
    kept = Version.objects.get(made_by=draft)
    with commit(execute=True):
        request_comparison(old, kept)
    assert kept.clauses.exists() and Comparison.objects.get().pairs.exists()
    assert Value.objects.get(version=kept).carried_from.version == old
    editor.post(f"{draft.get_absolute_url()}discard/")
    assert list(Version.objects.all()) == [old] and not Comparison.objects.exists() and not Original.objects.exists()
    assert editor.post(f"{draft.get_absolute_url()}discard/").status_code == 404, "twice"


def test_a_private_text_on_which_people_worked_stays(editor, draft, cast, commit):
    about(editor, draft)
    publish(editor, draft, commit, private="1")
    note = Annotation(body="Why.")
    set_target(note, Version.objects.get().clauses.get(eid="chp_1__art_1"), "")
    write_annotation(cast.eve, note, {})
    answer = editor.post(f"{draft.get_absolute_url()}discard/")
    assert answer.status_code == 409 and "People wrote or decided something" in answer.content.decode()
    assert Version.objects.exists() and ImportDraft.objects.exists()


def test_no_file_says_of_a_clause_that_it_is_official_or_leads_to_no_page(editor, hand_in, client, commit):
    said = '{: text_status=official source="javascript:alert(1)" }'
    draft = hand_in(f"---\nlanguage: en\n---\n\n# Article 1. Access\n\nWhoever enters is punished.\n{said}\n", "law.md")
    about(editor, draft)
    publish(editor, draft, commit, unchecked="1")
    clause = Clause.objects.get(eid="art_1")
    client.logout()
    for address in (clause.get_absolute_url(), f"/share{clause.get_absolute_url()}"):
        page = client.get(address).content.decode()
        assert "Leaked text, as The Centre says" in page
        assert "Official text" not in page and "javascript:alert" not in page


def test_a_published_text_is_not_discarded(editor, draft, cast, commit):
    about(editor, draft)
    publish(editor, draft, commit)
    assert editor.post(f"{draft.get_absolute_url()}discard/")["Location"] == Version.objects.get().get_absolute_url()
    draft.refresh_from_db()
    with pytest.raises(ImportRefused):
        discard(cast.eve, draft)
    assert Version.objects.exists()


def test_texts_that_wait_for_staff_are_limited_also_those_on_their_way(editor, hand_in, cast, settings, commit):
    first, second, third = (hand_in(LAW + f"\nArticle {number}. More\nWords.\n") for number in (5, 6, 7))
    settings.PROPOSALS_WAITING_MAX = 2
    for draft in (first, second, third):
        corrections.check_warnings(cast.eve, draft)
        about(editor, draft, title=f"Draft {draft.pk}", law_title=f"Law {draft.pk}")
    publish(editor, first, commit)
    editor.post(f"{second.get_absolute_url()}publish/")  # its worker has not begun
    answer = editor.post(f"{third.get_absolute_url()}publish/", follow=True)
    assert "2 proposals of your organisation wait" in answer.content.decode()
    publish(editor, third, commit, private="1")
    third.refresh_from_db()
    assert not third.version.is_published
    settings.PROPOSALS_WAITING_MAX = 4
    for clause in third.version.clauses.all()[:2]:  # what was said of it while it was private waits with it
        PlainWords.objects.create(version=third.version, clause=clause, organisation=cast.centre, text="Plain.")
    answer = editor.post(f"{third.get_absolute_url()}publish/", follow=True)
    assert "4 proposals of your organisation wait" in answer.content.decode()
    PlainWords.objects.all().delete()
    settings.PROPOSALS_WAITING_MAX = 2
    answer = editor.post(f"{third.get_absolute_url()}publish/", follow=True)
    assert "2 proposals of your organisation wait" in answer.content.decode()


@pytest.mark.parametrize("link", ["follows", "corrects"])
def test_what_a_text_was_said_to_follow_or_correct_in_private_does_not_come_to_light_with_that(store, link):
    """The day on which the other became public, this one said that it had been here before."""
    old, new = (store(words, name, published=False) for words, name in ((OLD_DRAFT, "old"), (NEW_DRAFT, "new")))
    Version.objects.filter(pk=new.pk).update(**{link: old})
    for text in (new, old):
        make_public(text)
    assert getattr(Version.objects.get(pk=new.pk), link) is None


def test_who_publishes_waits_for_none_of_the_notes_on_the_text(store, cast, django_capture_on_commit_callbacks):
    """Each was written into the search while the person waited: of five thousand, half a minute."""
    asked = []
    for law, number in (("one", 1), ("two", 12)):
        text = store(OLD_DRAFT, "1", law, published=False)
        for at in range(number):
            make_note(cast, text.clauses.get(num="Article 2"), f"{law}-{at}", "deemed to hinder")
        with django_capture_on_commit_callbacks(execute=True), CaptureQueriesContext(connection) as queries:
            make_public(text)
            asked.append(len(queries))
    assert asked[1] == asked[0]
    assert SearchEntry.objects.filter(kind=EntryKind.ANNOTATION).count() == 13
