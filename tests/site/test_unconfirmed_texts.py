"""A text that staff have not confirmed, its law, and what one organisation says of it bear that organisation's name."""

from __future__ import annotations

import io
import re
from functools import partial
from html import unescape
from zipfile import ZipFile

import pytest
from django.urls import reverse

from lawcompare.annotations.models import Annotation
from lawcompare.annotations.services import record_published
from lawcompare.annotations.targets import set_target
from lawcompare.api.datasets.tables import TABLES
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import request_comparison
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_by_hand, state_correspondence
from lawcompare.laws.access import proposal_of_law
from lawcompare.laws.citing import cite_in_law, names_in_short
from lawcompare.laws.models import Law, LawChange, Origin, Version, Withdrawal
from lawcompare.publishing.services import publish
from lawcompare.sharing.emails.access import title_of
from lawcompare.sharing.emails.models import Follower
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import decide, edits_the_site

pytestmark = pytest.mark.django_db


def test_every_file_that_says_what_an_unconfirmed_text_is_says_who_brought_it(
    client, cast, drafts, store, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        other = store(NEW_DRAFT, "signed", law="bandits", published=False)
        version = store(NEW_DRAFT, "signed", date="2021", published=False, status="official")
        for text in (other, version):
            Origin.objects.create(version=text, organisation=cast.others)
            publish(text)
    forms = [f"/laws/draft/signed{form}" for form in ("/", ".json", ".md", ".txt", ".akn.xml")]
    of_law = [f"/{form}/laws/bandits/concerns/" for form in ("share", "embed")]
    for address in [*forms, *of_law, "/compare/draft/new/with/draft/signed.json", "/api/v1/laws/draft/signed"]:
        answer = client.get(address)
        assert answer.status_code == 200 and "The Others" in answer.getvalue().decode(), address
    assert 'showAs="The Others"' in client.get(forms[-1]).getvalue().decode()
    named = {"laws": {"bandits"}, "texts": {"bandits", "draft"}, "clauses": {"bandits", "draft"}}
    for table in (one for one in TABLES if one.name in named):
        rows = [row for row in table.rows() if row["proposed_by"]]
        assert {(row.get("text") or row["law"]).split("/")[0] for row in rows} == named[table.name], table.name
        assert all("The Others" in row["proposed_by"] for row in rows)
    decide(cast.sara, version.origin)
    assert not any("The Others" in client.get(address).getvalue().decode() for address in forms[2:])


def test_the_record_of_a_law_stands_in_the_name_of_who_wrote_it_whatever_texts_are_left(client, cast, drafts, store):
    texts = [store(NEW_DRAFT, slug, law="bandits", published=False) for slug in ("theirs", "ours")]
    for text, organisation in zip(texts, (cast.others, cast.centre), strict=True):
        Origin.objects.create(version=text, organisation=organisation)
        publish(text)
    law = texts[0].law
    by_others, by_centre = "Proposed by The Others", "Proposed by The Centre"
    assert (proposal_of_law(law), by_others in client.get("/laws/bandits/").content.decode()) == (by_others, True)
    withdrawal = Withdrawal.objects.create(version=texts[0], reason="A mistake.")
    assert proposal_of_law(law) == by_others, "their words are still there"
    changed = partial(LawChange.objects.create, law=law, confirmation="")
    changed(fields={"version": ["ours", "new-name"]}, organisation=cast.centre)
    assert proposal_of_law(law) == by_others, "to rename a text is not to write of the law"
    changed(fields={"title": ["", "zz"]}, organisation=cast.centre)
    assert proposal_of_law(law) == by_centre
    changed(fields={"title": ["zz", ""]}, organisation=None)
    assert not proposal_of_law(law), "staff wrote it"
    law.description = "Of robbers."
    assert proposal_of_law(law) == by_others, "of this they changed nothing"
    law.save()
    changed(fields={"title": ["", "zz"]}, organisation=cast.others)
    changed(fields={"description": ["", "Of robbers."]}, organisation=None)
    page = client.get("/laws/bandits/").content.decode()
    assert re.search(r"Title\s*:\s*Proposed by The Others</p>\s*<p class=.lead.>Of robbers", page), "staff say this"
    changed(fields={"title": ["", "zz"]}, organisation=None)
    changed(fields={"description": ["", "Of robbers."]}, organisation=cast.others)
    page = client.get("/laws/bandits/").content.decode()
    assert re.search(r"Description\s*:\s*Proposed by The Others</p>\s*<p class=.lead.>Of robbers", page)
    assert "Proposed by" not in client.get("/laws/bandits/concerns/").content.decode(), "of the title that staff wrote"
    changed(fields={"title": ["", "zz"]}, organisation=cast.others)
    changed(fields={"description": ["", "Of robbers."]}, organisation=cast.others)
    changed(fields={"title": ["", "zz"]}, organisation=cast.centre)
    assert proposal_of_law(law) == f"{by_centre}; proposed by The Others"
    withdrawal.delete()
    decide(cast.sara, texts[0].origin)
    Withdrawal.objects.create(version=texts[0], reason="A mistake.")
    assert not proposal_of_law(law), "staff confirmed it with the text that is gone"


def test_what_an_organisation_says_a_law_is_stands_under_its_name_alone(client, cast, drafts, store):
    Law.objects.update(description="The site says so.")
    version = store(NEW_DRAFT, "signed", law="bandits", published=False)
    Origin.objects.create(version=version, organisation=cast.others)
    publish(version)
    Law.objects.filter(slug="bandits").update(description="zzsaid")
    pages = ["/laws/", "/laws/bandits/", "/api/v1/laws", "/api/v1/laws/bandits", ""]
    tables = lambda: str([list(one.rows()) for one in TABLES if one.name == "laws"])  # noqa: E731
    words = lambda page: client.get(page).content.decode() if page else tables()  # noqa: E731
    found = [page for page in pages if "zzsaid" in words(page)]
    assert found == ["/laws/bandits/"]
    assert re.search(r"Proposed by The Others</p>\s*<p class=.lead.>zzsaid", words(found[0]))
    assert words(found[0]).count("zzsaid") == 1, "nor as linked data"
    assert all("The site says so." in words(page) for page in ("/laws/", "/laws/draft/", "/api/v1/laws", ""))
    decide(cast.sara, version.origin)
    assert all("zzsaid" in words(page) for page in pages) and "Proposed by" not in words("/laws/bandits/")


def test_what_an_organisation_calls_a_law_goes_out_nowhere_without_its_name(client, cast, drafts, store):
    """In previews, feeds and what search engines read, its title stood alone beside the name of the site."""
    for slug in ("signed", "again"):
        version = store(NEW_DRAFT, slug, law="bandits", published=False)
        Origin.objects.create(version=version, organisation=cast.others)
        publish(version)
    Law.objects.filter(slug="bandits").update(title="zztitle")
    fields = {"title": ["", "zztitle"]}
    LawChange.objects.create(law=version.law, fields=fields, confirmation="", organisation=cast.others)
    said = r"zztitle[^<\"]*\(Proposed by The Others\)"
    titles = rf"<title>[^<]*{said}", rf'"og:title" content="[^"]*{said}'
    wanted = {
        "/laws/bandits/": [titles[0], rf'"name":"{said}'],
        "/laws/bandits/concerns/": titles,
        "/laws/bandits/versions/": [titles[0], rf'content="{said}: its texts side'],
        "/laws/bandits/signed/": [
            rf'"exampleOfWork"[^!]*"name":"{said}',
            rf">{said}</span>",
            rf'title="{said}" href="[^"]*atom',
        ],
        f"/laws/bandits/signed/{version.clauses.first().eid}/": [rf'"name":"{said}'],
        "/follow/laws/bandits/": titles,
        "/feeds/laws/bandits.atom": [rf"<title>{said}"],
        "/api/v1/laws/bandits": ['"proposed_by": ?"Proposed by The Others"'],
    }
    for address, patterns in wanted.items():
        words = client.get(address).content.decode()
        assert not [one for one in patterns if not re.search(one, words)], address
    assert "zztitle" not in " ".join(names_in_short(drafts[0], version))
    assert "(Proposed by" in title_of(Follower(law=version.law))
    decide(cast.sara, version.origin)
    assert not any("Proposed by" in client.get(address).content.decode() for address in wanted)


def test_no_page_of_a_text_that_the_editors_bring_calls_its_law_as_another_does_without_its_name(client, cast, store):
    """Staff read the record of a law with a text of others, and not with one that they bring themselves."""
    editors = edits_the_site(cast.sara).memberships.get().organisation
    for slug, organisation, confirmation in (("theirs", cast.others, "proposed"), ("ours", editors, "confirmed")):
        version = store(NEW_DRAFT, slug, law="bandits", published=False)
        Origin.objects.create(version=version, organisation=organisation, confirmation=confirmation)
        publish(version)
    Law.objects.filter(slug="bandits").update(title="zztitle")
    LawChange.objects.create(
        law=version.law, fields={"title": ["", "zztitle"]}, confirmation="", organisation=cast.others
    )
    address = version.get_absolute_url()
    for page in (address, f"{address[:-1]}.md", f"{address}{version.clauses.first().eid}/"):
        words = client.get(page).content.decode()
        assert "zztitle" in words and "Proposed by The Others" in words
        if not page.endswith(".md"):
            assert not re.search(r"zztitle(?! \(Proposed by The Others)", words), page


def words_of(answer) -> str:
    """The words of a page, or of all parts of an Office file."""
    assert answer.status_code == 200
    data = answer.getvalue()
    if not data.startswith(b"PK"):
        return unescape(data.decode())
    with ZipFile(io.BytesIO(data)) as parts:
        return "\n".join(
            unescape(re.sub(r"</?w:[rt][^>]*>", "", parts.read(name).decode())) for name in parts.namelist()
        )


def test_beside_no_text_of_others_a_law_is_called_as_one_organisation_calls_it_without_its_name(
    client, cast, store, django_capture_on_commit_callbacks
):
    """In lists of texts, Word files, spreadsheets and breadcrumbs it stood bare, also once their text was withdrawn."""
    editors = edits_the_site(cast.sara).memberships.get().organisation
    with django_capture_on_commit_callbacks(execute=True):
        for slug, by in (("theirs", cast.others), ("mine", cast.centre), ("ours", editors)):
            text = store(NEW_DRAFT, slug, law="bandits", published=False)
            Origin.objects.create(version=text, organisation=by)
            publish(text)
        request_comparison(Version.objects.get(slug="mine"), text)
    Law.objects.filter(slug="bandits").update(title="zztitle")
    fields = {"title": ["", "zztitle"]}
    LawChange.objects.create(law=text.law, fields=fields, confirmation="", organisation=cast.others)
    columns = "?column=bandits/ours&column=bandits/mine"
    pages = [
        *("/laws/", "/km/laws/", "/compare/", "/laws/bandits/concerns/", "/laws/bandits/concerns.svg"),
        *(f"/topics/matrix.{form}{columns}" for form in ("csv", "xlsx", "docx")),
        *(f"/laws/bandits/concerns.{form}" for form in ("docx", "xlsx")),
        *(f"/laws/bandits/{slug}/{page}/" for slug in ("ours", "mine") for page in ("findings", "corrections")),
        *(f"/compare/bandits/mine/with/bandits/ours{end}" for end in ("/", ".xlsx", ".docx")),
    ]
    found = set()
    for withdrawn in (False, True):
        if withdrawn:
            Withdrawal.objects.create(version=Version.objects.get(slug="theirs"), reason="A mistake.")
        for page in pages:
            words = words_of(client.get(page))
            found |= {page} if "zztitle" in words else set()
            bare = re.search(r".{60}zztitle(?! \((Proposed by|ស្នើដោយ) The Others).{60}", words, re.DOTALL)
            assert not bare, (page, withdrawn, bare)
    assert {"/laws/", "/laws/bandits/concerns.docx"} <= found


def test_a_text_that_is_not_confirmed_comes_between_no_two_others(
    cast, client, drafts, store, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        between = store(NEW_DRAFT, "between", date="2020-06", published=False)
        Origin.objects.create(version=between, organisation=cast.others)
        publish(between)
        last = store(OLD_DRAFT, "last", date="2021")
    assert cite_in_law(between, between.clauses.first()).startswith(
        "draft between (brought by The Others, not confirmed)"
    )
    compared = {(one.old.slug, one.new.slug) for one in Comparison.objects.finished()}
    assert compared == {("old", "new"), ("new", "between"), ("new", "last")}
    pair = "/compare/draft/old/with/draft/new/"
    assert "draft/between" not in client.get(pair).content.decode()
    law = client.get("/laws/draft/").content.decode()
    assert law.count("/compare/draft/new/with/draft/last/") == 2 and "draft/between/with/draft/last/" not in law
    assert re.findall(r'value="([^"]*)"\s+selected', client.get("/compare/").content.decode())[0] == "draft/new"
    table = client.get("/laws/draft/versions/").content.decode()
    assert "<name>The Others</name>" in client.get("/feeds/laws/draft.atom").content.decode()
    assert re.findall(r'name="text"\s+value="([^"]*)"\s+checked', table) == ["old", "new", "last"]
    with django_capture_on_commit_callbacks(execute=True):
        decide(cast.sara, between.origin)
    assert "/compare/draft/old/with/draft/between/" in client.get(pair).content.decode()
    assert Comparison.objects.finished().filter(old=between, new=last).exists()


def test_what_one_organisation_proposes_of_two_laws_makes_no_page_of_them_by_subject(cast, client, store):
    old, new = store(OLD_DRAFT, "a", law="one"), store(NEW_DRAFT, "b", law="two")
    topic = Topic.objects.create(slug="hacking", title="Hacking")
    sides = [text.clauses.get(num="Article 1") for text in (old, new)]
    row = state_by_hand(cast.rita, topic, *sides, "partial", "Said by one.")
    page, data = (reverse(name, args=["one", "a", "two", "b"]) for name in ("comparison", "comparison_json"))
    assert b"Said by one." not in client.get(page).content and client.get(data).status_code == 404
    entry = client.get("/feeds/topics/hacking.atom").content.decode().split("<entry>")[1]
    assert "Said by one." in entry and topic.get_absolute_url() in entry and page not in entry
    said = [one.get_absolute_url() for one in (topic, *sides)]
    pages = [client.get(one).content.decode() for one in said]
    assert ["Said by one." in one and "#hacking" not in one for one in pages] == [True] * 3
    client.force_login(cast.eve)
    assert b"Said by one." in client.get(page).content and client.get(data).status_code == 200
    client.logout()
    decide(cast.sara, row)
    assert b"Said by one." in client.get(page).content and client.get(data).status_code == 200
    assert ["#hacking" in client.get(one).content.decode() for one in said] == [True] * 3
    assert page in client.get("/feeds/topics/hacking.atom").content.decode()


def test_no_verdict_that_one_organisation_proposes_stands_among_those_of_the_site(cast, client, store):
    """Nor above them once it is confirmed, or without its name."""
    old, new = store(OLD_DRAFT, "a", law="one"), store(NEW_DRAFT, "b", law="two")
    Law.objects.filter(slug="two").update(kind="statute")
    topic, other = (Topic.objects.create(slug=name, title=name) for name in ("hacking", "headings"))
    olds, news = ([text.clauses.get(num=f"Article {number}") for number in (3, 1)] for text in (old, new))
    state_correspondence(topic, olds[0], news[0], "equivalent", "Alike.", "An editor")
    topic.clauses.add(*olds, *news)
    rows = [
        state_by_hand(cast.charlie, topic, olds[1], news[1], "contrary", "Said by one. Words relied on: zzwords."),
        state_by_hand(cast.charlie, topic, olds[1], news[0], "heading", "Said by one."),
        state_by_hand(cast.charlie, other, olds[1], news[1], "heading", "Said by one."),
    ]
    page = reverse("comparison", args=["one", "a", "two", "b"])
    note = Annotation(slug="a-note", body="Zzbody.", organisation=cast.centre, risk=3)
    set_target(note, olds[1], "intentionally")
    record_published(note, {})

    def shown(address: str, name: str) -> list[str]:
        table = client.get(address).content.decode().partition(f'class="{name}"')[2].partition("</table>")[0]
        return re.findall(r'class="relation v-([\w-]+)"', table)

    assert shown(topic.get_absolute_url(), "verdict-grid") == ["equivalent"]
    assert shown(page, "verdicts") == ["equivalent", "heading"], "the second with who proposes it"
    said = [client.get(address).content.decode() for address in (topic.get_absolute_url(), page)]
    assert b"Alike." in client.get(reverse("share_subject", args=["one", "a", "two", "b", "hacking"])).content
    assert 'id="heading-only"' not in said[1] and all(one.count("proposed by The Others") >= 2 for one in said)
    assert "proposed by The Others" in said[1].partition("<tbody>")[2].partition("</tbody>")[0]
    assert "proposed by The Others" in said[1].partition("zzwords")[2].partition("</div>")[0]
    assert "Zzbody" not in said[1], "no note of others is brought in by it"
    for row in rows:
        decide(cast.sara, row)
    assert "Zzbody" in client.get(page).content.decode()
    assert shown(topic.get_absolute_url(), "verdict-grid") == ["equivalent", "contrary", "heading"]
    page_of_topic = client.get(topic.get_absolute_url()).content.decode()
    verdicts = re.sub(r"\s+|<[^>]+>", " ", page_of_topic.partition('"verdict-grid"')[2].partition("</table>")[0])
    assert re.search(r"equivalent\s+\S?\s*contrary\s+\(The Others\)", verdicts), verdicts
    assert 'id="heading-only"' in client.get(page).content.decode()


def test_what_the_editors_of_the_site_state_on_its_pages_leads_as_what_came_with_it(cast, client, store):
    old, new = store(OLD_DRAFT, "a", law="one"), store(NEW_DRAFT, "b", law="two")
    topic = Topic.objects.create(slug="hacking", title="hacking")
    olds, news = ([text.clauses.get(num=f"Article {number}") for number in (3, 1)] for text in (old, new))
    decide(cast.sara, state_by_hand(cast.charlie, topic, olds[0], news[0], "contrary", "Theirs."))
    state_by_hand(edits_the_site(cast.sara), topic, olds[1], news[1], "narrower", "The editors'.")
    page = client.get(reverse("comparison", args=["one", "a", "two", "b"])).content.decode()
    table = page.partition('class="verdicts"')[2].partition("</table>")[0]
    assert re.findall(r'class="relation v-([\w-]+)"', table) == ["narrower", "contrary"]
    assert "(The Others)" in table and "The editors" in table and "Theirs" not in table
    assert b"The editors" in client.get(reverse("share_subject", args=["one", "a", "two", "b", "hacking"])).content


def test_wherever_a_law_is_named_without_its_texts_it_is_said_who_proposes_it(cast, client, store):
    text = store(OLD_DRAFT, "a", law="one")
    Origin.objects.create(version=text, organisation=cast.others)
    pages = [reverse(name, args=["one"]) for name in ("concerns", "concerns_svg", "follow_law")]
    assert all(b"Proposed by The Others" in client.get(page).content for page in pages)
    decide(cast.sara, text.origin)
    assert not any(b"roposed by The Others" in client.get(page).content for page in pages)


def test_notes_on_a_text_that_is_not_confirmed_take_no_place_on_the_first_page(client, cast, drafts, store):
    theirs = store(OLD_DRAFT, "theirs", law="bandits", date="2018", published=False)
    Origin.objects.create(version=theirs, organisation=cast.others)
    publish(theirs)
    for name, organisation, text in [("b", cast.centre, drafts[0]), *((f"a{at}", cast.others, theirs) for at in "123")]:
        note = Annotation(slug=name, body="A remark.", risk=4, organisation=organisation)
        set_target(note, text.clauses.get(eid="chp_1__art_1"), "")
        record_published(note, {})
    page = client.get("/").content.decode()
    assert "/annotations/b/" in page and page.index("/annotations/b/") < page.index("/annotations/a")
