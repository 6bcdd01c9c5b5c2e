"""A translation of somebody else's text is a proposal: it stands for that text once staff confirm it."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.utils import translation

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.targets import set_target
from lawcompare.api.datasets.tables import TABLES
from lawcompare.comparisons.access import lead_of
from lawcompare.comparisons.correcting.services import set_together
from lawcompare.comparisons.models import MapDecision
from lawcompare.comparisons.services import neighbours, propose_lead
from lawcompare.core.models import Entry
from lawcompare.core.page_cache.content_token import current_token, set_triggers
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.crosswalk.values.services import find_words, state_for_project
from lawcompare.imports.upload.services import _delete_private
from lawcompare.laws.access import get_two_versions, get_version
from lawcompare.laws.models import ClauseTranslation, Origin, Version, Withdrawal
from lawcompare.laws.proposals import waiting_for_staff
from lawcompare.laws.services import Import, import_law
from lawcompare.laws.translations.services import request_mapping, set_review
from lawcompare.mirror import search_index
from lawcompare.mirror.writing import _known_addresses, crawl
from lawcompare.publishing.carrying_forward.services import line_of_texts
from lawcompare.publishing.services import publish
from lawcompare.site.stated import _things, stated_things
from tests.conftest import FRONT, OLD_DRAFT
from tests.content.corpus import D2024, FIXTURES, ICCPR
from tests.laws.test_translations import KHMER, translated
from tests.proposals import decide

pytestmark = pytest.mark.django_db

ALTERED = "បេតាបេតាបេតា"
OLD, OLD_KM = "/laws/draft/old/", "/laws/draft/old-km/"
PAGES = [
    *("/", "/laws/", "/compare/", "/topics/", "/annotations/", "/annotations.jsonld", "/annotations.csv"),
    *("/api/v1/laws", "/api/v1/comparisons", "/feeds/annotations.atom", "/search/?q=បរិហារកេរ្តិ៍"),
    *(f"/sitemap-{name}-1.xml" for name in ("texts", "clauses", "comparisons")),
    *(f"/laws/{law}/{page}" for law in ("kh-cybercrime", "iccpr") for page in ("", "versions/", "concerns/")),
    *(f"/{page}" for law in ("kh-cybercrime", "iccpr") for page in (f"feeds/laws/{law}.atom", f"api/v1/laws/{law}")),
    *("/laws/kh-cybercrime/2024-leak-en/art_nn_insult/", "/laws/iccpr/1966-en/art_19/"),
    *("/laws/kh-cybercrime/2024-leak-km/", "/laws/iccpr/1966-km/", f"/compare/{D2024}/with/{ICCPR}/"),
    "/compare/kh-cybercrime/2020-08-km/with/kh-cybercrime/2024-leak-km/",
]


@pytest.fixture
def bring(django_capture_on_commit_callbacks):
    """``bring(version, organisation)``: publish a text as the organisation's, or as the site's own."""

    def publish_as(version: Version, organisation: object = None) -> Version:
        if organisation:
            Origin.objects.create(version=version, organisation=organisation)
        with django_capture_on_commit_callbacks(execute=True):
            publish(version)
        return Version.objects.get(pk=version.pk)

    yield publish_as
    translation.deactivate()


def altered(address: str) -> Version:
    """A copy of a Khmer text of the corpus that claims to be newer, with a word more in every paragraph."""
    front, body = (FIXTURES / "laws" / f"{address}.md").read_text("utf-8").split("\n---\n", 1)
    front = re.sub(r"(?m)^(version|title|date): .*\n", "", front) + f"\nversion: zz-km\ntitle: {ALTERED}\ndate: 2026"
    body = re.sub(r"(?m)^([^#{\s].*)$", rf"\1 {ALTERED}", body)
    of = re.search(r"translates: (\S+)", front)[1]
    return import_law(Import(f"{front}\n---\n{body}".encode(), "a.md", metadata={"translates": of})).version


def old(language: str, **details: str) -> Version:
    """The draft of 2019 in a language, not public yet."""
    front = FRONT.format(law="draft", version=details["version"], title=details["version"], date="2019")
    words = OLD_DRAFT if language == "en" else KHMER
    front = front.replace("language: en", f"language: {language}")
    return import_law(Import((front + words).encode(), "a.md", metadata={"translates": details.get("of", "")})).version


def links_of(client, address: str) -> str:
    return unescape(client.get(address).content.decode()).replace('"/km/', '"/')


@pytest.mark.verify
def test_no_page_shows_the_words_of_an_altered_translation_which_the_text_s_own_page_names(
    client, demonstration, cast, bring
):
    for address in ("kh-cybercrime/2024-leak-km", "iccpr/1966-km"):
        bring(altered(address), cast.others)
    notes = [note.get_absolute_url() for note in Annotation.objects.filter(version__slug="2024-leak-en")]
    topics = Topic.objects.filter(correspondences__subject_version__slug="2024-leak-en").distinct()
    assert notes and topics
    for address in [*PAGES, *notes, *(topic.get_absolute_url() for topic in topics)]:
        is_in_both = not address.startswith(("/api/", "/sitemap", "/annotations."))
        for path in [address, f"/km{address}"] if is_in_both else [address]:
            answer = client.get(path)
            words = answer.content.decode()
            assert answer.status_code == 200 and ALTERED not in json.dumps(unescape(words), ensure_ascii=False), path
            assert "-en/art" in path or "zz-km" not in words, path
    for original in (D2024, ICCPR):
        khmer, proposed = links_of(client, f"/km/laws/{original}/"), f"/laws/{original.split('/')[0]}/zz-km/"
        assert re.search("ស្នើដោយ (<[^>]*>)?The Others", khmer) and f'href="{proposed}"' in khmer
        assert "Khmer translation, proposed by The Others" in links_of(client, proposed)


@pytest.mark.parametrize("language", ["km", "en"])
def test_neither_language_of_a_text_is_replaced_by_what_another_organisation_brings(
    client, store, cast, bring, language
):
    original = bring(old("en" if language == "km" else "km", version="original"), cast.centre)
    bring(old(language, version="zz", of="draft/original"), cast.others)
    home = "/km/" if language == "km" else "/"
    for address in (home, f"{home}laws/", f"{home}laws/draft/", f"{home}search/?q=100000"):
        assert "/laws/draft/zz/" not in links_of(client, address), address
    assert original in Version.objects.standing() and "proposed by The Others" in links_of(
        client, "/laws/draft/original/"
    )


def test_who_translated_two_texts_of_others_says_nothing_of_these_for_the_site(client, drafts, cast, bring):
    texts = []
    for of in drafts:
        front = FRONT.format(law="draft", version=f"{of.slug}-km", title="Khmer", date=of.date).replace(": en", ": km")
        details = {"translates": of.address, "renders_part": True}
        text = import_law(Import((front + "## មាត្រា ១\n\nពាក្យ។\n").encode(), "km.md", metadata=details)).version
        texts.append(bring(text, cast.others))
    for text in texts:
        decide(cast.sara, text.origin)
    texts = [Version.objects.get(pk=text.pk) for text in texts]
    lead = propose_lead(cast.charlie, *texts, "Nothing changed.")
    assert lead.pair.old == drafts[0] and lead.proposed_by == "The Others" and lead_of(*texts) == lead
    Withdrawal.objects.create(version=drafts[0], reason="By mistake.")
    assert lead_of(*texts) is None


def test_who_brought_a_text_brings_its_translation_too_and_it_stands_at_once(client, cast, bring):
    bring(old("en", version="old"), cast.centre)
    bring(translated(), cast.centre)
    assert f'href="{OLD_KM}"' in links_of(client, "/km/laws/draft/")
    assert "proposed by" not in links_of(client, OLD) + links_of(client, OLD_KM)


def test_staff_confirm_a_translation_and_take_that_back_on_a_page_and_in_the_log(client, store, cast, bring):
    store(OLD_DRAFT, "old")
    text = bring(translated(), cast.others)
    assert f'href="{OLD_KM}"' not in links_of(client, "/km/laws/draft/")
    client.force_login(cast.sara)
    address = re.search(r'href="(/workspace/proposals/\?at=[\w-]+)#text-[\w-]+"', links_of(client, f"/km{OLD_KM}"))[1]
    for decision, is_shown in (("confirm", True), ("undo", False)):
        page = links_of(client, address)
        assert ">draft old<" in page
        sent = dict(re.findall(r'name="(kind|number|seen)" value="([\w-]+)"', page)) | {"decision": decision}
        client.post(address, sent)
        assert (f'href="{OLD_KM}"' in links_of(client, "/km/laws/draft/")) == is_shown
        assert (text in Version.objects.standing()) == is_shown == Version.objects.get(pk=text.pk).stands
        assert Entry.objects.first().action == decision


def test_what_staff_confirmed_stands_beside_the_originator_s_own_translation_and_not_before_it(
    client, store, cast, bring
):
    store(OLD_DRAFT, "old")
    bring(old("km", version="own", of="draft/old"))
    bring(old("km", version="zz", of="draft/old"), cast.others)
    Origin.objects.update(confirmation="confirmed")
    assert set(re.findall(r'href="/laws/draft/(\w+)/"\s+lang', links_of(client, "/km/laws/draft/"))) == {"own"}
    assert 'href="/laws/draft/own/"' in links_of(client, OLD)


@pytest.mark.verify
def test_data_sets_and_mirrors_are_without_proposed_translations_and_texts_are_not_compared_with_them(
    store, cast, bring
):
    store(OLD_DRAFT, "old")
    own = bring(old("km", version="own", of="draft/old"))
    text = bring(translated(), cast.others)
    again = bring(old("en", version="old-km-en", of="draft/old-km"), cast.others)
    assert not text.stands and not again.stands and again not in Version.objects.standing()
    for table in TABLES:
        assert not any("old-km" in json.dumps(row, default=str) for row in table.rows()), table.name
    assert not any("/old-km" in entry.address for entry in search_index.texts())
    pages = {page.address: page.body.decode(errors="ignore") for page in crawl([OLD], "http://testserver", 1)}
    assert OLD in pages and "proposed by The Others" in pages[OLD]
    assert not any("old-km" in address or KHMER.split("\n")[4] == body for address, body in pages.items())
    assert neighbours(own) == [] and neighbours(text)


def test_a_translation_of_a_correction_that_is_proposed_is_a_proposal_too(store, cast, bring):
    first = store(OLD_DRAFT, "old")
    own = bring(old("km", version="own", of="draft/old"))
    proposed = import_law(
        Import(
            (FRONT.format(law="draft", version="zz", title="zz", date="2019") + OLD_DRAFT).encode(),
            "a.md",
            metadata={"corrects": first.address},
        )
    ).version
    bring(proposed, cast.others)
    text = bring(old("km", version="zz-km", of="draft/zz"), cast.others)
    assert not text.stands and text not in Version.objects.standing()
    assert line_of_texts(own) == [own]


@pytest.mark.parametrize("law", ["of its own", "of its original, which was withdrawn"])
def test_a_law_of_which_nothing_but_a_proposed_translation_can_be_read_has_its_pages(client, store, cast, bring, law):
    original = store(OLD_DRAFT, "old")
    name = "draft" if "withdrawn" in law else "other"
    front = FRONT.format(law=name, version="zz", title="zz", date="2019").replace("language: en", "language: km")
    wanted = Import((front + KHMER).encode(), "a.md", metadata={"translates": original.address})
    bring(import_law(wanted).version, cast.others)
    if name == "draft":
        Withdrawal.objects.create(version=original, reason="A mistake.")
    for page in ("", "versions/", "versions.xlsx", "concerns/"):
        for language in ("", "/km"):
            assert client.get(f"{language}/laws/{name}/{page}").status_code == 200, page
    for address in ("/laws/", f"/feeds/laws/{name}.atom", f"/api/v1/laws/{name}"):
        assert client.get(address).status_code == 200, address


def test_no_list_feed_or_file_has_the_words_of_a_note_on_a_proposed_translation_until_staff_confirm_it(
    client, store, cast, bring
):
    store(OLD_DRAFT, "old")
    text = bring(translated(), cast.others)
    note = Annotation(body="A note on it.", risk=3)
    set_target(note, text.clauses.get(num="មាត្រា ២"), "")
    annotating.write_annotation(cast.charlie, note, {})
    annotating.submit_annotation(cast.charlie, note)
    Annotation.objects.update(status="published", published_at=text.published_at)
    lists = ["/annotations/", "/km/annotations/", "/annotations.csv", "/annotations.jsonld?page=1"]
    lists += ["/feeds/annotations.atom", "/feeds/laws/draft.atom", "/feeds/organisations/others.atom"]
    lists += ["/api/v1/annotations", "/sitemap-annotations-1.xml", "/"]
    for is_confirmed in (False, True):
        Origin.objects.update(confirmation="confirmed" if is_confirmed else "proposed")
        cache.clear()
        for address in lists:
            assert (note.slug in client.get(address).content.decode()) == is_confirmed, address
        assert (f"/annotations/{note.slug}/" in set(_known_addresses())) == is_confirmed
        assert client.get(note.get_absolute_url()).status_code == client.get(text.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("status", ["leaked", "unofficial-translation"])
def test_a_public_translation_of_a_private_text_is_a_text_like_any_other(client, cast, bring, status, subtests):
    """Nobody learns from it that its organisation has the original here."""

    def text(law: str, version: str, language: str, of: str = "") -> Version:
        front = FRONT.format(law=law, version=version, title=f"Text {version}", date="2019")
        front = front.replace("language: en", f"language: {language}").replace("restatement", status)
        words = OLD_DRAFT if language == "en" else KHMER
        metadata = {"translates": of, "law_title": "The law"}
        return import_law(Import((front + words).encode(), "a.md", metadata=metadata)).version

    Origin.objects.create(version=text("aa", "orig", "en"), organisation=cast.centre)
    for law in ("aa", "bb"):
        bring(text(law, "base", "km"), cast.centre)
    texts = [
        ("aa", "t", "km", "aa/orig"),
        ("bb", "t", "km"),
        ("aa", "t-en", "en", "aa/t"),
        ("bb", "t-en", "en", "bb/t"),
    ]
    khmer, *others = [bring(text(*names), cast.centre) for names in texts]
    assert khmer.origin in waiting_for_staff(Origin)
    pages = ["/laws/{}/", "/laws/{}/versions/", "/laws/{}/concerns/", "/laws/{}/t/", "/laws/{}/t/chp_1__art_1/"]
    pages += ["/laws/{}/t.json", "/laws/{}/t.akn.xml", "/laws/{}/t.md", "/api/v1/laws/{}", "/api/v1/laws/{}/t"]
    pages += ["/feeds/laws/{}.atom", "/compare/{0}/base/with/{0}/t/", "/search/?q=Text+t+{}", "/laws/{}/t-en/"]
    pages += [f"/km{page}" for page in pages if page.endswith("/")]
    varying = re.compile(r"\b(aa|bb)\b|(at=|#text-)[\w-]+|[0-9a-f]{12,}|value=\"[A-Za-z0-9]{20,}\"|nonce=\"[^\"]*\"")
    for person in (None, cast.charlie, cast.sara, "confirmed"):
        if person == "confirmed":
            client.logout()
            for one in (khmer, *others):
                decide(cast.sara, one.origin)
        elif person:
            client.force_login(person)
        for page in pages:
            with subtests.test(page=page, person=person):
                one, two = (client.get(page.format(law)).getvalue().decode() for law in ("aa", "bb"))
                assert varying.sub("_", one) == varying.sub("_", two)
        for page in ("/laws/", "/compare/", "/sitemap-texts-1.xml", "/topics/"):
            html = client.get(page).getvalue().decode()
            assert html.count("aa/t/") == html.count("bb/t/"), page
    client.force_login(cast.charlie)
    for law in ("aa", "bb"):
        answer = client.post(f"/compare/{law}/base/with/{law}/t/sentence/", {"body": "One."}, follow=True)
        assert answer.status_code == 200


@pytest.mark.parametrize("is_last", [True, False])
def test_a_translation_is_set_beside_its_original_once_that_is_public_too(
    cast, store, is_last, django_capture_on_commit_callbacks
):
    hidden, khmer = store(OLD_DRAFT, "old", published=False), translated()
    for text in (hidden, khmer):
        Origin.objects.create(version=text, organisation=cast.centre)
    clause = hidden.clauses.get(num="Article 1"), khmer.clauses.get(num="មាត្រា ៣")
    with django_capture_on_commit_callbacks(execute=True):
        request_mapping(khmer)
        set_together(cast.rita, hidden, khmer, [clause], "So it is.")
    for text in (khmer, hidden) if is_last else (hidden, khmer):
        with django_capture_on_commit_callbacks(execute=True):
            publish(text)
        assert text == hidden or not is_last or Version.objects.get(pk=khmer.pk).translates is None
    khmer = Version.objects.get(pk=khmer.pk)
    assert khmer.translates == hidden and khmer.kept_original is None and khmer.stands, "who brought both says so"
    pairs = ClauseTranslation.objects.filter(original=clause[0]).values_list("translation", "confirmed_by")
    assert list(pairs) == [(clause[1].pk, "The Centre")], "what it said of their clauses holds"
    assert khmer.origin not in waiting_for_staff(Origin)


def test_no_page_is_made_anew_when_the_private_original_of_a_public_translation_goes(cast, store):
    set_triggers()
    hidden, khmer = store(OLD_DRAFT, "old", published=False), translated()
    for text in (hidden, khmer):
        Origin.objects.create(version=text, organisation=cast.centre)
    publish(khmer)
    token = current_token()
    _delete_private(Version.objects.get(pk=hidden.pk))
    assert Version.objects.get(pk=khmer.pk).kept_original is None and current_token() == token


def test_words_that_nobody_read_stand_nowhere_for_a_text_that_staff_confirmed(client, cast, store):
    old = store(OLD_DRAFT, "old")
    khmer = translated()
    for text in (old, khmer):
        Origin.objects.create(version=text, organisation=cast.centre)
    publish(khmer)
    assert Version.objects.get(pk=khmer.pk).stands, "as long as neither was read"
    decide(cast.sara, Origin.objects.get(version=old))
    khmer = Version.objects.get(pk=khmer.pk)
    assert not khmer.stands and not Version.objects.standing().filter(pk=khmer.pk).exists()
    assert khmer.origin in waiting_for_staff(Origin)
    decide(cast.sara, khmer.origin)
    assert Version.objects.get(pk=khmer.pk).stands and Version.objects.standing().filter(pk=khmer.pk).exists()


def test_what_staff_confirmed_as_a_text_by_itself_stays_one_once_its_original_is_public(client, cast, store):
    hidden, khmer = store(OLD_DRAFT, "old", published=False), translated()
    for text in (hidden, khmer):
        Origin.objects.create(version=text, organisation=cast.centre)
    publish(khmer)
    decide(cast.sara, Origin.objects.get(version=khmer))
    publish(hidden)
    decide(cast.sara, Origin.objects.get(version=hidden))
    khmer = Version.objects.get(pk=khmer.pk)
    assert khmer.stands and khmer.translates is None, "nobody of the site read whether it says what that says"


def test_what_the_editors_bring_is_the_site_s_in_whatever_order_it_is_published(cast, store):
    editors, _is_new = Organisation.objects.get_or_create(slug=EDITORS, defaults={"name": "Editors"})
    hidden, khmer = store(OLD_DRAFT, "old", published=False), translated()
    for text in (hidden, khmer):
        Origin.objects.create(version=text, organisation=editors)
    for text in (khmer, hidden):
        publish(text)
    khmer = Version.objects.get(pk=khmer.pk)
    assert khmer.translates == hidden and khmer.stands and khmer.origin.stands and not khmer.unchecked_of


def test_beside_words_that_nobody_read_stands_nothing_that_was_said_of_the_original(client, cast, store, bring):
    old, other = store(OLD_DRAFT, "old"), store(OLD_DRAFT, "one", law="other")
    khmer = bring(translated(), cast.centre)
    topic = Topic.objects.create(slug="access", title="Illegal access")
    clause, answer = (text.clauses.get(num="Article 1") for text in (old, other))
    state_correspondence(topic, clause, answer, "partial", "Zzjudged.", "An editor")
    state_for_project(clause, "mental", {"level": "intent"}, find_words(clause, "intentionally"))
    page = khmer.clauses.get(num="មាត្រា ១").get_absolute_url()
    marks = ("/topics/access/", "read twice by the project")
    html = client.get(page).content.decode()
    assert not [mark for mark in marks if mark in html]
    decide(cast.sara, khmer.origin)
    html = client.get(page).content.decode()
    assert [mark for mark in marks if mark in html] == list(marks)


def test_what_staff_decide_of_an_original_explains_what_its_translation_states_no_longer(client, cast, store, bring):
    """Else the night's check reports the values of a translation as changed by hand."""
    old = store(OLD_DRAFT, "old")
    Origin.objects.create(version=old, organisation=cast.centre)
    khmer = bring(translated(), cast.centre)
    clause = khmer.clauses.get(num="មាត្រា ១")
    state_for_project(clause, "mental", {"level": "intent"}, find_words(clause, "ដែលចូលក្នុង"))
    (values,) = (name for _digest, name in stated_things() if name.startswith("values/"))
    decide(cast.sara, old.origin)
    assert not Version.objects.get(pk=khmer.pk).stands and values not in dict(map(reversed, stated_things()))
    assert f"laws.origin/{old.origin.pk}" in _things()[values].subjects, "by which staff decided, in the log"


def test_what_stands_at_once_is_asked_of_the_texts_as_they_are_once_held(
    cast, drafts, django_capture_on_commit_callbacks
):
    """A request that waited while staff decided went on with what it had read before: what nobody read stood."""
    with django_capture_on_commit_callbacks(execute=True):
        khmer = translated(version="km")
        publish(khmer)
    for text in (khmer.translates, khmer):
        Origin.objects.create(version=text, organisation=cast.centre)
    decide(cast.sara, khmer.translates.origin)
    old, new = get_two_versions(cast.eve, *((text.law.slug, text.slug) for text in (khmer.translates, khmer)))
    decide(cast.sara, Origin.objects.get(version=new))
    set_together(cast.eve, old, new, [(old.clauses.get(num="Article 1"), new.clauses.get(num="មាត្រា ២"))], "So.")
    assert MapDecision.objects.get().confirmation == "proposed"

    stale = get_version(cast.eve, khmer.law.slug, khmer.slug)
    assert stale.origin.stands and stale.translates.origin.stands
    decide(cast.sara, Origin.objects.get(version=khmer), "undo")
    assert set_review(cast.eve, stale, is_checked=True, credit="A lawyer", note="").confirmation == "proposed"
