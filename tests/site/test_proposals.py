"""What an organisation brings speaks in its own name until staff, or the one it concerns, confirm it."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document

from lawcompare.accounts.models import VISITOR, Confirmation, Organisation, Proposable, User
from lawcompare.accounts.services import add_member, describe_organisation
from lawcompare.annotations.models import Annotation, Category, CategoryChange
from lawcompare.annotations.services import (
    add_category,
    publish_annotation,
    set_words,
    submit_annotation,
    write_annotation,
)
from lawcompare.annotations.targets import set_target
from lawcompare.api.datasets.tables import TABLES
from lawcompare.comparisons.correcting.services import set_together
from lawcompare.comparisons.models import MapDecision
from lawcompare.comparisons.services import propose_lead
from lawcompare.core.jobs.models import Job
from lawcompare.core.models import Entry
from lawcompare.core.numbers import seal
from lawcompare.core.page_cache.content_token import PUBLIC
from lawcompare.crosswalk.findings.models import Finding, FindingDecision
from lawcompare.crosswalk.findings.services import decide_on_finding
from lawcompare.crosswalk.models import Correspondence, Topic, TopicChange, Value
from lawcompare.crosswalk.services import second_correspondence, state_by_hand, state_correspondence
from lawcompare.crosswalk.suggestions.services import store_suggestions
from lawcompare.crosswalk.topics import services as topics
from lawcompare.crosswalk.topics.matrix import texts_measured
from lawcompare.crosswalk.values import services as values
from lawcompare.laws.editing.services import COLUMNS as LAW_COLUMNS
from lawcompare.laws.editing.services import edit_law
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Amendment, Event, Law, Origin, PlainWords, TranslationReview, Version
from lawcompare.laws.proposals import waiting_for_staff
from lawcompare.laws.services import Import, import_law
from lawcompare.laws.timeline.services import import_events, save_event
from lawcompare.memos.models import ItemKind, MemoItem
from lawcompare.memos.services import add_items, make_memo
from lawcompare.publishing.services import publish
from lawcompare.site.proposals import services
from tests import second_factor
from tests.conftest import FRONT, NEW_DRAFT, OLD_DRAFT
from tests.laws.test_events import TRAINING, file
from tests.laws.test_translations import translated
from tests.office import text_of
from tests.proposals import confirm_all, decide, edits_the_site, listed
from tests.world import made_once

pytestmark = pytest.mark.django_db

# Of the models of public tables all columns of words without a list of choices, by who sets what stands there. A column
# that is missing here, or is no longer there, fails the test.
SETTERS = {
    "proposed by an organisation, until it is confirmed": """
        PlainWords.text PlainWords.in_other_languages
        TranslationReview.credit Event.title Event.body Event.sources Event.date Event.in_other_languages
        Category.label Category.question Category.in_other_languages CategoryChange.before CategoryChange.after
        Topic.title Topic.description
        Topic.in_other_languages Correspondence.reasoning Correspondence.searched Correspondence.elements
        Correspondence.author Value.values Value.quote Value.note FindingDecision.reason MapDecision.reason
        Concordance.author Concordance.reason LeadSentence.body""",
    "whose organisation stands beside it, on its own note, reply or decision": """
        Annotation.body Annotation.body_html Annotation.exact Annotation.prefix Annotation.suffix
        Annotation.proposed_text Annotation.checklist Annotation.source_organisation Annotation.source_title
        Annotation.source_date Annotation.source_url Reply.body Reply.body_html Carried.exact Carried.prefix
        Carried.suffix Carried.reason
        ClauseTranslation.confirmed_by User.display_name""",
    "who wrote the note, or edits the site": "RenderedWords.exact RenderedWords.of_exact",
    "who brought the text, on its own page": """
        Version.title Version.short_title Version.slug Version.date Version.source_url Version.became_public
        Version.became_public_on Version.note Version.selection""",
    "staff, or who brought all public texts of the law; a proposal where staff confirmed one": """
        Law.title Law.in_other_languages Law.slug Law.description Law.date Law.organisation Withdrawal.reason""",
    "staff or the files of the site": """
        Organisation.name Organisation.slug Organisation.in_other_languages Topic.elsewhere LocalisedText.words
        LocalisedText.original LocalisedText.language LocalisedText.digest LocalisedText.checked_by
        WantedText.slug WantedText.title WantedText.date WantedText.known_since WantedText.body WantedText.sources
        WantedText.in_other_languages""",
    "its organisation, of itself": "Organisation.description",
    "the program": """
        Statement.words Version.file_hash Version.text_hash Version.reader_warnings ClauseTranslation.evidence
        Event.slug Annotation.slug Annotation.name_read MapDecision.name_read
        Annotation.kind_words Reply.slug Topic.slug Correspondence.reasons
        Examination.engine Comparison.engine Comparison.stats Comparison.tally
        MapDecision.touched""",
    "nobody sees it": """
        User.password User.first_name User.last_name User.email TranslationReview.note""",
    "who proposes a new kind of risk, in capitals of Latin letters": "Category.code",
}


def test_of_every_column_of_words_that_pages_print_it_is_said_who_sets_it():
    public = [model for model in apps.get_models() if model._meta.db_table in PUBLIC]
    there = {
        f"{model.__name__}.{field.name}"
        for model in public
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
    }
    listed = [name for names in SETTERS.values() for name in names.split()]
    assert sorted(listed) == sorted(there)
    proposed = {name.partition(".")[0] for name in next(iter(SETTERS.values())).split()}
    # What is proposed of these stands beside them.
    of_changes = {"Category": CategoryChange, "Concordance": MapDecision}
    for model in public:
        if model.__name__ in proposed:
            assert issubclass(of_changes.get(model.__name__, model), Proposable), model
    assert {kind.model for kind in services.KINDS.values()} == {
        model for model in apps.get_models() if issubclass(model, Proposable)
    } - {Topic}, "of a topic its adding is decided on"


def test_the_rule_in_the_database_is_the_rule_of_a_row(drafts, cast):
    for place, organisation in enumerate([None, cast.centre]):
        for confirmation in Confirmation.values:
            slug = f"{place}-{confirmation}"
            Topic.objects.create(slug=slug, title=slug, organisation=organisation, confirmation=confirmation)
    assert {topic.slug for topic in Topic.objects.stand()} == {one.slug for one in Topic.objects.all() if one.stands}
    assert [bool(one.proposed_by) for one in Topic.objects.order_by("slug")] == [False] * 3 + [False, True, True]


# --- An editor of another organisation tries --------------------------------------------------------------------------

TEXTS = ("zztext", "zzown")
NOTHING = '{"text": "", "text_km": ""}'
WORDS = (
    *("zzevent", "zzcheck", "zzplain", "zzkind", "zznewkind", "zztopic", "zzadded", "zzrow", "zzvalue", "zzfinding"),
    *("zzpairing", "zzsaid"),
    *TEXTS,
)
SITES = ("Interception", "The site says so", "zzleft", "A meeting", "Vagueness", "by a lawyer")
# To all but who proposes it, and staff.
HIDDEN = {"zzfinding", "zzplain", "zzcheck", "zzkind", "zznewkind", "zztopic", "zzadded"}


@pytest.fixture
@made_once
def place(cast, drafts, store, django_capture_on_commit_callbacks) -> SimpleNamespace:
    """A site with topics, rows, values, an event, a kind of risk and a translation of its own, and a note on it."""
    with django_capture_on_commit_callbacks(execute=True):
        other = store(NEW_DRAFT, "b", law="two")
        khmer = translated()
        publish(khmer)
    old, new = drafts
    clause, answer = new.clauses.get(num="Article 1"), other.clauses.get(num="Article 1")
    made = {slug: Topic.objects.create(slug=slug, title=slug) for slug in ("Interception", "zzleft", "into", "unused")}
    for topic in made.values():
        topics.index_topic(topic)
        if topic.slug != "unused":
            topic.clauses.add(clause)
            state_correspondence(topic, clause, answer, "partial", f"The site says so of {topic}.", "Editors")
    place = values.find_words(clause, "intentionally")
    values.state_for_project(clause, "mental", {"level": "intent"}, place)
    import_events(file(text="old").encode(), "events.yaml")
    kind = Category.objects.create(code="VAGUE", label="Vagueness")
    note = Annotation(slug="noted", body="Nobody can foresee it.", risk=4)
    set_target(note, new.clauses.get(num="Article 3"), "deemed to hinder")
    write_annotation(cast.alice, note, {"categories": [kind]})
    submit_annotation(cast.alice, note)
    publish_annotation(cast.rita, note)
    otto, _is_new = add_member("otto@example.org", cast.others, "editor")
    second_factor.give(otto)
    return SimpleNamespace(
        old=old, new=new, other=other, khmer=khmer, clause=clause, kind=kind, note=note, otto=otto, topics=made
    )


@pytest.fixture
def tried(place, cast, client, django_capture_on_commit_callbacks) -> SimpleNamespace:
    """All that an editor of the Others tries, by the pages where there is one."""
    client.force_login(place.otto)
    client.post("/laws/draft/events/add/", TRAINING | {"title": "zzevent", "date": "2026-01", "kind": "text"})
    set_review = reverse("review_translation", args=["draft", "old-km"])
    client.post(set_review, {"state": "checked", "credit": "zzcheck"})
    told = reverse("plain_words", args=["draft", "new", place.clause.eid])
    client.post(told, {"text": "zzplain", "seen": NOTHING})
    client.post(reverse("kind_edit", args=["VAGUE"]), {"label": "zzkind"})
    client.post(reverse("kind_add"), {"code": "ZZNEW", "label": "zznewkind"})
    topics.edit_topic(place.otto, place.topics["Interception"], {"title": "zztopic"}, [], 1)
    client.post(reverse("topic_add"), {"title": "zzadded", "text_1": "draft/new", "cited_1": "2"})
    client.post(reverse("topic_merge", args=["zzleft"]), {"into": "into"})
    client.post(reverse("topic_retire", args=["unused"]), {"reason": "zzreason"})
    answer = place.other.clauses.get(num="Article 3")
    state_by_hand(place.otto, place.topics["Interception"], place.clause, answer, "contrary", "zzrow")
    penalty = values.parse_value("penalties", "prison 1 month..1 year; if: zzvalue")
    words = values.find_words(place.clause, "imprisonment from one month to one year")
    stated = values.state_value(place.otto, place.clause, "penalties", penalty, words)
    values.confirm_value(cast.charlie, stated, stated.seen)
    finding = Finding.objects.filter(version=place.new, rule="deemed-to").get()
    decide_on_finding(place.otto, finding, "dismissed", "zzfinding")
    set_together(place.otto, place.old, place.new, crossed(place), "zzpairing")
    client.post(reverse("propose_lead", args=["draft", "old", "draft", "new"]), {"body": "zzsaid"})
    with django_capture_on_commit_callbacks(execute=True):
        text = translated(version="zztext")
        Origin.objects.create(version=text, organisation=cast.others)
        publish(text)
        front = FRONT.format(law="draft", version="zz", title="zzown as signed by the King", date="2026")
        own = import_law(Import((front + NEW_DRAFT).encode(), "a.md", metadata={"text_status": "official"})).version
        Origin.objects.create(version=own, organisation=cast.others)
        publish(own)
    client.logout()
    return SimpleNamespace(**vars(place), finding=finding, text=text)


def crossed(place: Any) -> list[Any]:
    return [(place.old.clauses.get(num="Article 3"), place.new.clauses.get(num="Article 2"))]


LINK = re.compile(r'(?:href|src)="(/[^"#]*)"|<loc>https?://[^/<]+(/[^<]*)<')
SUBJECT = ["draft", "new", "two", "b", "Interception"]
FIRST = [
    *("/", "/sitemap.xml", "/topics/", "/topics/matrix.csv", "/topics/matrix.xlsx", "/annotations/kinds/"),
    *(f"/search/?q={word}" for word in WORDS),
    *(f"/api/v1/{name}" for name in ("laws", "annotations", "topics", "matrix", "correspondences", "comparisons")),
    *(f"/api/v1/laws/draft{name}" for name in ("/events", "/new/values", "/new/findings", "/zztext", "/old-km")),
    *("/compare/draft/new/with/two/b/", "/laws/draft/zztext/", "/feeds/topics/Interception.atom"),
    *("/laws/draft/new/findings/", "/topics/zzleft/", "/topics/unused/", "/topics/zzadded/"),
]
ALIKE = re.compile(r"/(en|km)?/?(accounts|workspace|admin|static|statements|glossary|about)|.*\.(png|pdf)$|\?(?!q=)")
# Of tags, what others read where an address is shared, or is read aloud in place of a picture.
TAG = re.compile(r'(?s)<style.*?</style>|<(?:(?:meta|img) [^>]*(?:content|alt)="([^"]*)"[^>]*|[^>]*)>')
TEXTUAL = ("text/", "application/json", "application/ld", "application/atom", "application/xml")


def pages(client, languages: str) -> Iterator[tuple[str, str]]:
    """(address, words) of all that links from the first pages reach, in these languages, of files and the API."""
    cache.clear()
    first = [*FIRST, *(reverse(f"{form}_subject", args=SUBJECT) for form in ("share", "embed"))]
    khmer = [f"/km{address}" for address in first if not address.startswith(("/api", "/sitemap"))]
    waiting = [*first, *(khmer if "km" in languages else ())]
    seen = set(waiting)
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        body, kind = answer.getvalue(), answer["Content-Type"]
        if "openxml" in kind:
            package = zipfile.ZipFile(io.BytesIO(body))
            body = b" ".join(package.read(name) for name in package.namelist() if name.endswith(".xml"))
        elif not kind.startswith(TEXTUAL):
            continue
        words = body.decode()
        yield address, re.sub(r"\s+", " ", unescape(TAG.sub(r" \1 ", words)))
        links = {link for pair in LINK.findall(words) for link in map(unescape, pair) if link and not ALIKE.match(link)}
        waiting += sorted(
            link for link in links - seen if "?" not in link and ("km" in languages or not is_khmer(link))
        )
        seen |= links
    for table in TABLES:
        yield from ((f"data:{table.name}", f"{row}") for row in table.rows())


def is_khmer(address: str) -> bool:
    return address.startswith("/km/")


BY = "proposed by|ស្នើដោយ|proposed_by|brought by|នាំចូលដោយ"
LABEL = re.compile(rf"({BY})\W+The Others|The Others( says; not|; បុគ្គលិក| brought in| បាននាំចូល)", re.IGNORECASE)


def shown(client, languages: str = "en km") -> dict[str, dict[str, bool]]:
    """Word -> address -> whether it says beside it, each time, who proposes it."""
    found: dict[str, dict[str, bool]] = {word: {} for word in (*WORDS, *SITES)}
    for address, words in pages(client, languages):
        for word, places in found.items():
            if f"q={word}" in address:
                continue  # it says what was asked for
            for match in re.finditer(word, words, re.IGNORECASE):
                near = words if word == "zztext" else words[max(0, match.start() - 500) : match.end() + 500]
                places[address] = places.get(address, True) and bool(LABEL.search(near))
    return found


@pytest.mark.verify
def test_nothing_that_an_organisation_brings_is_shown_as_the_sites_own_word(client, tried, cast):
    found = shown(client)
    for word in WORDS:
        unnamed = {address for address, is_named in found[word].items() if not is_named}
        unnamed -= {f"{km}/laws/draft/{text}.md" for km in ("", "/km") for text in ("zztext", "zz")}  # as brought
        assert not unnamed, f"{word} without who proposes it: {unnamed}"
        assert bool(found[word]) != (word in HIDDEN), (word, found[word])
        assert not {"/", "/km/", "/topics/"} & found[word].keys() or word == "zzown", word
    assert all(found[word] for word in SITES)
    # What a decision does is seen in one language: a page in Khmer has the rows of the English one.
    found = {word: {one: says for one, says in places.items() if not is_khmer(one)} for word, places in found.items()}
    for proposal in listed(cast.sara):
        decide(cast.sara, proposal.row, "refuse")
    refused = shown(client, "en")
    assert not {word: places for word, places in refused.items() if word in WORDS[:-2] and places}
    assert not differing(found, refused, SITES)
    for proposal in listed(cast.sara, waiting=False):
        decide(cast.sara, proposal.row, "undo")
    confirm_all(cast.sara)
    confirmed = shown(client, "en")
    for word in WORDS:
        assert confirmed[word] and not any(confirmed[word].values()), (word, confirmed[word])
    assert "/" in confirmed["zzevent"] and "/topics/" in confirmed["zztopic"] and "/topics/" not in confirmed["zzleft"]
    assert "/annotations/noted/" in confirmed["Vagueness"], "a published note keeps the words of its kinds"
    assert "/annotations/kinds/" not in confirmed["Vagueness"] and "/annotations/kinds/" in confirmed["zzkind"]
    for proposal in listed(cast.sara, waiting=False):
        decide(cast.sara, proposal.row, "undo")
    assert not differing(found, shown(client, "en"), (*WORDS, *SITES))


def differing(before: Any, after: Any, words: Iterable[str]) -> dict[str, set[str]]:
    """Word -> the addresses that have it on one of two walks alone; not those of the proposed text, which are no longer
    linked, nor those that have it as the heading of a proposed row.
    """
    headed = set() if "zzrow" in words else before["zzrow"].keys()
    places = {word: (before[word].keys() ^ after[word].keys()) - headed for word in words}
    places = {word: {one for one in different if "zztext" not in one} for word, different in places.items()}
    return {word: different for word, different in places.items() if different}


# --- What one may not even propose ------------------------------------------------------------------------------------


def test_an_organisation_neither_orders_topics_nor_strikes_what_the_site_states_nor_sets_others_words(place):
    value = Value.objects.get()
    with pytest.raises(PermissionDenied):
        topics.move_topic(place.otto, place.topics["into"], -1)
    with pytest.raises(PermissionDenied):
        values.strike_value(place.otto, value, "No.", value.seen)
    with pytest.raises(PermissionDenied):
        values.correct_value(place.otto, value, {"level": "knowledge"}, None, "No.", value.seen)
    own = translated(version="zzown")
    Origin.objects.create(version=own, organisation=place.otto.organisations.get())
    for text in (place.khmer, own):  # those found in one translation are the note's in the others too
        with pytest.raises(PermissionDenied):
            set_words(place.otto, place.note, text.clauses.first(), "", None)
    words = values.find_words(place.clause, "intentionally")
    rival = values.dispute_value(place.otto, value, {"level": "knowledge"}, words, "No.", value.seen)
    assert (Value.objects.get(pk=value.pk).status, rival.stands) == ("confirmed", False)


def test_what_is_confirmed_of_a_value_disputes_the_sites_and_no_longer_once_that_is_taken_back(place, cast):
    value = Value.objects.get()
    words = values.find_words(place.clause, "intentionally")
    rival = values.dispute_value(place.otto, value, {"level": "knowledge"}, words, "No.", value.seen)
    for decision, status in (("confirm", "disputed"), ("refuse", "confirmed")):
        decide(cast.sara, rival, decision)
        assert Value.objects.get(pk=value.pk).status == status


# --- What concerns one's own ------------------------------------------------------------------------------------------


def test_of_ones_own_confirmed_texts_an_organisation_speaks_at_once_but_not_under_the_sites_topics(place, cast, client):
    for text in (place.old, place.new, place.other, place.khmer):
        Origin.objects.create(version=text, organisation=cast.others)
    client.force_login(place.otto)
    check = reverse("review_translation", args=["draft", "old-km"])
    client.post(check, {"state": "checked", "credit": "Somebody"})
    assert not TranslationReview.objects.get().stands, "nobody confirmed these texts"
    Origin.objects.update(confirmation="confirmed")
    client.post("/laws/draft/events/add/", TRAINING)
    client.post(check, {"state": "checked", "credit": "A lawyer"})
    answer = place.other.clauses.get(num="Article 3")
    row = state_by_hand(place.otto, place.topics["Interception"], place.clause, answer, "contrary", "Why.")
    assert not row.stands and answer not in place.topics["Interception"].clauses.all(), "the topic is not its own"
    own = topics.add_topic(place.otto, {"title": "Own"}, [])
    row = state_by_hand(place.otto, own, place.clause, answer, "contrary", "Why.")
    assert not row.stands, "which would stand under the site's topic once staff confirm the topic, or merge it"
    assert not Event.objects.get(title=TRAINING["title"]).stands, "it would stand on the first page"
    assert TranslationReview.objects.latest("pk").stands
    assert "checked by A lawyer, as The Others says" in client.get("/laws/draft/old-km/").content.decode()
    texts = Version.objects.filter(pk__in=[place.old.pk, place.new.pk]).order_by("date")
    assert not propose_lead(place.otto, *texts, "It says more.").stands, "it would lead that page, with nobody's name"


def test_a_row_bears_the_name_that_its_organisation_has_now(place, cast, client):
    answer = place.other.clauses.get(num="Article 3")
    row = state_by_hand(place.otto, place.topics["Interception"], place.clause, answer, "contrary", "zzrow")
    decide(cast.sara, row)
    Organisation.objects.filter(pk=cast.others.pk).update(name="Zznamed")
    pair = "/compare/draft/new/with/two/b"
    beside = reverse("comparison_beside", args=["draft", "old", "draft", "new", place.clause.eid]) + "?beside=kh"
    forms = [f"{pair}/", f"{pair}.json", "/topics/Interception/", "/feeds/topics/Interception.atom", beside]
    said = {form: client.get(form).content.decode() for form in [*forms, "/api/v1/correspondences"]}
    said["data"] = str([list(one.rows()) for one in TABLES if one.name == "correspondences"])
    assert not [form for form, words in said.items() if "The Others" in words or "Zznamed" not in words]


@pytest.mark.parametrize("decision", ["undo", "refuse"])
def test_what_stood_at_once_of_ones_own_text_is_a_proposal_once_staff_take_that_text_back(
    place, cast, client, decision
):
    for text in (place.old, place.new, place.khmer):
        Origin.objects.create(version=text, organisation=cast.others, confirmation="confirmed")
    client.force_login(place.otto)
    client.post(reverse("review_translation", args=["draft", "old-km"]), {"state": "checked", "credit": "zzcheck"})
    clause = Version.objects.get(pk=place.new.pk).clauses.get(num="Article 1")
    client.post(reverse("plain_words", args=["draft", "new", clause.eid]), {"text": "zzplain", "seen": NOTHING})
    penalty = values.parse_value("penalties", "prison 1 month..1 year; if: zzvalue")
    words = values.find_words(clause, "imprisonment from one month to one year")
    stated = values.state_value(place.otto, clause, "penalties", penalty, words)
    values.confirm_value(cast.charlie, stated, stated.seen)
    decide_on_finding(place.otto, Finding.objects.get(version=place.new, rule="deemed-to"), "dismissed", "zzfinding")
    assert not PlainWords.objects.stand().exists(), "files print them without a name"
    own = [TranslationReview, Value, FindingDecision]
    assert all(model.objects.stand().filter(organisation=cast.others).exists() for model in own)
    for origin in Origin.objects.all():
        decide(cast.sara, origin, decision)
    assert not any(model.objects.stand().filter(organisation=cast.others).exists() for model in own)
    client.logout()
    rows = client.get("/compare/draft/old/with/draft/new.json").content.decode()
    assert "zzvalue" not in rows and "zzplain" not in client.get("/laws/draft/new.json").content.decode()
    waiting = {proposal.name for proposal in listed(cast.sara)} - {"text"}
    assert waiting == {"check", "plain", "value", "finding"}


def test_where_staff_take_a_text_back_only_the_last_word_of_its_organisation_waits(place, cast, client):
    for text in (place.old, place.new, place.khmer):
        Origin.objects.create(version=text, organisation=cast.others, confirmation="confirmed")
    client.force_login(place.otto)
    finding = Finding.objects.get(version=place.new, rule="deemed-to")
    for name, kind in (("zzfirst", "dismissed"), ("zzlast", "reopened")):
        client.post(reverse("review_translation", args=["draft", "old-km"]), {"state": "checked", "credit": name})
        decide_on_finding(place.otto, finding, kind, name)
    for text in (place.khmer, place.new):
        decide(cast.sara, Origin.objects.get(version=text), "undo")
    waiting = [proposal for proposal in listed(cast.sara) if proposal.name in ("check", "finding")]
    assert len(waiting) == 2 and all("zzlast" in str(proposal.lines) for proposal in waiting)


def test_a_check_waits_again_where_staff_take_back_the_original_alone(place, cast, client):
    brought = {"organisation": cast.others, "confirmation": "confirmed"}
    original, _translation = [Origin.objects.create(version=text, **brought) for text in (place.old, place.khmer)]
    client.force_login(place.otto)
    client.post(reverse("review_translation", args=["draft", "old-km"]), {"state": "checked", "credit": "zzcheck"})
    assert TranslationReview.objects.stand().filter(credit="zzcheck").exists()
    decide(cast.sara, original, "undo")
    assert not TranslationReview.objects.stand().filter(credit="zzcheck").exists()


def test_staff_do_not_learn_that_a_text_is_there_that_never_was_public(place, cast, store):
    hidden, topic = store(NEW_DRAFT, "hidden", published=False), place.topics["into"]
    Origin.objects.create(version=hidden, organisation=cast.others)
    clauses = [*topic.clauses.all(), hidden.clauses.get(num="Article 1")]
    topics.edit_topic(place.otto, topic, {"title": topic.title, "title_km": "zzkm"}, clauses, topic.revision)
    lines = next(one.lines for one in listed(cast.sara) if one.name == "topic")
    assert "zzkm" in str(lines) and "–" not in str(lines)


def test_an_organisation_does_what_it_will_with_topics_that_it_merely_proposes(place, cast):
    clauses = [place.clause]
    one, two = (topics.add_topic(place.otto, {"title": title}, clauses) for title in ("One", "Two"))
    topics.edit_topic(place.otto, one, {"title": "First"}, clauses, 1)
    topics.merge_topic(place.otto, two, one)
    assert str(Topic.objects.get(pk=one.pk)) == "First" and Topic.objects.get(pk=two.pk).merged_into == one
    with pytest.raises(ValidationError):  # what is everybody's does not vanish into it
        topics.merge_topic(place.otto, place.topics["into"], one)


def test_a_proposed_topic_shows_in_no_other_and_brings_no_clause_under_one_that_staff_did_not_read(place, cast, store):
    private = store(NEW_DRAFT, "kept", date="2022", published=False)
    Origin.objects.create(version=private, organisation=cast.others)
    measured, own = texts_measured(VISITOR), [text.clauses.get(num="Article 1") for text in (private, place.old)]
    topic = topics.add_topic(place.otto, {"title": "zzadded"}, own)
    assert texts_measured(VISITOR) == measured, "a column on the pages of all topics would tell of it"
    changed = topics.edit_topic(place.otto, place.topics["into"], {"title": "into"}, own[:1], 1)
    merged = topics.merge_topic(place.otto, topic, place.topics["zzleft"])
    assert "Article 1. Illegal access, draft old" in str([one.lines for one in listed(cast.sara) if one.row == merged])
    for change in (changed, merged):
        decide(cast.sara, change)
    assert place.topics["zzleft"].clauses.contains(own[1]) and not Topic.objects.stand().filter(clauses=own[0])


def test_a_proposed_correction_takes_no_text_from_the_page_of_a_topic(place, cast, client):
    front = FRONT.format(law="draft", version="zztext", title="zztext", date="2020")
    about = {"corrects": "draft/new"}
    text = import_law(Import((front + NEW_DRAFT).encode(), "zztext.md", metadata=about)).version
    Origin.objects.create(version=text, organisation=cast.others)
    publish(text)
    topic, answer = place.topics["Interception"], place.other.clauses.get(num="Article 3")
    state_by_hand(place.otto, topic, text.clauses.get(num="Article 2"), answer, "contrary", "zzrow")
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "draft-new" in re.findall('<details class="law-texts" id="(.+?)"', page) and "Zzrow" in page


def test_what_was_done_to_a_topic_while_it_was_proposed_stays_with_who_did_it(place, cast, client):
    topic = topics.add_topic(place.otto, {"title": "zzadded"}, [])
    topics.edit_topic(place.otto, topic, {"title": "zzfirst"}, [], topic.revision)
    decide(cast.sara, TopicChange.objects.get(topic=topic, action="added"))
    for person, shown in ((place.otto, 2), (cast.eve, 1)):
        client.force_login(person)
        page = client.get(reverse("topic_edit", args=[topic.slug])).content.decode()
        listed_changes = re.search(r'<ul class="links">(.*?)</ul>', page, re.S)[1]
        assert listed_changes.count("<li>") == shown, person


def test_a_topic_and_a_kind_of_risk_do_not_tell_when_they_were_proposed_or_how_often_changed(place, cast, client):
    """Others see the same of one that was left as it was, and both in the order in which they came."""
    proposed = [topics.add_topic(place.otto, {"title": title}, []) for title in ("zzold", "zznew")]
    topics.edit_topic(place.otto, proposed[0], {"title": "zzold"}, [place.clause], 1)
    for code in ("ZZOLD", "ZZNEW"):
        add_category(place.otto, Category(code=code, label=code.lower()))
    for change in (
        *CategoryChange.objects.order_by("-pk"),
        *TopicChange.objects.filter(action="added").order_by("-pk"),
    ):
        decide(cast.sara, change)
    client.force_login(cast.eve)
    day = format_date(f"{timezone.now():%Y-%m-%d}")
    pages = [client.get(reverse("topic_edit", args=[topic.slug])).content.decode() for topic in proposed]
    pages += [client.get(reverse("kind_edit", args=[code])).content.decode() for code in ("ZZOLD", "ZZNEW")]
    assert not [page for page in pages if day in page or re.search(r'name="based_on" value="\d{1,9}"', page)]
    lists = [client.get(page).content.decode() for page in ("/topics/", "/annotations/kinds/")]
    assert [re.findall("zz(?:old|new)", page)[0] for page in lists] == ["zznew"] * 2


def test_a_row_is_of_the_day_on_which_its_topic_stood(place, cast, client, monkeypatch):
    days = []
    for title in ("zzstays", "zzgoes"):
        topic, answer = topics.add_topic(place.otto, {"title": title}, []), place.other.clauses.get(num="Article 4")
        state_by_hand(place.otto, topic, place.clause, answer, "partial", "Why.")
    merged = topics.merge_topic(place.otto, topic, place.topics["into"])
    later = timezone.now() + timedelta(days=9)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    for change in (TopicChange.objects.get(action="added", topic__title="zzstays"), merged):
        topic = decide(cast.sara, change).topic
        feed = client.get(reverse("topic_feed", args=[(topic.merged_into or topic).slug])).content.decode()
        entry = next(one for one in feed.split("<entry>") if "The Others" in one)
        days += re.findall("<(?:published|updated)>([-0-9]+)", entry)
    assert days == [f"{later:%Y-%m-%d}"] * 4


def test_what_waits_for_a_second_person_is_nothing_for_staff_and_takes_nobody_s_suggestion(place, cast):
    cast.others.two_person_rule = True
    cast.others.save()
    pair = [text.clauses.get(num="Article 3") for text in (place.new, place.other)]
    row = state_by_hand(place.otto, place.topics["into"], *pair, "partial", "zzrow")

    def suggested() -> bool:
        return any([one.subject, one.object] == pair for one in store_suggestions(place.new, place.other))

    assert row not in waiting_for_staff(Correspondence)
    Correspondence.objects.filter(pk=row.pk).update(confirmation="confirmed")  # as of an organisation's own texts
    assert suggested()
    second_correspondence(cast.charlie, row, row.seen)
    assert not suggested()


@pytest.mark.parametrize("waives", [False, True])
def test_what_one_person_stated_under_the_two_person_rule_is_of_the_day_of_the_second(
    place, cast, client, monkeypatch, waives
):
    """Or of that on which the organisation waived the second person."""
    cast.others.two_person_rule = True
    cast.others.save()
    boss, _is_new = add_member("boss@example.org", cast.others, "administrator")
    second_factor.give(boss)
    answer = place.other.clauses.get(num="Article 4")
    row = state_by_hand(place.otto, place.topics["into"], place.clause, answer, "partial", "zzrow")
    refused = Correspondence.objects.create(
        subject=place.clause, subject_version=place.clause.version, object=place.other.clauses.get(num="Article 1"),
        object_version=place.other, organisation=cast.others, status="refused",
    )  # fmt: skip
    later = timezone.now() + timedelta(days=9)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    if waives:
        describe_organisation(boss, {"description": "", "two_person_rule": False})
    else:
        second_correspondence(cast.charlie, row, row.seen)
    assert Correspondence.objects.get(pk=refused.pk).made_at == refused.made_at, "of which nobody else learns"
    client.force_login(cast.rita)
    pair = {"source": place.clause.version.address, "target": place.other.address, "show": "decided"}
    page = client.get(reverse("suggestions"), pair).content.decode()
    history = re.findall(r"<li>\s*([^<]*?) ·\s*The Others", page)
    assert history and set(history) == {format_date(f"{later:%Y-%m-%d}")}


# --- The page ---------------------------------------------------------------------------------------------------------

PAGE = "/workspace/proposals/"


def sent(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(kind|number|seen)" value="([\w-]+)"', page))


def test_staff_decide_on_one_page_once_and_on_what_they_read(place, cast, client):
    topics.edit_topic(place.otto, place.topics["Interception"], {"title": "Another"}, [], 1)
    topics.edit_topic(place.otto, place.topics["Interception"], {"title": "Another"}, [], 1)  # sent twice
    change = TopicChange.objects.get()
    for person, words in (
        (cast.sara, "Interception → Another"),
        (place.otto, "Interception → Another"),
        (cast.eve, ""),
    ):
        client.force_login(person)
        page = client.get(PAGE).content.decode()
        assert words in page and ("Interception" in page) == bool(words), person
        assert ('value="confirm"' in page) == (person == cast.sara)
        assert (f'href="{PAGE}"' in client.get("/workspace/").content.decode()) == bool(words)
    asked = sent(page) | {"kind": "topic", "number": seal(change.pk, "topicchange"), "decision": "confirm"}
    assert client.post(PAGE, asked).status_code == 403
    client.force_login(cast.sara)
    form = sent(client.get(PAGE).content.decode()) | {"decision": "confirm"}
    client.post(PAGE, form | {"seen": "0"})
    assert Topic.objects.get(slug="Interception").title == "Interception", "they read something else"
    for _twice in range(2):
        client.post(PAGE, form)
        assert Topic.objects.get(slug="Interception").title == "Another"
    assert Entry.objects.filter(action="confirm", subject="topic/Interception").count() == 1
    assert client.post(PAGE, form | {"kind": "nonsense"}).status_code == 400
    client.post(PAGE, sent(client.get(f"{PAGE}?decided=1").content.decode()) | {"decision": "undo"})
    assert Topic.objects.get(slug="Interception").title == "Interception"


def test_what_an_organisation_changed_since_staff_read_it_is_not_confirmed(place, cast):
    topic = topics.add_topic(place.otto, {"title": "One"}, [])
    (seen,) = listed(cast.sara)
    topics.edit_topic(place.otto, topic, {"title": "One", "description": "Something else."}, [], 1)
    with pytest.raises(ValidationError, match="Read it again"):
        services.decide(cast.sara, "topic", seen.row.pk, "confirm", seen.seen)
    assert not Topic.objects.get(pk=topic.pk).stands


@pytest.mark.parametrize("change", [{"description": "As signed."}, {"slug": "as-signed"}, {"title_km": "x"}])
def test_with_a_text_staff_confirm_the_record_of_its_law_that_they_read(store, cast, change):
    base, version = store(OLD_DRAFT, "base"), store(NEW_DRAFT, "signed", law="act", published=False)
    said = {"short_title": "zzshort", "became_public": "zzbecame", "became_public_on": "2019", "articles_total": 77}
    Version.objects.filter(pk=version.pk).update(**said)
    Amendment.objects.create(version=version, base=base)
    Origin.objects.create(version=version, organisation=cast.centre)
    publish(version)
    fields = {name: str(getattr(version.law, name)) for name in LAW_COLUMNS}
    edit_law(cast.eve, version.law, fields | {"description": "zzdescription"})
    (seen,) = listed(cast.sara)
    read = {words: label for label, words in seen.lines}
    assert {"zzdescription", "zzshort", "zzbecame", "2020", "2019", "77", "draft base"} <= read.keys()
    assert all(read.values())
    edit_law(cast.eve, version.law, fields | {"description": "zzdescription"} | change)
    with pytest.raises(ValidationError, match="Read it again"):
        services.decide(cast.sara, "text", seen.row.pk, "confirm", seen.seen)
    assert not Origin.objects.get().stands


def test_staff_read_of_a_row_that_it_rests_on_a_heading(place, cast):
    answer = place.other.clauses.get(num="Article 3")
    state_by_hand(place.otto, place.topics["unused"], place.clause, answer, "heading", "zzrow")
    assert ("Relation", "heading only") in listed(cast.sara)[0].lines


def test_staff_read_in_which_clause_the_words_of_a_value_stand(place, cast):
    stands = place.new.clauses.get(num="Article 4")
    value = values.state_value(place.otto, place.clause, "conduct", {}, values.find_words(stands, "enters into force"))
    assert values.confirm_value(cast.charlie, value, value.seen)
    proposal = next(one for one in listed(cast.sara) if one.row == value)
    assert ("Clause", "Article 4. Entry into force, draft new") in proposal.lines


def test_who_changes_an_event_after_it_was_confirmed_proposes_it_anew_and_staff_change_and_retire_any(
    place, cast, client
):
    client.force_login(place.otto)
    client.post("/laws/draft/events/add/", TRAINING)
    event = Event.objects.get(organisation=cast.others)
    decide(cast.sara, event)
    address = reverse("event_edit", args=["draft", event.slug])
    client.post(address, TRAINING | {"title": "Something else"})
    assert Event.objects.get(pk=event.pk).proposed_by == "The Others"
    client.force_login(cast.sara)
    assert client.get(address).status_code == 200
    client.post(address, TRAINING | {"is_retired": "on"})
    assert TRAINING["title"] not in client.get("/laws/draft/").content.decode()


def test_a_merge_is_taken_back_with_all_that_it_moved(place, cast):
    change = topics.merge_topic(place.otto, place.topics["zzleft"], place.topics["into"])
    state_correspondence(
        place.topics["zzleft"], place.clause, place.other, "none", "Only here.", "Editors", searched="All"
    )

    def rows() -> set[tuple[str, str]]:
        return set(Correspondence.objects.values_list("topic__slug", "reasoning"))

    before = rows(), set(place.topics["into"].clauses.all())
    decide(cast.sara, change)
    assert ("into", "Only here.") in rows() and not Topic.objects.get(slug="zzleft").is_current
    decide(cast.sara, change, "undo")
    assert (rows(), set(place.topics["into"].clauses.all())) == before
    assert Topic.objects.get(slug="zzleft").is_current


def test_merges_into_one_topic_are_taken_back_the_last_first(place, cast):
    """The first took with it what the second had brought too, and left what nobody had said of the topic."""
    third = topics.add_topic(place.otto, {"title": "Third"}, [place.clause])
    decide(cast.sara, TopicChange.objects.latest("pk"))
    changes = [
        topics.merge_topic(place.otto, topic, Topic.objects.get(slug="into"))
        for topic in (place.topics["zzleft"], Topic.objects.get(pk=third.pk))
    ]
    for change in changes:
        decide(cast.sara, change)
    with pytest.raises(ValidationError, match="changed again"):
        decide(cast.sara, changes[0], "undo")
    for change in reversed(changes):
        decide(cast.sara, change, "undo")
    assert Topic.objects.get(slug="zzleft").is_current


def test_a_merge_that_is_taken_back_leaves_what_another_change_added_too(place, cast):
    extra = place.new.clauses.get(num="Article 3")
    topics.edit_topic(place.otto, place.topics["zzleft"], {"title": "zzleft"}, [place.clause, extra], 1)
    decide(cast.sara, TopicChange.objects.latest("pk"))
    into = Topic.objects.get(slug="into")
    own = topics.edit_topic(cast.eve, into, {"title": "into"}, [place.clause, extra], into.revision)
    merge = topics.merge_topic(place.otto, Topic.objects.get(slug="zzleft"), into)
    for change in (merge, own):
        decide(cast.sara, change)
    decide(cast.sara, merge, "undo")
    assert extra in into.clauses.all() and TopicChange.objects.get(pk=own.pk).stands
    decide(cast.sara, own, "undo")
    assert extra not in into.clauses.all()


def test_what_was_changed_again_since_is_not_taken_back_over_it(place, cast):
    change = topics.edit_topic(place.otto, place.topics["into"], {"title": "First"}, [place.clause], 1)
    decide(cast.sara, change)
    later = topics.edit_topic(place.otto, place.topics["into"], {"title": "Second"}, [place.clause], 2)
    decide(cast.sara, later)
    with pytest.raises(ValidationError, match="changed again"):
        decide(cast.sara, change, "undo")
    assert Topic.objects.get(slug="into").title == "Second" and TopicChange.objects.get(pk=change.pk).stands


def test_a_published_note_keeps_the_words_of_its_kinds_wherever_it_stands(place, cast, client):
    note = place.note
    for kinds in ([], list(note.categories.all())):  # its history tells that it had none
        write_annotation(cast.alice, note, {"categories": kinds})
        submit_annotation(cast.alice, note)
        publish_annotation(cast.rita, note)
    client.force_login(place.otto)
    client.post(reverse("kind_edit", args=["VAGUE"]), {"label": "zzkind", "question": "zzasks"})
    decide(cast.sara, CategoryChange.objects.get())
    client.logout()
    cache.clear()
    assert Category.objects.get(code="VAGUE").label == "zzkind"
    note = place.note.get_absolute_url()
    assert client.get(note).content.decode().count("Vagueness") == 5, "twice in its history too"
    assert "Vagueness" in client.get("/laws/draft/concerns/").content.decode().partition('scope="rowgroup"')[2]
    for address in (
        note,
        f"/km{note}",
        "/laws/draft/versions/",
        "/laws/draft/concerns.csv",
        "/laws/draft/concerns.svg",
        "/",
        f"/embed{note}",
        f"/share{note}",
        f"{note[:-1]}.jsonld",
    ):
        page = client.get(address).content.decode()
        assert "zzkind" not in page and "zzasks" not in page, address
        assert "Vagueness" in page or address not in {note, f"/km{note}", "/laws/draft/versions/"}, address


# --- How many may wait ------------------------------------------------------------------------------------------------


@pytest.mark.verify
def test_whatever_one_organisation_proposes_counts_until_staff_decide(place, tried, cast, client, settings, store):
    otto = place.otto
    text = store(NEW_DRAFT, "t", law="own", date="2026")
    Origin.objects.create(version=text, organisation=cast.others, confirmation="confirmed")
    edit_law(otto, text.law, {name: str(getattr(text.law, name)) for name in LAW_COLUMNS} | {"title": "zz"})
    waiting = len(listed(otto))
    settings.PROPOSALS_WAITING_MAX = waiting
    client.force_login(otto)
    answer, words = place.other.clauses.get(num="Article 4"), values.find_words(place.clause, "intentionally")
    event = TRAINING | {"title": "One more", "date": "2026-01", "kind": "text"}
    own_law, more = Law.objects.get(slug="own"), {"title": "More"}
    tries = {  # by the kind of what waits already, another of it: a page, or a service whose pages show its refusals
        "event": lambda: client.post("/laws/draft/events/add/", event),
        "check": lambda: client.post(reverse("review_translation", args=["draft", "old-km"]), {"state": "unchecked"}),
        "plain": lambda: client.post(
            reverse("plain_words", args=["draft", "new", place.new.clauses.get(num="Article 3").eid]),
            {"text": "More", "seen": NOTHING},
        ),
        "kind": lambda: client.post(reverse("kind_edit", args=["VAGUE"]), {"label": "More"}),
        "kind ": lambda: client.post(reverse("kind_add"), {"code": "MORE", "label": "More"}),
        "topic": lambda: client.post(reverse("topic_add"), {"title": "One more"}),
        "topic ": lambda: client.post(reverse("topic_retire", args=["into"]), {"reason": "No."}, follow=True),
        "row": lambda: state_by_hand(otto, place.topics["into"], place.clause, answer, "partial", "Why."),
        "value": lambda: values.state_value(otto, place.clause, "mental", {"level": "knowledge"}, words),
        "record": lambda: edit_law(otto, own_law, {name: str(getattr(own_law, name)) for name in LAW_COLUMNS} | more),
        "pairing": lambda: set_together(
            *(otto, place.old, place.new, [(place.old.clauses.get(num="Article 1"), None)], "Why.")
        ),
        "finding": lambda: client.post(
            reverse("finding_decide", args=[tried.finding.pk]), {"reason": "No.", "reopen": "1"}, follow=True
        ),
        "sentence": lambda: client.post(
            reverse("propose_lead", args=["draft", "old", "draft", "new"]), {"body": "More."}, follow=True
        ),
    }
    assert {name.strip() for name in tries} == services.KINDS.keys() - {"text"}, "of texts: tests/imports"
    for name, act in tries.items():
        try:
            response = act()
            assert response.status_code < 500
            said = response.content.decode()
        except ValidationError as refused:
            said = " ".join(refused.messages)
        # These stand in place of what waits of the same.
        is_refused = f"{waiting} proposals of your organisation wait" in said
        assert is_refused == (name not in {"check", "finding"}), name
    assert len(listed(otto)) == waiting and not Topic.objects.filter(title="One more").exists()
    topics.add_topic(cast.eve, {"title": "Another organisation’s"}, [])
    topics.add_topic(edits_the_site(cast.sara), {"title": "The site’s"}, [])
    own = Event.objects.get(title="zzevent")
    address = reverse("event_edit", args=["draft", own.slug])
    client.post(address, event | {"title": "Better words"})  # what waits already may be changed, and taken back
    client.post(address, event | {"title": "Better words", "is_retired": "on"})
    assert Event.objects.get(pk=own.pk).is_retired and len(listed(otto)) == waiting - 1
    retired = topics.add_topic(otto, {"title": "In its place"}, [])
    refused = client.post(address, event | {"title": "Better words"})  # taken up again it waits as any other
    assert f"{waiting} proposals of your organisation wait" in refused.content.decode()
    topics.retire_topic(otto, retired, "No.")
    topics.add_topic(otto, {"title": "In its place too"}, [])
    with pytest.raises(ValidationError, match="proposals of your organisation wait"):
        topics.restore_topic(otto, Topic.objects.get(pk=retired.pk))
    assert Event.objects.get(pk=own.pk).is_retired and len(listed(otto)) == waiting


@pytest.mark.parametrize("how", ["waived", "seconded"])
def test_what_waits_for_a_second_person_counts_as_what_waits_for_staff(cast, drafts, settings, how):
    settings.PROPOSALS_WAITING_MAX = 3
    describe_organisation(cast.adam, {"description": "", "two_person_rule": True})
    old, new = drafts
    topic = Topic.objects.create(slug="access", title="Access")
    sides = itertools.product(old.clauses.filter(num__startswith="Art"), new.clauses.filter(num__startswith="Art"))
    for pair in itertools.islice(sides, 3):
        state_by_hand(cast.rita, topic, *pair, "contrary", "So.")
    with pytest.raises(ValidationError, match="3 proposals of your organisation wait"):
        state_by_hand(cast.rita, topic, *next(sides), "contrary", "So.")
    if how == "waived":
        describe_organisation(User.objects.get(pk=cast.adam.pk), {"description": "", "two_person_rule": False})
    else:
        for row in Correspondence.objects.all():
            second_correspondence(cast.eve, row, row.seen)
    assert waiting_for_staff(Correspondence).count() == 3


def test_hundreds_of_one_organisation_bury_none_of_another(place, cast, client):
    for number in range(60):
        title = f"Flood {number}"
        Event.objects.create(
            law=place.new.law, slug=f"e{number}", organisation=cast.others, title=title, date="2020", sources=[]
        )
    topics.add_topic(cast.eve, {"title": "Honest"}, [])
    client.force_login(cast.sara)
    first, second = (client.get(f"{PAGE}?page={page}").content.decode() for page in (1, 2))
    assert "Honest" in first and first.count("Flood") < 60 and "Honest" not in second and "Flood" in second
    assert {f"Flood {number}" for number in range(60)} <= {one.heading for one in listed(cast.sara)}


# --- Of what staff confirmed ------------------------------------------------------------------------------------------


def test_who_changes_a_law_s_record_after_it_was_confirmed_proposes_that_and_it_stays_as_it_was(
    place, cast, client, store, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        text = store(NEW_DRAFT, "t", law="beta", date="2026", published=False)
        Origin.objects.create(version=text, organisation=cast.others)
        publish(text)
    text.refresh_from_db()
    decide(cast.sara, Origin.objects.get(version=text))
    fields = {name: str(getattr(text.law, name)) for name in LAW_COLUMNS}
    change = edit_law(place.otto, text.law, fields | {"title": "zzlaw", "description": "zzwords", "slug": "gamma"})
    for done in ("", "confirm", "undo", "refuse"):
        if done:
            decide(cast.sara, change, done)
        changed = done == "confirm"
        slug = "gamma" if changed else "beta"
        for address in ("/km/", "/laws/", f"/laws/{slug}/", f"/laws/{slug}/t/", "/compare/", "/"):
            cache.clear()
            page = client.get(address).content.decode()
            assert changed or ("zzlaw" not in page and "zzwords" not in page), (address, done)
            assert changed == ("zzlaw" in page) or address not in {"/laws/", f"/laws/{slug}/"}, (address, done)
        assert Origin.objects.get(version=text).stands
    edit_law(cast.sara, Law.objects.get(slug="beta"), fields | {"title": "By staff"})
    with pytest.raises(ValidationError, match="changed again"):
        decide(cast.sara, change, "confirm")
    assert Law.objects.get(slug="beta").title == "By staff"


def test_staff_see_no_record_of_a_law_that_was_changed_while_its_texts_were_unconfirmed(place, cast, store):
    text = store(NEW_DRAFT, "t", law="beta", date="2026")
    Origin.objects.create(version=text, organisation=cast.others)
    fields = {name: str(getattr(text.law, name)) for name in LAW_COLUMNS}
    edit_law(place.otto, text.law, fields | {"title": "zzlaw"})
    assert Law.objects.get(slug="beta").title == "zzlaw" and not Origin.objects.get(version=text).stands
    assert not [one for waits in (True, False) for one in listed(cast.sara, waiting=waits) if one.name == "record"]


def test_followers_are_told_of_a_text_once_however_often_it_is_confirmed(place, tried, cast):
    origin = Origin.objects.get(version__slug="zz")
    told = []
    for decision in ("confirm", "undo", "confirm"):
        Job.objects.filter(kind="text-news").update(state="done")
        decide(cast.sara, origin, decision)
        told.append(Job.objects.filter(kind="text-news", state="queued").count())
    assert told == [1, 0, 0]


def test_wherever_the_rows_of_a_comparison_are_counted_it_is_said_who_paired_them_otherwise(
    place, cast, client, django_capture_on_commit_callbacks
):
    one, other = place.old.clauses.get(num="Article 1"), place.new.clauses.get(num="Article 1")
    api = "/api/v1/comparisons/draft/old/with/draft/new"
    pages = ("/", "/compare/draft/old/with/draft/new/", "/compare/draft/old/with/draft/new.json", api)
    counts, decision = {}, None
    for done in ("", "proposed", "confirm", "undo", "refuse", "confirm"):
        with django_capture_on_commit_callbacks(execute=True):
            if done == "proposed":
                edges = [(one, None), (None, other)]
                decision = set_together(cast.charlie, place.old, place.new, edges, "So.")
            elif done:
                decision = decide(cast.sara, decision, done)
        cache.clear()
        for address in pages:
            page = client.get(address).content.decode()
            assert any(counted in page for counted in ("standings", "legend", "findings", 'class="changes"')), address
            assert ("as The Others decided" in page or '"The Others"' in page) == (done == "confirm"), address
            is_named = address == pages[1] and done in {"proposed", "undo"}
            assert ("Proposed by The Others: Article 1" in page) == is_named, (address, done)
        counts[done] = client.get(api).json()["standings"]
    assert counts["confirm"] != counts[""] and all(counts[""] == counts[one] for one in ("proposed", "undo", "refuse"))
    report = client.get(reverse("comparison_docx", args=["draft", "old", "draft", "new"]))
    assert "Some clauses are paired as The Others decided" in text_of(Document(io.BytesIO(report.getvalue())))


def test_nobody_is_told_that_a_concern_waits_on_a_text_that_is_not_confirmed(place, cast, client, store):
    text = store(OLD_DRAFT, "zz", date="2026")
    Origin.objects.create(version=text, organisation=cast.others)
    rows = next(table for table in TABLES if table.name == "concerns").rows()
    assert {row["text"] for row in rows} == {"draft/new"}
    for address in ("/api/v1/laws/draft/concerns", "/share/laws/draft/concerns/", "/laws/draft/concerns.csv"):
        assert not re.search(r"\bzz\b", client.get(address).content.decode()), address


def test_no_page_asks_more_because_of_what_another_organisation_alone_sees(place, cast, client, store):
    cast.others.two_person_rule = True
    cast.others.save()
    clause, answer = (text.clauses.get(num="Article 4") for text in (place.new, place.other))
    pages = ["/laws/", "/laws/draft/", clause.get_absolute_url(), answer.get_absolute_url()]

    def asked() -> list[int]:
        numbers = []
        for person in (None, cast.rita):
            client.force_login(person) if person else client.logout()
            for page in pages:
                cache.clear()
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(page).status_code == 200
                numbers.append(len(queries))
        return numbers

    asked()
    before = asked()
    client.force_login(place.otto)
    client.post(reverse("review_translation", args=["draft", "old-km"]), {"state": "checked", "credit": "Somebody"})
    values.state_value(place.otto, clause, "conduct", {}, values.find_words(clause, "enters into force"))
    state_by_hand(place.otto, place.topics["into"], clause, answer, "partial", "Said by one.")
    state_by_hand(place.otto, topics.add_topic(place.otto, {"title": "Theirs"}, []), answer, clause, "partial", "So.")
    private = store(NEW_DRAFT, "theirs", law="three", published=False)
    Origin.objects.create(version=private, organisation=cast.others)
    state_by_hand(
        place.otto, place.topics["into"], clause, private.clauses.get(num="Article 4"), "partial", "In private."
    )
    assert Correspondence.objects.filter(organisation=cast.others).count() == 3 and TranslationReview.objects.exists()
    assert asked() == before


def test_a_text_on_which_another_organisation_s_note_relies_is_named_there_with_who_brought_it(
    place, cast, client, store
):
    text = store(OLD_DRAFT, "decree", law="one", date="2018")
    Origin.objects.create(version=text, organisation=cast.others)
    first, second = text.clauses.filter(num__in=("Article 1", "Article 2"))
    note = Annotation(slug="relying", body="It goes further.", risk=4)
    set_target(note, place.new.clauses.get(num="Article 3"), "deemed to hinder")
    write_annotation(cast.alice, note, {"standards": [first], "answers": [second]})
    submit_annotation(cast.alice, note)
    publish_annotation(cast.rita, note)
    memo = make_memo(cast.alice, "Memo")
    add_items(cast.alice, memo, [MemoItem(kind=ItemKind.NOTE, annotation=note)])
    client.force_login(cast.alice)
    for address, times in (("/annotations/relying/", 2), ("/annotations.csv", 2), (memo.get_absolute_url(), 2)):
        cache.clear()
        words = client.get(address).getvalue().decode()
        assert words.count("brought by The Others, not confirmed") == times, address


def test_of_two_staff_who_decide_at_once_the_second_is_told(cast, drafts):
    said = {"date": "2020", "kind": "drafting", "sources": [{"url": "https://example.org/", "name": ""}]}
    save_event(cast.eve, Event(law=drafts[0].law, title="A meeting", **said), [])
    event = Event.objects.get()
    seen = services.Proposal("event", event).seen
    assert services.decide(cast.sara, "event", event.pk, "refuse", seen)
    with pytest.raises(ValidationError, match="Read it again"):
        services.decide(cast.sara, "event", event.pk, "confirm", seen)
    decide(cast.sara, event)
