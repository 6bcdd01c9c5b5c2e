"""No page, file or address shows the number of a row: two of them would tell how much others did in between."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from lawcompare.comparisons.models import ClausePair
from lawcompare.core.numbers import TABLES, SealedNumber, seal, unseal
from lawcompare.imports.models import ImportDraft
from lawcompare.laws.models import Withdrawal
from lawcompare.publishing.models import Carried
from tests.accounts.test_permissions import ARGUMENTS, TABLE, patterns
from tests.imports.conftest import LAW
from tests.naming import planted as planting
from tests.naming.test_private_names import unpacked
from tests.test_planted_names import LINKS_A_KIND, is_sample, kind_of, links

pytestmark = [pytest.mark.django_db, pytest.mark.verify]
FIRST, APART = 731_000_000, 10_000
NUMBER = re.compile(r"(?<![0-9A-Za-z.])731\d{6}(?![0-9A-Za-z])")


@pytest.fixture
def models(db) -> list[Any]:
    """Every table, the numbers of which begin far from those of any other."""
    counted = [
        one for one in apps.get_models(include_auto_created=True) if one._meta.pk.get_internal_type() != "CharField"
    ]
    with connection.cursor() as cursor:
        for place, model in enumerate(counted):
            table, number = model._meta.db_table, FIRST + place * APART
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
    return counted


# An administrator sees what an editor does, and more.
SEE_LESS = [pytest.param(who, marks=pytest.mark.soak) for who in ("eve", "persona")]


@pytest.mark.parametrize("who", ["visitor", "adam", *SEE_LESS])
def test_no_number_of_a_row_is_shown(models, cast, store, drafts, who, django_capture_on_commit_callbacks):
    site = planting.plant(cast, store, drafts)
    site.cast.persona = site.persona
    client, found, kinds = Client(raise_request_exception=False), {}, Counter()
    if who != "visitor":
        client.force_login(getattr(site.cast, who))
    if who in {"eve", "adam"}:
        files = [SimpleUploadedFile(f"{name}.txt", f"{LAW}\n{name}.".encode()) for name in ("one", "two")]
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/workspace/imports/", {"files": files})
    examples = ARGUMENTS | {"slug": "public-note", "id": "public-note"}
    begun = [
        reverse(name, kwargs={argument: examples[argument] for argument in arguments})
        for name, arguments in patterns()
        if name in TABLE and "logout" not in name
    ]
    of_rows = {"carried_edit": Carried, "carried_look": Carried, "import_about": ImportDraft, "restore": Withdrawal}
    begun += [reverse(name, args=[row.pk]) for name, model in of_rows.items() for row in model.objects.all()]
    rows = [row for model in models if hasattr(model, "get_absolute_url") for row in model._base_manager.all()]
    begun += [row.get_absolute_url() for row in rows]
    for pair in ClausePair.objects.select_related("comparison__old__law", "comparison__new__law", "old", "new"):
        names = [name for text in (pair.comparison.old, pair.comparison.new) for name in (text.law.slug, text.slug)]
        eids = [clause.eid if clause else "" for clause in (pair.old, pair.new)]
        begun.append(f"{reverse('correct', args=names)}?old={eids[0]}&new={eids[1]}")
    begun.append(f"{reverse('clause_names')}?q=draft/new/chp_1__art_1")
    waiting, seen = list(dict.fromkeys(begun)), set()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if path in seen or (kinds[kind] >= LINKS_A_KIND and path not in begun):
            continue
        seen.add(path)
        kinds[kind] += 1
        cache.clear()
        answer = client.get(path)
        body = unpacked(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        for number in NUMBER.findall(path + str(dict(answer.headers)) + body):
            label = models[(int(number) - FIRST) // APART]._meta.label
            found.setdefault(label, path)
        if "html" in answer.get("Content-Type", ""):
            waiting += [one for one in links(path, body) if one not in seen and not is_sample(one)]
    assert found == {}
    assert len(seen) > 150 and (who not in {"eve", "adam"} or kinds[("import_about", "/wor")])


def test_a_sealed_number_opens_with_earlier_secrets_and_no_other_letters_do(settings):
    sealed = seal(12, "clause")
    assert unseal(sealed, "clause") == 12 and seal(13, "clause")[:8] != sealed[:8]
    for odd in ("", "12", sealed[:-1], sealed.swapcase(), "ក" * 32, sealed * 2):
        assert unseal(odd, "clause") is None, odd
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret"
    assert unseal(sealed, "clause") == 12 and seal(12, "clause") != sealed


def test_the_letters_of_one_table_say_nothing_of_another_and_open_nothing_there(cast, client):
    """A book of those of public clauses, whose numbers anybody counts, would tell how many files others handed in."""
    models = [one for one in apps.get_models() if one._meta.pk.get_internal_type() != "CharField"]
    letters = {seal(7, model._meta.model_name) for model in models}
    assert len(letters) == len({model._meta.model_name for model in models})
    tables = SealedNumber.__subclasses__()
    assert {one.table for one in tables} == set(TABLES.split())
    client.force_login(cast.eve)
    for one in tables:
        assert one().to_python(one().to_url(7)) == 7
        for other in {table.table for table in tables} - {one.table}:
            with pytest.raises(ValueError):
                one().to_python(seal(7, other))
    assert client.get(f"/workspace/imports/{seal(1, 'clause')}/").status_code == 404


def test_every_address_with_a_number_names_its_table():
    tables = {one._meta.model_name for one in apps.get_models()}
    for table in TABLES.split():
        assert table in tables | {"session"}, table
