"""Two texts that render one another: linked, their clauses set together by numbers, corrected by people."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from lawcompare.accounts.services import add_member
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.services import record_published
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.computing import compare
from lawcompare.comparisons.correcting import forms, views
from lawcompare.comparisons.models import Concordance
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now
from lawcompare.core.models import Entry
from lawcompare.core.numbers import seal
from lawcompare.laws.models import ClauseTranslation, Origin, TranslationReview, Version
from lawcompare.laws.services import Import, ImportRefused, import_law
from lawcompare.laws.translations import services as translations
from lawcompare.laws.translations.services import aligned_clauses, families, label_of, members_in, set_review
from lawcompare.publishing.services import publish
from lawcompare.site.stated import stated_things
from lawcompare.site.views.pages import notes_for_home
from tests import samples, second_factor
from tests.conftest import FRONT, OLD_DRAFT, SHARED, needs_shared
from tests.processor_time import at_most
from tests.proposals import confirm_all, decide, listed
from tests.world import made_once

pytestmark = pytest.mark.django_db

KHMER = """# ជំពូកទី ១. បទល្មើស

## មាត្រា ១. ការចូលដោយខុសច្បាប់

អ្នកណាដែលចូលក្នុងកុំព្យូទ័រ ត្រូវផ្តន្ទាទោស។

## មាត្រា ២. ការផ្សព្វផ្សាយ

អ្នកណាដែលផ្សព្វផ្សាយ ត្រូវផ្តន្ទាទោសជាពិន័យ។

(១) ពិន័យជាប្រាក់ពី ១០០.០០០ រៀល ទៅ ១.០០០.០០០ រៀល។

(២) តុលាការអាចបង្គាប់ឱ្យដកចេញក្នុងរយៈពេល ១០ ថ្ងៃ។

## មាត្រា ៣. ការស្តាប់

អ្នកណាដែលស្តាប់ ត្រូវពិន័យ។

## មាត្រា ៤. ការចូលជាធរមាន

