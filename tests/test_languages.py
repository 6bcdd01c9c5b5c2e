"""Languages are data: any number of those of the interface, of law texts, and of the words of a row."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from lawcompare import languages
from lawcompare.accounts.models import Organisation
from lawcompare.core import standard_names
from lawcompare.core.standard_names import (
    COUNTRIES,
    grouped_languages,
    jurisdiction_choices,
    jurisdiction_name,
    language_choices,
    language_in_three_letters,
    language_name,
)
from lawcompare.languages import LANGUAGES, OTHERS, TRANSLATED_FIELDS, amount, columns_of, digits, in_every_language
from lawcompare.laws.models import Law, Version
from lawcompare.laws.services import Import, ImportRefused, import_law
from lawcompare.publishing.services import publish
from lawcompare.site.demonstration import load_names
from tests.conftest import FRONT, ROOT

THAI = Path(__file__).parent / "data" / "catalogue-th" / "th" / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize("module", [languages, standard_names])
def test_the_examples_of_the_code_are_true(module):
    done = doctest.testmod(module)
    assert done.attempted and not done.failed


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_a_language_has_its_ten_digits_and_is_one_of_django_s(language):
    assert len(language.digits) == 10 and [int(digit) for digit in language.digits] == list(range(10))
    assert language.code in dict(settings.LANGUAGES)


def test_the_languages_that_stand_are_written_as_before():
    assert [(one.code, one.own_name, one.separators, one.script) for one in LANGUAGES] == [
        ("en", "English", ",.", "Latn"),
        ("km", "ខ្មែរ", ".,", "Khmr"),
    ]


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_a_language_has_a_catalogue_that_is_compiled(language):
    folder = ROOT / "locale" / language.code / "LC_MESSAGES"
    assert (folder / "django.po").exists() and (folder / "django.mo").exists()


def test_no_model_has_a_column_for_a_language():
    codes = {f"_{code}" for code in ("en", "km", "th", "fr")}
    for model in apps.get_models():
        if model.__module__.startswith("lawcompare."):
            assert not {field.name for field in model._meta.get_fields() if field.name[-3:] in codes}, model


@pytest.mark.parametrize("model", sorted(TRANSLATED_FIELDS))
def test_a_translated_field_has_words_in_every_language(model):
    row = apps.get_model(model)()
    for field in TRANSLATED_FIELDS[model]:
        for name in columns_of(field):
            setattr(row, name, f"words of {name}")
        assert list(in_every_language(row, field).values()) == [f"words of {name}" for name in columns_of(field)]
        setattr(row, columns_of(field)[1], "")
        assert field not in row.in_other_languages, "empty words are not stored"


def test_a_name_is_in_the_language_of_the_page_and_in_english_where_it_has_none_there():
    both, one = Organisation(name="The Centre", name_km="មជ្ឈមណ្ឌល"), Organisation(name="The League")
    with override("km"):
        assert (str(both), str(one), digits("28(3)")) == ("មជ្ឈមណ្ឌល", "The League", "២៨(៣)")
    with override("en"):
        assert (str(both), digits("28(3)")) == ("The Centre", "28(3)")
    assert in_every_language(one, "name") == {"en": "The League"}


def test_an_amount_is_written_as_the_laws_of_the_language_write_it():
    with override("en"):
        assert (amount(100000), amount(2.5)) == ("100,000", "2.5")
    with override("km"):
        assert (amount(100000), amount(2.5)) == ("១០០.០០០", "២,៥")


# --- standard lists


def test_countries_and_languages_are_named_in_the_reader_s_language():
    with override("en"):
        assert [jurisdiction_name(code) for code in ("kh", "us", "int", "th")] == [
            "Cambodia", "United States", "International", "Thailand",
        ]  # fmt: skip
        assert [language_name(code) for code in ("en", "km", "th")] == ["English", "Khmer", "Thai"]
    with override("km"):
        assert [jurisdiction_name(code) for code in ("kh", "us", "th")] == ["កម្ពុជា", "សហរដ្ឋអាមេរិក", "ថៃ"]
        assert [language_name(code) for code in ("en", "km", "th")] == ["ភាសាអង់គ្លេស", "ភាសាខ្មែរ", "ភាសាថៃ"]


def test_the_lists_begin_with_what_stands_and_have_all_of_iso():
    assert len(COUNTRIES) == 249, "ISO 3166-1"
    assert [code for code, _name in jurisdiction_choices()[:3]] == ["kh", "us", "int"]
    assert [code for code, _name in language_choices()[:2]] == ["en", "km"]
    few, others = grouped_languages()
    assert len(few[1]) < 10 and sorted([*few[1], *others[1]]) == sorted(language_choices())
    assert len(jurisdiction_choices()) == 250 and len(language_choices()) == len(set(language_choices()))
    codes = [language_in_three_letters(code) for code, _name in language_choices()]
    assert all(len(code) == 3 for code in codes) and len(set(codes)) == len(codes)
    assert [language_in_three_letters(code) for code in ("de", "fr", "zh")] == ["deu", "fra", "zho"]  # ISO 639-2/T


@pytest.mark.django_db
def test_a_law_of_another_country_in_another_language_is_taken_in_and_read(client):
    front = FRONT.format(law="thai-act", version="2007", title="Computer Crime Act", date="2007")
    front = front.replace("language: en", "language: th").replace("jurisdiction: kh", "jurisdiction: th")
    text = "## Article 5\n\nผู้ใดเข้าถึงโดยมิชอบซึ่งระบบคอมพิวเตอร์\n"
    publish(import_law(Import((front + text).encode(), "a.md")).version)
    version = Version.objects.get()
    assert version.frbr_uri.startswith("/akn/th/") and "/tha@2007" in version.frbr_uri
    page = client.get("/km/laws/thai-act/2007/").content.decode()
    assert 'lang="th"' in page and "ผู้ใดเข้าถึง" in page
    assert client.get("/api/v1/laws/thai-act").json()["jurisdiction"] == "th"


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ({"language": "xx"}, "'xx' is no language of ISO 639-1, such as en, km or th"),
        ({"language": "english"}, "'english' is no language of ISO 639-1"),
        ({"jurisdiction": "zz"}, "jurisdiction"),
    ],
)
@pytest.mark.django_db
def test_a_language_or_country_that_nobody_has_is_refused_and_nothing_is_stored(metadata, sentence):
    front = FRONT.format(law="act", version="1", title="Act", date="2007").replace("jurisdiction: kh\n", "")
    with pytest.raises(ImportRefused) as refused:
        import_law(
            Import(f"{front}## Article 1\n\nText.\n".encode(), "a.md", metadata={"jurisdiction": "kh"} | metadata)
        )
    assert sentence in str(refused.value) and "\n" not in str(refused.value)
    assert not Law.objects.exists() and not Version.objects.exists()


@pytest.mark.django_db
def test_a_law_without_a_khmer_name_shows_its_english_one_marked_as_english(client, store):
    version = store("## Article 1. Access\n\nWhoever enters.\n", "one", law="lamps")
    Law.objects.filter(pk=version.law_id).update(title="Lamps Act")
    for path in ("/km/laws/", "/km/laws/lamps/"):
        page = client.get(path).content.decode()
        assert '<span lang="en">Lamps Act</span>' in page or 'lang="en">Lamps Act' in page.replace("\n", ""), path


@pytest.mark.usefixtures("demonstration")
def test_the_laws_of_the_demonstration_have_their_khmer_names_and_those_of_people_stay():
    assert [law.slug for law in Law.objects.all() if not law.title_km] == []
    law = Law.objects.first()
    law.title_km = "ច្បាប់"
    law.save()
    load_names()
    law.refresh_from_db()
    assert law.title_km == "ច្បាប់"


# --- another language of the interface

SERVED = """
import json, sys, django
django.setup()
from django.core.management import call_command
from django.test import Client
from lawcompare.crosswalk.models import Topic
from lawcompare.languages import TRANSLATED_FIELDS, columns_of
call_command("migrate", verbosity=0)
Topic.objects.create(slug="one", title="Access", title_km="ក", title_th="การเข้าถึง")
Topic.objects.create(slug="two", title="Other")
visitor = Client(headers={"host": "localhost"})
pages = {path: visitor.get(path) for path in json.loads(sys.argv[1])}
print(json.dumps({path: [answer.status_code, answer.content.decode()] for path, answer in pages.items()}))
"""


PAGES = [
    "/th/", "/th/topics/", "/th/topics/one/", "/th/topics/two/", "/th/search/", "/th/about/", "/th/laws/",
    "/th/compare/", "/km/topics/one/", "/",
]  # fmt: skip


def run_with_languages(folder: Path, codes: str, code: str = SERVED) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "INTERFACE_LANGUAGES": codes, "CATALOGUES": str(folder), "DATA_DIR": str(folder), "EMBEDDED": "1",
        "TASKS": "inline", "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'migrated.sqlite3'}",
    }  # fmt: skip
    command = [sys.executable, "-c", code, json.dumps(PAGES)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def put_catalogue(folder: Path, words: str) -> None:
    path = folder / "th" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as compiled:
        write_mo(compiled, read_po(words.encode("utf-8").splitlines(keepends=True)))


@pytest.mark.verify
def test_a_new_language_of_the_interface_is_a_catalogue_and_a_setting(tmp_path, put_migrated_database):
    put_catalogue(tmp_path, THAI.read_text("utf-8"))
    put_migrated_database(tmp_path / "migrated.sqlite3")
    done = run_with_languages(tmp_path, "en,km,th")
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout.splitlines()[-1])
    assert {status for status, _page in pages.values()} == {200}
    assert all('<html lang="th">' in page for path, (_status, page) in pages.items() if path.startswith("/th/"))
    named, unnamed = pages["/th/topics/one/"][1], pages["/th/topics/two/"][1]
    assert "กฎหมาย" in named, "the words of the catalogue"
    assert re.search(r"<h1[^>]*>\s*การเข้าถึง", named) and "Access" not in named.partition("<body")[2]
    assert re.search(r'<h1[^>]*>\s*<span lang="en">Other</span>', unnamed), "what has none is English, and says so"
    assert 'hreflang="th"' in pages["/"][1] and "ไทย" in pages["/"][1], "readers are led there"
    assert re.search(r"<h1[^>]*>\s*ក", pages["/km/topics/one/"][1])


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ("en,km,xx", "INTERFACE_LANGUAGES: 'xx' is no language that CLDR knows."),
        ("en,km,fr", "INTERFACE_LANGUAGES: there is no catalogue of 'fr'."),
        ("km,en", "INTERFACE_LANGUAGES: en comes first, for the interface is written in it."),
        ("en,??", "INTERFACE_LANGUAGES: '??' is no language that CLDR knows."),
    ],
)
def test_a_language_of_the_interface_that_nobody_has_stops_the_start_with_one_sentence(tmp_path, codes, sentence):
    done = run_with_languages(tmp_path, codes, "import django; django.setup()")
    assert done.returncode and done.stderr.strip().splitlines()[-1].endswith(sentence)
