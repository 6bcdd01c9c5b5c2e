"""What every language of the interface needs: a catalogue, digits, and a column beside each translated field."""

from __future__ import annotations

import doctest

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from lawcompare import languages
from lawcompare.accounts.models import Organisation
from lawcompare.languages import LANGUAGES, OTHERS, TRANSLATED_FIELDS, amount, columns_of, digits, in_every_language
from tests.conftest import ROOT


def test_the_examples_of_the_code_are_true():
    assert doctest.testmod(languages).failed == 0


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_a_language_has_its_ten_digits_and_is_one_of_django_s(language):
    assert len(language.digits) == 10 and [int(digit) for digit in language.digits] == list(range(10))
    assert language.code in dict(settings.LANGUAGES)


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_a_language_has_a_catalogue_that_is_compiled(language):
    folder = ROOT / "locale" / language.code / "LC_MESSAGES"
    assert (folder / "django.po").exists() and (folder / "django.mo").exists()


@pytest.mark.parametrize("model", TRANSLATED_FIELDS)
def test_a_translated_field_has_a_column_for_every_language(model):
    columns = {field.name for field in apps.get_model(model)._meta.get_fields()}
    for field in TRANSLATED_FIELDS[model]:
        assert set(columns_of(field)) <= columns, f"{model}.{field}"


def test_every_column_of_another_language_is_of_a_translated_field():
    for model in apps.get_models():
        if model.__module__.startswith("lawcompare."):
            codes = {f"_{language.code}" for language in OTHERS}
            translated = {field.name[:-3] for field in model._meta.get_fields() if field.name[-3:] in codes}
            assert translated == set(TRANSLATED_FIELDS.get(model._meta.label, ())), model._meta.label


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