ច្បាប់នេះចូលជាធរមាន ៣០ ថ្ងៃ។
"""


def translated(text: str = KHMER, version: str = "old-km", of: str = "draft/old", **more: bool) -> Version:
    front = FRONT.format(law="draft", version=version, title="Khmer", date="2019").replace(
        "language: en", "language: km"
    )
    return import_law(Import((front + text).encode(), "km.md", metadata={"translates": of}, **more)).version


@pytest.fixture
@made_once
def both(store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        old = store(OLD_DRAFT, "old")
        khmer = translated()
        publish(khmer)
    return old, khmer


def test_publishing_a_translation_sets_its_clauses_beside_those_translated(both):
    old, _khmer = both
    rows = ClauseTranslation.objects.select_related("original", "translation")
    assert {(row.original.eid, row.translation.eid) for row in rows} == {
        (eid, eid) for eid in old.clauses.values_list("eid", flat=True)
    }
    assert all(0.6 < row.confidence <= 1 and not row.confirmed_by for row in rows)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("restatement", "Translated from our %(language)s restatement"),
        ("official", "Translated from the %(language)s text"),
    ],
)
def test_a_translation_says_what_it_was_made_from_and_calls_no_restatement_an_original(client, status, words):
    front = FRONT.format(law="draft", version="old", title="Old", date="2019").replace("restatement", status)
    old = import_law(Import((front + OLD_DRAFT).encode(), "old.md")).version
    publish(old)
    publish(translated())
    with translation.override("km"):
        words = gettext(words) % {"language": old.get_language_display()}
    assert words in client.get("/km/laws/draft/").content.decode()


def test_the_aligned_clause_is_found_from_either_side_in_two_queries(both, django_assert_num_queries):
    old, khmer = both
    fine = old.clauses.get(eid__endswith="para_1")
    with django_assert_num_queries(2):
        there = aligned_clauses([fine], khmer)[fine.pk]
    assert [clause.text[:5] for clause in there] == ["ពិន័យ"]
    assert aligned_clauses(there, old) == {there[0].pk: [fine]}
    assert len(aligned_clauses(khmer.clauses.all(), old)) == khmer.clauses.count()
    assert aligned_clauses([fine], old) == {}


@pytest.mark.both_databases
def test_what_a_person_decided_is_kept_when_it_is_computed_again(both):
    old, khmer = both
    one, other = old.clauses.get(num="Article 3"), khmer.clauses.get(eid="chp_1__art_4")
    Concordance.objects.create(
        old=one, new=other, old_version=old, new_version=khmer, author="The Centre", reason="Misnumbered in print."
    )
    for _ in range(2):
        translations.request_mapping(khmer)
        run_now(Job.objects.get(kind="translationmapping"))
    row = ClauseTranslation.objects.get(original=one)
    assert (row.translation, row.confidence, row.confirmed_by) == (other, 1, "The Centre")
    assert not ClauseTranslation.objects.filter(translation=other).exclude(original=one).exists()


def test_no_text_is_held_while_the_clause_map_is_computed(both, monkeypatch):
    """Else whoever decides on a text that the translation was compared with waits for minutes."""
    steps = []
    for module, name in ((translations, "align_translations"), (compare, "lock_texts")):
        real = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *args, real=real, name=name, **more: steps.append(name) or real(*args, **more)
        )
    translations.request_mapping(both[1])
    run_now(Job.objects.get(kind="translationmapping"))
    assert steps == ["align_translations", "lock_texts"] and ClauseTranslation.objects.exists()


def test_a_text_that_translates_nothing_has_no_clause_map(store):
    version = store(OLD_DRAFT, "old")
    translations.request_mapping(version)
    run_now(Job.objects.get(kind="translationmapping"))
    assert not ClauseTranslation.objects.exists()


def test_a_translation_names_a_text_that_is_here_and_in_another_language(store):
    store(OLD_DRAFT, "old")
    with pytest.raises(ImportRefused, match="translates: there is no version draft/none"):
        translated(of="draft/none")
    front = FRONT.format(law="draft", version="again", title="Again", date="2019")
    with pytest.raises(ImportRefused, match="is in the same language"):
        import_law(Import((front + OLD_DRAFT).encode(), "a.md", metadata={"translates": "draft/old"}))
    assert Version.objects.count() == 1


@pytest.fixture
def pages(tmp_path):
    for language, name in (("en", "eng"), ("km", "khm")):
        (tmp_path / f"{name}.html").write_bytes(samples.declaration(language))
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "clauses"), [("", 7), pytest.param(SHARED / "data" / "udhr", 63, marks=needs_shared)]
)
def test_a_declaration_is_set_side_by_side_from_the_command_line(
    pages, folder, clauses, django_capture_on_commit_callbacks
):
    law = ["--law", "udhr", "--jurisdiction", "int", "--kind", "treaty", "--publish"]
    with django_capture_on_commit_callbacks(execute=True):
        for name, more in [("eng", []), ("khm", ["--translates", "udhr/eng"])]:
            path = str((folder or pages) / f"{name}.html")
            call_command("import_law", path, *law, "--version", name, *more, stdout=io.StringIO())
    assert ClauseTranslation.objects.count() == clauses
    with pytest.raises(CommandError, match="there is no version udhr/x"):
        call_command("import_law", path, *law, "--version", "y", "--translates", "udhr/x", stdout=io.StringIO())


NEW_KHMER = KHMER.replace("មាត្រា ៣. ការស្តាប់\n\nអ្នកណាដែលស្តាប់ ត្រូវពិន័យ។", "មាត្រា ៣. ថ្មី\n\nអ្នកណាដែលស្តាប់ ត្រូវដាក់ពន្ធនាគារ។")


@pytest.fixture
@made_once
def texts(store, django_capture_on_commit_callbacks):
    """Two drafts and what renders each, all public and compared; by slug."""
    with django_capture_on_commit_callbacks(execute=True):
        store(OLD_DRAFT, "old", date="2019")
        store(OLD_DRAFT.replace("thirty days", "sixty days"), "new", date="2020")
        for of, text, date in (("old", KHMER, "2019"), ("new", NEW_KHMER, "2020")):
            front = FRONT.format(law="draft", version=f"{of}-km", title="Khmer", date=date)
            metadata = {"language": "km", "translates": f"draft/{of}"}
            publish(import_law(Import((front + text).encode(), "km.md", metadata=metadata)).version)
    return {version.slug: version for version in Version.objects.all()}


@pytest.fixture
@made_once
def note(texts, cast) -> Annotation:
    """A note on words of Article 2 of the new draft, in English."""
    note = Annotation(slug="a-note", body="Why.", organisation=cast.centre, risk=3)
    set_target(note, texts["new"].clauses.get(num="Article 2"), "deemed to hinder")
    record_published(note, {})
    return note


def hrefs(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_lists_have_a_text_once_with_its_translations(texts):
    originals = families(Version.objects.order_by("date", "slug"))
    assert [(one.slug, [other.slug for other in one.standing_translations]) for one in originals] == [
        ("old", ["old-km"]),
        ("new", ["new-km"]),
    ]
    assert [one.slug for one in members_in("km", Version.objects.order_by("date", "slug"))] == ["old-km", "new-km"]
    assert [one.slug for one in members_in("en", [texts["old-km"]])] == ["old-km"]  # its original is not among them


def test_many_texts_of_one_law_are_listed_in_time_in_proportion_to_them():
    """Each was asked of all others: 3,000 took 4 s of every page that names the texts of the law."""
    texts = [Version(pk=number, language="en") for number in range(3_000)]
    with at_most(seconds=0.5):
        assert families(texts) == texts


def test_the_first_page_counts_a_translation_with_its_original(texts, note, client):
    page = hrefs(client, "/")
    assert "/laws/draft/new/" in page and "new-km" not in page
    assert page.count("/compare/draft/old/with/draft/new/") > 0
    khmer = hrefs(client, "/km/")
    assert "/km/laws/draft/new-km/" in khmer and "/km/compare/draft/old-km/with/draft/new-km/" in khmer
    assert "/km/compare/draft/old/with/draft/new/" not in khmer


def test_a_note_on_a_translation_is_among_the_gravest_on_the_original(texts, cast):
    ours = Annotation(slug="khmer-note", body="Why.", organisation=cast.centre, risk=2)
    set_target(ours, texts["new-km"].clauses.get(eid="chp_1__art_2"), "")
    record_published(ours, {})
    assert notes_for_home(texts["new"])[0] == [ours]


def test_no_list_in_english_has_a_translation_as_a_text(texts, note, client, subtests):
    pages = ["/laws/draft/concerns/", "/laws/draft/versions/", "/laws/draft/", "/compare/", "/laws/"]
    for path in [reverse("law_feed", args=["draft"]), *pages]:
        with subtests.test(path=path):
            page = hrefs(client, path)
            assert "New text: Khmer" not in page
            assert '<option\n              value="draft/new-km"' not in page and 'value="draft/new-km"' not in page
            assert "/compare/draft/old-km/with/" not in page


def test_the_api_has_translations_apart_and_says_what_each_renders(texts, client):
    law = client.get("/api/v1/laws/draft").json()
    assert [text["version"] for text in law["versions"]] == ["old", "new"]
    assert [text["version"] for text in law["renderings"]] == ["old-km", "new-km"]
    assert client.get("/api/v1/laws/draft/new-km").json()["translates"] == "draft/new"
    assert client.get("/api/v1/laws/draft/new").json()["translates"] == ""
    assert len(client.get("/api/v1/laws/draft/concerns").json()["items"]) == 0


def test_khmer_pages_lead_to_the_khmer_text_and_addresses_keep_their_meaning(texts, client):
    page = hrefs(client, "/km/laws/draft/")
    assert 'href="/km/laws/draft/new-km/"' in page and "/km/compare/draft/old-km/with/draft/new-km/" in page
    assert 'href="/km/laws/draft/new/"' in page  # the original, by name
    original = texts["new"]
    pinned = hrefs(client, f"/km/laws/draft/new/?text={original.text_hash[:12]}")
    assert "Whoever publishes" in pinned and "អ្នកណាដែលផ្សព្វផ្សាយ" not in pinned
    assert "Whoever publishes" in hrefs(client, "/km/laws/draft/new-km/?beside=yes")
    assert '<h1 lang="en">' in page
    english = hrefs(client, "/laws/draft/new/chp_1__art_4/").partition('id="life"')[2]
    khmer = hrefs(client, "/km/laws/draft/new-km/chp_1__art_3/").partition('id="life"')[2]
    assert "/draft/old/with/draft/new/" in english and "-km" not in english.partition("</section>")[0]
    assert "/draft/old-km/with/draft/new-km/" in khmer.partition("</section>")[0]


def test_a_note_stands_on_the_same_clause_of_the_translation_without_words(texts, note, client):
    page = hrefs(client, "/km/laws/draft/new-km/chp_1__art_2/")
    assert 'id="note-a-note"' in page
    compared = hrefs(client, "/km/compare/draft/old-km/with/draft/new-km/?show=all")
    assert compared.count('id="note-a-note"') == 1 and "deemed to hinder" not in compared
    assert "deemed to hinder" in hrefs(client, "/compare/draft/old/with/draft/new/?show=all")


def imported(tmp_path, text: str, *more: str) -> None:
    front = "---\nlaw: draft\nversion: again-km\ntitle: Khmer\nlanguage: km\ndate: 2019\ntext_status: restatement\n"
    path = tmp_path / "again.md"
    path.write_text(f"{front}translates: draft/old\n{''.join(more)}---\n\n{text}", "utf-8")
    call_command("import_law", str(path), verbosity=0)


def test_a_translation_whose_clauses_do_not_match_is_refused_with_each_of_them(store, tmp_path):
    store(OLD_DRAFT, "old")
    text = KHMER.partition("## មាត្រា ៤")[0].replace("(២)", "(៧)")
    with pytest.raises(CommandError) as refusal:
        imported(tmp_path, text)
    assert refusal.value.returncode == 2
    sentence = str(refusal.value)
    assert "not translated: chp_1__art_2__para_2, chp_1__art_4" in sentence
    assert "translating nothing: chp_1__art_2__para_7" in sentence
    assert not Version.objects.filter(slug="again-km").exists()


def test_a_translation_of_a_part_says_so(store, tmp_path):
    store(OLD_DRAFT, "old")
    imported(tmp_path, KHMER.partition("## មាត្រា ៤")[0], "renders_part: true\n")
    assert Version.objects.filter(slug="again-km", translates__slug="old").exists()


def test_readers_are_told_who_checked_a_translation(texts, cast, client, settings):
    khmer = texts["old-km"]
    assert label_of(khmer) == "Khmer translation by the project, not checked by a lawyer"
    assert label_of(texts["old"]) == ""
    client.force_login(cast.eve)
    form = reverse("review_translation", args=["draft", "old-km"])
    answer = client.post(form, {"state": "checked", "credit": "a  lawyer of the Centre", "note": "Article 2 twice."})
    assert (answer.status_code, answer["Location"]) == (302, reverse("translations"))
    client.logout()
    assert "a lawyer of the Centre" not in hrefs(client, "/laws/draft/old-km/")
    confirm_all(cast.sara)
    page = hrefs(client, "/laws/draft/old-km/")
    assert (
        "Khmer translation, checked by a lawyer of the Centre, as The Centre says" in page
        and "Article 2 twice" not in page
    )
    assert Entry.objects.filter(action="review rendering", subject="text/draft/old-km").count() == 1
    settings.PROPOSALS_WAITING_MAX = 0  # nor does it need room in the list of what waits for staff
    set_review(cast.eve, khmer, is_checked=False, credit="nobody", note="")
    assert "not checked by a lawyer" in hrefs(client, "/laws/draft/old-km/"), "one's own name is taken back at once"
    assert TranslationReview.objects.count() == 2
    theirs = add_member("editor@example.org", cast.others, "editor")[0]
    second_factor.give(theirs)
    with pytest.raises(ValidationError):
        set_review(theirs, khmer, is_checked=False, credit="", note="")
    assert TranslationReview.objects.count() == 2, "what others said is not taken back by who says the contrary"


def test_a_check_that_its_organisation_replaced_waits_for_staff_no_more_and_is_in_no_statement(texts, cast):
    """Their press published the name of who does not wish to be named; trying names found it in the statement."""
    khmer = texts["old-km"]
    for credit in ("Keo Sophea", ""):
        set_review(cast.eve, khmer, is_checked=bool(credit), credit=credit, note="")
    (waiting,) = listed(cast.sara)
    assert waiting.row.credit == ""
    decide(cast.sara, waiting.row)
    before = stated_things()
    earlier = TranslationReview(version=khmer, is_checked=True, credit="Keo Sophea", organisation=cast.centre)
    earlier.pk, earlier.confirmation = waiting.row.pk - 1, "confirmed"
    earlier.save(force_insert=True)
    assert stated_things() == before


def test_what_is_wrong_about_a_review_is_said_in_one_sentence_and_nothing_is_stored(texts, cast, eve):
    form = reverse("review_translation", args=["draft", "old-km"])
    answer = eve.post(form, {"state": "checked", "credit": " "})
    assert answer.status_code == 400 and "Name who checked it" in answer.content.decode()
    assert eve.get(reverse("review_translation", args=["draft", "old"])).status_code == 404
    with pytest.raises(ValidationError):
        set_review(cast.eve, texts["old-km"], is_checked=True, credit="", note="")
    with pytest.raises(PermissionDenied):
        set_review(cast.eve, texts["old"], is_checked=True, credit="A", note="")
    with pytest.raises(PermissionDenied):
        set_review(cast.rita, texts["old-km"], is_checked=True, credit="A", note="")
    assert not TranslationReview.objects.exists()


def test_reviewers_have_a_list_of_translations_with_both_texts_and_waiting_pairs(texts, cast, client):
    client.force_login(cast.rita)
    page = hrefs(client, reverse("translations"))
    assert "/laws/draft/old-km/?beside=yes" in page
    assert "/compare/draft/old/with/draft/old-km/languages/" in page
    assert "7 pairs wait to be confirmed." in page
    assert reverse("review_translation", args=["draft", "old-km"]) not in page  # an editor's
    client.force_login(cast.alice)
    assert client.get(reverse("translations")).status_code == 403


def test_one_button_confirms_one_pair_and_leads_to_the_next(texts, cast, django_capture_on_commit_callbacks, rita):
    page = reverse("languages", args=["draft", "old", "draft", "old-km"])
    first = ClauseTranslation.objects.filter(translation_version=texts["old-km"]).order_by("pk").first()
    others = [seal(row.pk, "clausetranslation") for row in ClauseTranslation.objects.exclude(pk=first.pk)[:2]]
    assert 'data-key="y"' in hrefs(rita, page)
    with django_capture_on_commit_callbacks(execute=True):
        answer = rita.post(
            page, {"only": seal(first.pk, "clausetranslation"), "pairs": others, "reason": "Read side by side."}
        )
        confirm_all(cast.sara)
    assert (answer.status_code, answer["Location"]) == (302, f"{page}#next")
    confirmed = ClauseTranslation.objects.exclude(confirmed_by="")
    assert [row.original_id for row in confirmed] == [first.original_id]


def test_clauses_without_counterpart_are_listed_by_pages_and_no_pair_is_a_choice_before_it_is_ticked(
    texts, rita, monkeypatch
):
    monkeypatch.setattr(views, "LISTED", 3, raising=False)
    page = reverse("languages", args=["draft", "old", "draft", "old-km"])
    monkeypatch.setattr(forms, "seal", lambda *_of: pytest.fail("a choice that nobody made"))
    assert "% sure" in hrefs(rita, page)
    ClauseTranslation.objects.all().delete()
    assert "art_1&" in hrefs(rita, page) and "?alone=2#alone" in hrefs(rita, page)
    assert hrefs(rita, page).count("correct this pairing") == 3


def test_a_translation_that_was_corrected_stands_no_more(both):
    _old, khmer = both
    corrected = translated(KHMER.replace("៣០", "៣១"), "old-km-2")
    Version.objects.filter(pk=corrected.pk).update(corrects=khmer)
    publish(corrected)
    (family,) = families(Version.objects.published().select_related("origin__organisation").order_by("pk"))
    assert [one.slug for one in family.standing_translations] == ["old-km-2"]


def test_the_other_language_of_a_text_is_that_of_who_brought_it_before_a_later_one(both, cast, client):
    old, _khmer = both
    later = translated(version="later-km")
    Version.objects.filter(pk=later.pk).update(date="2021")
    Origin.objects.create(version=later, organisation=cast.others, confirmation="confirmed")
    publish(later)
    for page in (old, old.clauses.get(num="Article 1")):
        html = client.get(page.get_absolute_url()).content.decode()
        assert "/km/laws/draft/old-km/" in html.split('class="self"')[1].split("</div>")[0], page
