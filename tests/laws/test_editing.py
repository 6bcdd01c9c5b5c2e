"""A law's record is edited on a page, with its history; the old addresses lead on; two at once lose nothing."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.core.models import Entry
from lawcompare.laws.access import proposal_of_law
from lawcompare.laws.editing.services import COLUMNS, edit_law, rename_text, seen_of
from lawcompare.laws.models import FormerAddress, Law, LawChange, Origin, Version
from lawcompare.publishing.services import publish
from tests.conftest import NEW_DRAFT
from tests.proposals import decide, listed
from tests.world import made_once

pytestmark = pytest.mark.django_db

PAGE = "/workspace/laws/draft/"
TEXT_PAGE = "/workspace/laws/draft/new/"


@pytest.fixture
@made_once
def law(cast, drafts) -> Law:
    """A law whose texts the Centre brought."""
    Origin.objects.bulk_create(Origin(version=version, organisation=cast.centre) for version in drafts)
    return drafts[0].law


def form(law: Law, **changes: str) -> dict[str, str]:
    names = ["title", "title_km", "slug", "jurisdiction", "organisation", "kind", "date", "description"]
    return {name: str(getattr(law, name)) for name in names} | {"reason": "", "seen": seen_of(law)} | changes


def test_all_that_is_said_of_a_law_is_changed_with_its_history(law, eve):
    assert "Edit title" in eve.get("/laws/draft/").content.decode()
    changes = {"title": "A lantern act", "title_km": "ច្បាប់ចង្កៀង", "slug": "lantern", "jurisdiction": "us",
               "kind": "statute", "date": "2018", "reason": "It was taken for another."}  # fmt: skip
    answer = eve.post(PAGE, form(law, **changes))
    assert answer["Location"] == "/laws/lantern/"
    law.refresh_from_db()
    assert (law.title, law.slug, law.jurisdiction, law.kind, law.date) == (
        "A lantern act",
        "lantern",
        "us",
        "statute",
        "2018",
    )
    assert law.frbr_uri == "/akn/us/act/2018/lantern"
    assert eve.get("/laws/draft/new/")["Location"] == "/laws/lantern/new/"
    change = LawChange.objects.get()
    assert change.fields["jurisdiction"] == ["kh", "us"] and "description" not in change.fields
    entry = Entry.objects.filter(action="change law").get()
    assert entry.subject == "law/lantern" and "lantern act" not in entry.details
    page = eve.get("/workspace/laws/lantern/").content.decode()
    assert "It was taken for another." in page and "The Centre" in page


@pytest.mark.both_databases
def test_nothing_new_is_no_change_and_the_history_is_never_rewritten(law, eve):
    eve.post(PAGE, form(law))
    assert not LawChange.objects.exists()
    eve.post(PAGE, form(law, title="First"))
    with pytest.raises(DatabaseError), transaction.atomic():
        LawChange.objects.update(fields={})
    LawChange.objects.update(by=None)


def test_what_is_wrong_is_said_and_nothing_is_stored(law, store, eve, subtests):
    store(NEW_DRAFT, "x", law="other")
    for changes, words in [
        ({"jurisdiction": ""}, "required"),
        ({"kind": ""}, "required"),
        ({"kind": "poem"}, "valid choice"),
        ({"date": "2999"}, "future"),
        ({"date": "soon"}, "YYYY"),
        ({"title": ""}, "required"),
        ({"slug": "no spaces here"}, "slug"),
        ({"slug": "other"}, "There is a law “other” already."),
    ]:
        with subtests.test(changes=changes, words=words):
            answer = eve.post(PAGE, form(law, title="Half written") | changes)
            assert answer.status_code == 400 and words in answer.content.decode()
            law.refresh_from_db()
            assert law.title != "Half written" and not LawChange.objects.exists()


def test_a_former_name_of_another_law_is_not_taken(law, store, eve):
    from lawcompare.laws.editing.services import rename_law

    rename_law(store(NEW_DRAFT, "x", law="other").law, "another")
    answer = eve.post(PAGE, form(law, slug="other", title="Half written"))
    assert answer.status_code == 400 and "leads to another text" in answer.content.decode()
    law.refresh_from_db()
    assert (law.slug, law.title) != ("other", "Half written") and not LawChange.objects.exists()


def test_of_two_who_change_it_at_once_the_second_is_told_and_keeps_their_words(client, cast, law):
    client.force_login(cast.eve)
    client.post(PAGE, form(law, title="First"))
    client.force_login(cast.adam)
    answer = client.post(PAGE, form(law, title="Second words"))
    page = answer.content.decode()
    assert answer.status_code == 400 and "Somebody else has changed this law" in page and "Second words" in page
    law.refresh_from_db()
    assert law.title == "First" and "To put yours in place of theirs, save again." in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert client.post(PAGE, form(law, title="Second words") | {"seen": seen}).status_code == 302
    law.refresh_from_db()
    assert law.title == "Second words"


def test_no_mark_in_what_is_typed_turns_the_words_beside_it_round(client, cast, law):
    """After such a mark "brought by The Centre, not confirmed" was read from the right."""
    client.force_login(cast.eve)
    client.post(PAGE, form(law, title="Act\u202e on \u2066Access", description="\u202bOf 2020"))
    law.refresh_from_db()
    assert (law.title, law.description) == ("Act on Access", "Of 2020")


def test_no_mark_in_the_name_of_a_clause_turns_the_words_beside_it_round(store):
    """The words of the clause stand by themselves, and stay as the file has them."""
    text = store("## Article 1. Acc\u202eess\u2066\n\nThe \u202efile has it.\n", "turned", law="turned")
    (clause,) = text.clauses.all()
    assert (clause.num, clause.heading) == ("Article 1", "Access") and "\u202e" in clause.text


def test_a_law_with_a_public_text_of_others_is_the_staff_s(client, cast, law, store):
    store(NEW_DRAFT.replace("180", "9"), "third", date="2022")
    client.force_login(cast.eve)
    assert client.get(PAGE).status_code == 403
    client.force_login(cast.sara)
    law.refresh_from_db()
    assert client.post(PAGE, form(law, title="By staff")).status_code == 302
    assert LawChange.objects.get(by=cast.sara).organisation is None


@pytest.mark.parametrize("by", ["editors", None])
def test_no_words_of_an_organisation_become_the_site_s_with_a_text_of_the_site(cast, law, store, by, monkeypatch):
    """Nobody of the site read them: they were changed after its text was stored, or it came by the page for files."""
    editors, _is_new = Organisation.objects.get_or_create(slug=EDITORS, defaults={"name": "Editors"})
    if by:
        monkeypatch.setattr("lawcompare.laws.services._call_by_its_name", lambda *_args: None)
    site = store(NEW_DRAFT.replace("180", "9"), "third", date="2022", published=False)
    if by:
        Origin.objects.create(version=site, organisation=editors)
    law.refresh_from_db()
    change = edit_law(cast.eve, law, {name: str(getattr(law, name)) for name in COLUMNS} | {"title": "Zzours"})
    assert change.confirmation == "", "of a private text of the site nobody learns"
    publish(site)
    law.refresh_from_db()
    assert proposal_of_law(law, of=["title"]) == "Proposed by The Centre"
    decide(cast.sara, Origin.objects.get(version__slug="new"))
    assert proposal_of_law(law) == "", "whoever confirms a text reads the record of its law"


def test_a_text_is_renamed_by_an_editor_of_who_brought_it_and_its_old_address_leads_on(law, eve):
    assert TEXT_PAGE in eve.get("/laws/draft/new/").content.decode()
    answer = eve.post(TEXT_PAGE, {"slug": "second-reading", "seen": "new"})
    assert answer["Location"] == "/laws/draft/second-reading/"
    assert eve.get("/laws/draft/new/")["Location"] == "/laws/draft/second-reading/"
    assert Entry.objects.filter(action="version-renamed").count() == 1
    assert "<code>new</code>" in eve.get("/workspace/laws/draft/second-reading/").content.decode()
    back = eve.post("/workspace/laws/draft/second-reading/", {"slug": "new", "seen": "second-reading"})
    assert back["Location"] == "/laws/draft/new/", "a text takes an earlier name of its own"


def test_a_name_under_which_staff_keep_something_is_taken_as_a_free_one(law, eve, store):
    """That it was refused told of a text that nobody else sees: also a name that this one had before."""
    kept = store(NEW_DRAFT.replace("180", "9"), "kept", date="2022", published=False)
    store(NEW_DRAFT.replace("180", "8"), "one", law="signed", published=False)
    call_command("rename_version", kept.address, "kept-now", verbosity=0)
    for seen, name in [("new", "kept"), ("kept", "kept-now")]:
        answer = eve.post(f"/workspace/laws/draft/{seen}/", {"slug": name, "seen": seen})
        assert answer["Location"] == f"/laws/draft/{name}/"
    law.refresh_from_db()
    assert eve.post(PAGE, form(law, slug="signed"))["Location"] == "/laws/signed/"
    kept.refresh_from_db()
    assert kept.law_id == law.pk and re.fullmatch(r"kept-now-[0-9a-f]{8}", kept.slug)
    assert Law.objects.filter(slug__regex=r"^signed-[0-9a-f]{8}$").count() == 1
    assert eve.get("/laws/signed/").status_code == 200


def test_staff_are_told_what_has_the_name_that_they_want(law, client, cast, store):
    store(NEW_DRAFT.replace("180", "8"), "one", law="signed", published=False)
    client.force_login(cast.sara)
    answer = client.post(PAGE, form(law, slug="signed"))
    assert answer.status_code == 400 and "There is a law “signed” already." in answer.content.decode()
    with pytest.raises(CommandError, match="already"):
        call_command("rename_law", "draft", "signed")


def test_the_former_name_of_a_private_text_is_looked_for_as_one_that_never_was(law, eve, cast, store):
    kept = store(NEW_DRAFT.replace("180", "9"), "kept", date="2022", published=False)
    Origin.objects.create(version=kept, organisation=cast.centre)
    eve.post("/workspace/laws/draft/kept/", {"slug": "kept-now", "seen": "kept"})
    assert eve.get("/laws/draft/kept/")["Location"].startswith("/laws/draft/kept-now-")
    asked, client = [], Client()
    for slug in ("kept", "never"):
        client.get("/about/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/laws/draft/{slug}/").status_code == 404
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_an_organisation_gives_a_text_or_a_law_so_many_names_and_no_more(law, eve, cast, monkeypatch):
    monkeypatch.setattr("lawcompare.laws.editing.services.NAMES_MAX", 1)
    seen = "new"
    for slug, status in (("second", 302), ("third", 400)):
        answer = eve.post(f"/workspace/laws/draft/{seen}/", {"slug": slug, "seen": seen})
        assert (answer.status_code, b"ask the staff" in answer.content) == (status, status == 400)
        seen = "second"
    assert eve.post(PAGE, form(law, slug="other")).status_code == 302
    law.refresh_from_db()
    again = eve.post("/workspace/laws/other/", form(law, slug="another"))
    assert again.status_code == 400 and "ask the staff" in again.content.decode()
    assert FormerAddress.objects.count() == 2
    assert rename_text(cast.sara, law.versions.get(slug="second"), "by-staff", "second")


def test_another_name_of_a_text_that_staff_confirmed_is_a_proposal(law, eve, cast):
    text = law.versions.get(slug="new")
    Origin.objects.filter(version=text).update(confirmation="confirmed")
    answer = eve.post(TEXT_PAGE, {"slug": "as-adopted", "seen": "new"}, follow=True)
    assert "Saved as a proposal" in answer.content.decode()
    assert eve.get("/laws/draft/new/").status_code == 200 and eve.get("/laws/draft/as-adopted/").status_code == 404
    change = LawChange.objects.get()
    named = ("Short name of a text in addresses", "new → as-adopted")
    assert [one.lines for one in listed(cast.sara) if one.name == "record"] == [[named]]
    for decision, there, gone in (("confirm", "as-adopted", "new"), ("undo", "new", "as-adopted")):
        decide(cast.sara, change, decision)
        leads(eve, f"/laws/draft/{gone}/", f"/laws/draft/{there}/")
    rename_text(cast.sara, text, "by-staff", "new")
    with pytest.raises(ValidationError, match="changed again"):
        decide(cast.sara, change)


def test_a_name_that_cannot_be_given_is_refused_in_a_sentence(law, eve, subtests):
    for slug, seen, sentence in [
        ("old", "new", "There is a text “draft/old” already."),
        ("concerns", "new", "There is a text “draft/concerns” already."),
        ("two words", "new", "letters, digits"),
        ("x" * 81, "new", "at most 80"),
        ("third", "another", "Somebody else has renamed this text since you opened the form."),
    ]:
        with subtests.test(slug=slug, seen=seen, sentence=sentence):
            answer = eve.post(TEXT_PAGE, {"slug": slug, "seen": seen})
            assert answer.status_code == 400 and sentence in answer.content.decode()
            assert law.versions.filter(slug="new").exists()
    assert not Entry.objects.filter(action="version-renamed").exists()


CLAUSE = "chp_1__art_3"


def leads(client, old, new):
    answer = client.get(old)
    assert answer.status_code == 301, old
    assert answer["Location"] == new
    assert client.get(new).status_code == 200


def test_the_old_addresses_of_a_law_lead_to_the_new_ones(client, drafts):
    call_command("rename_law", "draft", "lantern-act")
    for old, new in {
        "/laws/draft/": "/laws/lantern-act/",
        "/laws/draft/new/?page=1": "/laws/lantern-act/new/?page=1",
        f"/laws/draft/new/{CLAUSE}/": f"/laws/lantern-act/new/{CLAUSE}/",
        "/laws/draft/new.json": "/laws/lantern-act/new.json",
        "/laws/draft/new.akn.xml": "/laws/lantern-act/new.akn.xml",
        "/km/laws/draft/new/": "/km/laws/lantern-act/new/",
        "/feeds/laws/draft.atom": "/feeds/laws/lantern-act.atom",
        "/compare/draft/old/with/draft/new/?show=all": "/compare/lantern-act/old/with/lantern-act/new/?show=all",
        "/compare/draft/old/with/draft/new.json": "/compare/lantern-act/old/with/lantern-act/new.json",
    }.items():
        leads(client, old, new)


def test_the_old_addresses_of_a_version_lead_to_the_new_ones_and_its_text_stays(client, drafts):
    _old, new = drafts
    before = new.text_hash
    call_command("rename_version", "draft/new", "2020-08")
    leads(client, f"/laws/draft/new/{CLAUSE}/", f"/laws/draft/2020-08/{CLAUSE}/")
    leads(client, "/compare/draft/old/with/draft/new/", "/compare/draft/old/with/draft/2020-08/")
    pinned = f"/laws/draft/new/{CLAUSE}/?text={before[:12]}"
    leads(client, pinned, f"/laws/draft/2020-08/{CLAUSE}/?text={before[:12]}")
    assert Version.objects.get(slug="2020-08").text_hash == before


def test_names_that_changed_twice_lead_to_the_last_at_once(client, drafts):
    call_command("rename_law", "draft", "second")
    call_command("rename_version", "second/new", "n2")
    call_command("rename_law", "second", "third")
    call_command("rename_version", "third/n2", "n3")
    leads(client, "/laws/draft/new/", "/laws/third/n3/")
    leads(client, "/laws/second/n2/", "/laws/third/n3/")
    assert Entry.objects.filter(action__endswith="-renamed").count() == 4


def test_a_name_may_be_taken_back_by_its_owner_alone(client, drafts, store):
    call_command("rename_law", "draft", "other")
    call_command("rename_law", "other", "draft")
    assert client.get("/laws/draft/").status_code == 200
    leads(client, "/laws/other/", "/laws/draft/")
    store(NEW_DRAFT, "x", law="elsewhere")
    with pytest.raises(CommandError, match="must go on doing so"):
        call_command("rename_law", "elsewhere", "other")
    call_command("rename_version", "draft/new", "n2")
    with pytest.raises(CommandError, match="must go on doing so"):
        call_command("rename_version", "draft/old", "new")
    call_command("rename_version", "draft/n2", "new")
    assert client.get("/laws/draft/new/").status_code == 200


def test_a_name_that_cannot_be_given_is_refused_with_a_sentence(drafts, subtests):
    for command, old, new, sentence in [
        ("rename_law", "none", "x", "no law none"),
        ("rename_law", "draft", "a b", "letters, digits"),
        ("rename_law", "draft", "x" * 81, "letters, digits"),
        ("rename_law", "draft", "draft", "already"),
        ("rename_version", "draft/none", "x", "no version"),
        ("rename_version", "draft/new", "old", "already"),
        ("rename_version", "draft/new", "../x", "letters, digits"),
    ]:
        with subtests.test(command=command, old=old, new=new, sentence=sentence):
            with pytest.raises(CommandError, match=sentence) as refused:
                call_command(command, old, new)
            assert refused.value.returncode == 2
            assert not FormerAddress.objects.exists()


def test_what_was_never_here_and_what_is_not_public_leads_nowhere(client, store):
    store(NEW_DRAFT, "new", law="hidden", published=False)
    call_command("rename_law", "hidden", "still-hidden")
    assert client.get("/laws/hidden/").status_code == 404
    assert client.get("/laws/never/").status_code == 404
    assert client.post("/laws/hidden/").status_code in {404, 405}


@pytest.mark.both_databases
def test_the_database_refuses_a_new_name_to_which_the_old_one_does_not_lead(drafts):
    _old, new = drafts
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Version.objects.filter(pk=new.pk).update(slug="other")
    FormerAddress.objects.create(slug="new", law=new.law, version=new)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Version.objects.filter(pk=new.pk).update(slug="other", title="Other words")
    Version.objects.filter(pk=new.pk).update(slug="other")
