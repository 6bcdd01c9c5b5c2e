"""Two texts that render one another: linked, their clauses set together by numbers, corrected by people."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext

from lawcompare.comparisons.models import Concordance
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now
from lawcompare.laws.models import ClauseTranslation, Version
from lawcompare.laws.renderings import translations
from lawcompare.laws.renderings.translations import aligned_clauses
from lawcompare.laws.services import Import, ImportRefused, import_law
from lawcompare.publishing.services import publish
from tests import samples
from tests.conftest import FRONT, OLD_DRAFT, SHARED, needs_shared
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


def test_the_aligned_clause_is_found_from_either_side_in_one_query(both, django_assert_num_queries):
    old, khmer = both
    fine = old.clauses.get(eid__endswith="para_1")
    with django_assert_num_queries(1):
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
