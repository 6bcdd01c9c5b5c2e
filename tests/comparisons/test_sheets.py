"""The printed rows of a comparison are kept, and whatever people change is seen at once and never kept."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lawcompare.accounts.models import Organisation
from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation, Category
from lawcompare.annotations.writing.targets import set_target
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.correcting import services as correcting_services
from lawcompare.comparisons.reading import row_cache, rows
from lawcompare.laws.models import Clause, Withdrawal
from lawcompare.page_cache.edition import watch_public_tables
from lawcompare.page_cache.models import Edition
from tests.comparisons.test_correcting import art

# PostgreSQL raises the edition at the end of a transaction.
pytestmark = [pytest.mark.django_db(transaction=connection.vendor == "postgresql"), pytest.mark.both_databases]
PAGE = "/compare/draft/old/with/draft/new/"
VIEWS = ["", "?view=inline", "?view=list", "?show=all", "?noise=hide", "?view=list&show=all", "?edition=1", "?page=1"]


@pytest.fixture
def site(settings, cast, drafts):
    """Two drafts, compared, on a site that keeps what it prints; a note that is not public yet."""
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    watch_public_tables()
    cast.drafts = drafts
    cast.note = annotating.write_annotation(cast.alice, _note(drafts[1], "chp_1__art_3", "deemed", "Too wide."), {})
    annotating.submit_annotation(cast.alice, cast.note)
    yield cast
    caches["pages"].clear()


def _note(version, eid: str, words: str, body: str) -> Annotation:
    note = Annotation(body=body, risk=3)
    set_target(note, Clause.objects.get(version=version, eid=eid), words)
    return note


def read(path: str = PAGE, client: Client | None = None) -> str:
    """The page made for this reader: whatever the page cache holds is of an edition that is over."""
    Edition.objects.update(token=uuid4().hex)
    return (client or Client()).get(path).content.decode()


def kept_sheets() -> list[bytes]:
    """All sheets that are kept, as the cache has them."""
    cache = caches["pages"]
    return [value for key, value in cache._cache.items() if ":sheet-" in key]


@pytest.fixture(autouse=True)
def cache_in_process(settings):
    """A cache whose content can be looked into."""
    here = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sheets"}
    settings.CACHES = settings.CACHES | {"pages": here}


def made_anew(settings, path: str) -> str:
    settings.PAGE_CACHE = False
    said = read(path)
    settings.PAGE_CACHE = True
    return said


def in_short(words: str) -> str:
    return re.sub(r"\s+", " ", words.replace("\n", " ")).replace("> <", "><")


@pytest.mark.parametrize("prefix", ["", "/km"])
@pytest.mark.parametrize("has_note", [False, True])
def test_a_kept_sheet_says_what_a_page_made_anew_says(site, settings, prefix, has_note):
    if has_note:
        annotating.publish_annotation(site.rita, site.note)
        correcting_services.set_together(
            site.rita, *site.drafts, [(art(site.drafts[0], 3), art(site.drafts[1], 2))], "Same."
        )
    for view in VIEWS:
        whole = in_short(made_anew(settings, prefix + PAGE + view))
        assert in_short(read(prefix + PAGE + view)) == whole, view
        assert in_short(read(prefix + PAGE + view)) == whole, view
    assert kept_sheets()


def test_a_page_from_a_kept_sheet_reads_no_row_of_which_nothing_was_said(site):
    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            read()
        return [query["sql"] for query in queries if "comparisons_clausepair" in query["sql"]]

    assert asked()
    assert not asked()
    annotating.publish_annotation(site.rita, site.note)
    asked()
    assert len(asked()) == 2


def test_a_note_is_seen_as_it_is_now(site):
    assert "Too wide." not in read()
    annotating.publish_annotation(site.rita, site.note)
    assert "Too wide." in read()
    site.note.categories.add(Category.objects.create(code="VAGUE", label="Vagueness"))
    assert "Vagueness" in read()
    Organisation.objects.filter(pk=site.centre.pk).update(name="Another name")
    assert "Another name" in read()
    Annotation.objects.filter(pk=site.note.pk).update(body_html="<p>Far too wide.</p>", risk=4)
    assert "Far too wide." in read() and "Too wide." not in read()
    annotating.withdraw_annotation(site.rita, Annotation.objects.get(pk=site.note.pk), "A mistake.")
    assert "Far too wide." not in read() and '<mark class="r' not in read()


def test_the_filter_of_notes_is_heeded(site):
    annotating.publish_annotation(site.rita, site.note)
    assert "Too wide." in read()
    assert "Too wide." not in read(PAGE + "?risk=low")
    assert "Too wide." in read(PAGE + "?risk=high")


def test_a_decision_its_undoing_and_a_credit_taken_back_are_seen_at_once(site):
    read()
    site.rita.display_name = "Rita R."
    site.rita.save()
    edges = [(art(site.drafts[0], 3), art(site.drafts[1], 2))]
    decision = correcting_services.set_together(site.rita, *site.drafts, edges, "The same duty.", names_person=True)
    assert "Rita R., The Centre: The same duty." in read()
    assert "Rita R., The Centre: The same duty." in read()
    correcting_services.withdraw_name(site.rita, decision)
    assert "Rita R." not in read() and "The Centre: The same duty." in read()
    correcting_services.take_back(site.rita, decision, "Not the same after all.")
    assert "The same duty." not in read()
    assert "The same duty." in read(PAGE + "?edition=2")


def test_a_withdrawn_law_is_gone_at_once(site):
    assert "Data retention" in read()
    Withdrawal.objects.create(law=site.drafts[0].law, reason="Asked to.", organisation=site.centre, by=site.eve)
    Edition.objects.update(token=uuid4().hex)
    answer = Client().get(PAGE)
    assert answer.status_code == 410 and "Data retention" not in answer.content.decode()


def test_language_and_view_have_sheets_of_their_own(site):
    said = {view: read(view) for view in (PAGE, f"/km{PAGE}", PAGE + "?view=inline", PAGE + "?show=all")}
    assert said == {view: read(view) for view in said}
    assert len(set(said.values())) == 4 and len(kept_sheets()) == 4


def test_nothing_that_people_said_is_in_a_sheet(site):
    annotating.publish_annotation(site.rita, site.note)
    site.rita.display_name = "Rita R."
    site.rita.save()
    edges = [(art(site.drafts[0], 3), art(site.drafts[1], 2))]
    correcting_services.set_together(site.rita, *site.drafts, edges, "The same duty.", names_person=True)
    for view in VIEWS:
        read(PAGE + view)
        read(f"/km{PAGE}{view}")
    held = b"".join(kept_sheets())
    assert b"Illegal access" in held or b"Entry into force" in held
    for said in ("Too wide.", "Rita R.", "The Centre", "The same duty.", "<mark", "csrf"):
        assert said.encode() not in held, said


def test_what_a_member_sees_is_neither_kept_nor_taken_from_what_is(site, client):
    client.force_login(site.rita)
    own = read(client=client)
    assert "Too wide." in own and "correct this pairing" in own and "Workspace" in own
    assert not kept_sheets()
    assert "Too wide." not in read() and "correct this pairing" not in read()
    assert "correct this pairing" in read(client=client)


def test_a_page_number_that_there_is_not_fills_no_cache(site):
    for number in ("2", "99", "-1", "x", "1" * 5000):
        read(f"{PAGE}?page={number}")
    assert not kept_sheets()


def test_a_database_put_back_is_not_shown_the_sheets_of_another(site):
    """Numbers are given anew there: the same one may be another comparison, of other texts."""
    switches = rows.Switches(is_inline=False, only_changes=True, hides_noise=False)
    found = find_comparison(*site.drafts)
    row_cache.sheet_of(found, switches, [], "", keeps=True)
    row_cache.sheet_of(found, switches, [], "", keeps=True)
    assert len(kept_sheets()) == 1
    found.finished_at += timedelta(seconds=1)
    row_cache.sheet_of(found, switches, [], "", keeps=True)
    found.new.text_hash = "another"
    row_cache.sheet_of(found, switches, [], "", keeps=True)
    assert len(kept_sheets()) == 3
