"""The Khmer interface: complete, the same in .po and .mo, and shown on every page under ``/km/``."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.core.management.commands.makemessages import TranslatableFile
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver, reverse
from django.utils import translation
from django.utils.translation import trans_real

from lawcompare.accounts.models import Organisation, User
from lawcompare.accounts.services import add_member
from lawcompare.annotations.models import Annotation, Category
from lawcompare.api.views import document
from lawcompare.core.management.commands.makemessages import MessagesFile
from lawcompare.crosswalk.models import (
    Correspondence,
    DraftComparison,
    DraftPair,
    SuggestionRun,
    Topic,
)
from lawcompare.engine.wording.changes import change_sentence
from lawcompare.engine.wording.values import months_in_words, name_in_words, range_in_words, value_sentence
from lawcompare.imports.review_page.views import ELEMENTS
from lawcompare.languages import digits
from lawcompare.laws.citing import cite_address
from lawcompare.laws.formatting import LOCALE, element_in_words, format_date
from lawcompare.laws.models import Law, Version
from lawcompare.memos.models import Memo, MemoItem
from tests import second_factor
from tests.core.making import made

KHMER = re.compile(r"[\u1780-\u17b3]")


# --- the pages ----------------------------------------------------------------------------------------------------

ARGUMENTS = {
    "law": "kh-cybercrime", "version": "2012-v1-en", "eid": "chp_4__art_28",
    "old_law": "kh-cybercrime", "old_version": "2012-v1-en", "new_law": "kh-cybercrime", "new_version": "2020-08-en",
    "row": "art_45",
    "topic": "illegal-access", "number": 1, "pk": 1, "slug": "v1-28-1-vague", "code": "VAGUE", "kind": "comparison",
    "organisation": "editors", "uidb36": 32 * "A", "key": "set-password", "token": "no-such-token",
    "event": "us-training", "day": "2026-01-01",
    "form": "docx", "place": "mine", "page": 1, "name": "readers",
}  # fmt: skip
# Addresses that are no pages.
UNUSED = {
    "languages",  # a page of two texts of which one translates the other; the example has none
    *(f"{form}_subject" for form in ("share", "card", "embed")),  # of two laws; the example has two texts of one
}
MORE_PAGES = [
    "/km/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/?view=inline&show=all&noise=hide",
    "/km/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2024-leak-en/",
    "/km/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/",
    "/km/compare/iccpr/1966-en/with/udhr/1948-en/",
    "/km/laws/kh-cybercrime/2012-v1-km/?beside=yes",
    "/km/compare/kh-cybercrime/2012-v1-km/with/kh-cybercrime/2020-08-km/",
    "/km/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2012-v1-km/languages/",
    "/km/share/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/subjects/illegal-access/",
    "/km/embed/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/subjects/illegal-access/",
    "/km/workspace/renderings/kh-cybercrime/2012-v1-km/",
    "/km/annotations/v1-28-2-true-information/words/kh-cybercrime/2012-v1-km/",
    "/km/laws/us-code-18/2023-en/",
]
# Examples that name nothing: the page says so.
# Here the example that ``ARGUMENTS`` gives names nothing, and the page says so.
MAY_NAME_NOTHING = (
    "no-such-token|/in/VAGUE/|/statements/2026|/accounts/|/workspace/|/api/|/words/kh-cybercrime/2012-v1-en/"
)
WRONG_PAGES = ["/km/compare/iccpr/1966-en/with/iccpr/1966-en/", "/km/laws/no-such-law/", "/km/nowhere/"]


def addresses() -> Iterator[str]:
    """The Khmer address of every page, with an example where one must be named."""
    waiting = [one for one in get_resolver().url_patterns if type(one.pattern).__name__ == "LocalePrefixPattern"]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, URLPattern):
            waiting += one.url_patterns
        elif one.name not in UNUSED:
            regex = one.pattern.regex
            yield reverse(one.name, kwargs={name: ARGUMENTS[name] for name in regex.groupindex})


@pytest.fixture
def fell_back(monkeypatch) -> set[str]:
    """What was asked of the Khmer catalogue and not found there."""
    words: set[str] = set()
    khmer = trans_real.translation("km")
    english = khmer._fallback

    class Recorder(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            words.add(message)
            return english.gettext(message)

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            words.add(msgid1)
            return english.ngettext(msgid1, msgid2, n)

    monkeypatch.setattr(khmer, "_fallback", Recorder())
    return words


def visit(client, page: str, also: Iterable[int] = ()) -> HttpResponse:
    response = client.get(page)
    usual = {200, 302, 403, 405, *also} | ({404} if re.search(MAY_NAME_NOTHING, page) else set())
    assert response.status_code in ({400, 404} if page in WRONG_PAGES else usual), page
    if response.status_code in {200, 400, 404} and response.headers["Content-Type"].startswith("text/html"):
        assert '<html lang="km">' in response.content.decode(), page
    return response


def is_file(answer: HttpResponse) -> bool:
    return not answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.django_db
@pytest.mark.verify
def test_no_page_falls_back_to_english(client, fell_back, demonstration):
    with translation.override("km"):
        pages = [*addresses(), *MORE_PAGES, *WRONG_PAGES]
    answers = {page: visit(client, page) for page in pages}
    # A file is made by the same code for whoever asks: those that a visitor got are not made again.
    pages = [page for page in pages if answers[page].status_code != 200 or not is_file(answers[page])]
    note = Annotation.objects.get(slug=ARGUMENTS["slug"])
    User.objects.create_user("editor@example.org", is_staff=True)
    person, _is_new = add_member("editor@example.org", note.organisation, "administrator")
    second_factor.give(person)
    # One of the person's own to edit, and all others of the organisation to decide on.
    Annotation.objects.filter(organisation=note.organisation).update(status="submitted")
    Annotation.objects.filter(pk=note.pk).update(creator=person, status="draft")
    memo = Memo.objects.create(key=ARGUMENTS["key"], title="ចំណាំ", organisation=note.organisation)
    _draft_comparison(note.organisation, person)
    old, new = (Version.objects.get(slug=ARGUMENTS[side]) for side in ("old_version", "new_version"))
    topic = Topic.objects.get(slug=ARGUMENTS["topic"])
    code = Version.objects.get(law__slug="us-code-18", language="en")
    kinds: list[dict[str, Any]] = [
        {"kind": "words", "text": "ពាក្យ"}, {"kind": "topic", "topic": topic}, {"kind": "concerns", "law": old.law},
        {"kind": "matrix"},
        {"kind": "subject", "old": old, "new": code, "topic": topic}, {"kind": "note", "annotation": note},
        {"kind": "change", "old": old, "new": new, "new_eid": "chp_1__art_1"},
    ]  # fmt: skip
    for position, fields in enumerate(kinds):
        MemoItem.objects.create(memo=memo, position=position, seen_digest="another", **fields)
    client.force_login(person)
    for page in pages:
        visit(client, page, also=[404])  # a note that waits for review is not to be flagged, for example
    assert not fell_back


def _draft_comparison(organisation: Organisation, person: Any) -> None:
    """A draft by subject with a pair of each kind and one that waits."""
    source, target = (Version.objects.get(slug=slug) for slug in ("2012-v1-en", "2001-en"))
    draft = DraftComparison.objects.create(
        key=ARGUMENTS["key"], source=source, target=target, organisation=organisation, made_by=person
    )
    topic = Topic.objects.get(slug=ARGUMENTS["topic"])
    clauses, answers = (version.clauses.filter(element="article") for version in (source, target))
    for place, status in enumerate(("confirmed", "refused")):
        DraftPair.objects.create(
            draft=draft, subject=clauses[place], object=answers[place], status=status, reasoning="ហេតុផល", by=person,
            topic=topic if status == "confirmed" else None, relation="partial" if status == "confirmed" else "",
        )  # fmt: skip
    DraftPair.objects.create(
        draft=draft, subject=clauses[2], status="confirmed", reasoning="ហេតុផល", searched="ទាំងមូល", by=person,
        topic=topic, relation="none",
    )  # fmt: skip
    made(SuggestionRun, subject_version=source, object_version=target, state="done")
    Correspondence.objects.create(
        subject=clauses[3], subject_version=source, object=answers[3], object_version=target, score=0.5
    )


@pytest.mark.django_db
def test_forms_and_messages_speak_khmer(client, cast, drafts, fell_back):
    client.post("/km/accounts/login/", {"login": "nobody", "password": ""})
    client.post("/km/accounts/login/", {"login": "nobody@example.org", "password": "wrong"})
    client.post("/km/accounts/password/reset/", {"email": "alice@example.org"}, follow=True)
    client.force_login(cast.alice)
    client.post("/km/accounts/password/change/", {"oldpassword": "x", "password1": "short", "password2": "other"})
    form = "/km/laws/draft/new/chp_1__art_3/annotate/"
    page = client.post(form, {"exact": "no such words", "risk": "9", "body": "x " * 15_000, "categories": ["99"]})
    assert page.status_code == 400 and KHMER.search(page.content.decode())
    client.post(form, {"risk": "4", "body": "Why?", "motivation": "questioning", "submit": "1"}, follow=True)
    note = Annotation.objects.get()
    client.force_login(cast.rita)
    client.post(f"/km/annotations/{note.slug}/decide/", {"return": "1", "reason": ""}, follow=True)
    client.post(f"/km/annotations/{note.slug}/decide/", {"return": "1", "reason": "So."}, follow=True)
    client.post(f"/km/annotations/{note.slug}/decide/", {"publish": "1"})
    client.post("/km/accounts/logout/", follow=True)
    assert not fell_back


@pytest.mark.django_db
def test_signing_in_and_out_stays_in_the_reader_s_language(client, cast):
    cast.alice.set_password("a long enough one")
    cast.alice.save()
    signed_in = client.post("/km/accounts/login/", {"login": cast.alice.email, "password": "a long enough one"})
    assert signed_in.headers["Location"] == "/km/workspace/"
    assert client.post("/km/accounts/logout/").headers["Location"] == "/km/"


def test_makemessages_is_given_the_messages_of_a_yaml_file_and_its_copy_is_taken_away(tmp_path):
    (tmp_path / "library_messages.yaml").write_text('messages: ["One %s."]\nplurals: [["%d mark.", "%d marks."]]\n')
    file = MessagesFile(None, "django", TranslatableFile(str(tmp_path), "library_messages.yaml", None))
    file.preprocess()
    source = (tmp_path / "library_messages.yaml.py").read_text()
    assert re.findall(r"\w*gettext\(.*\)", source) == ["gettext('One %s.')", "ngettext('%d mark.', '%d marks.', 1)"]
    file.cleanup()
    assert [path.name for path in tmp_path.iterdir()] == ["library_messages.yaml"]


# --- numbers, dates and names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "english", "khmer"),
    [
        ("2012", "2012", "ឆ្នាំ២០១២"),
        ("2020-08", "August 2020", "ខែសីហា ឆ្នាំ២០២០"),
        ("2020-08-04", "4 August 2020", "ថ្ងៃទី៤ ខែសីហា ឆ្នាំ២០២០"),
        ("", "", ""),
    ],
)
def test_dates_are_said_in_the_reader_s_words_and_digits(date, english, khmer):
    with translation.override("en"):
        assert format_date(date) == english
    with translation.override("km"):
        assert format_date(date) == khmer


def test_counts_are_in_khmer_digits_and_quoted_words_stay():
    with translation.override("km"):
        assert digits(1045) == "១០៤៥"
        assert change_sentence(LOCALE, "words-added", {"count": 12}) == "បានបន្ថែមពាក្យចំនួន ១២។"
        fine = {"fine": True, "fine_max": 2000, "currency": "KHR"}
        assert value_sentence(LOCALE, "penalty", fine) == "ពិន័យជាប្រាក់យ៉ាងច្រើន ២.០០០ រៀល។"
        became = change_sentence(LOCALE, "became", {"old": "90 days", "new": "180 days"})
        assert became == "«90 days» ប្តូរទៅជា «180 days»។"
        numbers = change_sentence(LOCALE, "numbers", {"pairs": [("90 days", "180 days")]})
        assert "90 days → 180 days" in numbers


def test_times_and_names_are_in_khmer_and_a_text_s_words_stay():
    with translation.override("en"):
        assert months_in_words(LOCALE, 1) == "1 month" and months_in_words(LOCALE, 36) == "3 years"
        assert name_in_words(LOCALE, "court") == "court"
    with translation.override("km"):
        assert months_in_words(LOCALE, 1) == "១ ខែ"
        assert range_in_words(LOCALE, *(months_in_words(LOCALE, n) for n in (12, 36))) == "ពី ១ ឆ្នាំ ទៅ ៣ ឆ្នាំ"
        assert [name_in_words(LOCALE, name) for name in ("court", "prosecutor")] == ["តុលាការ", "ព្រះរាជអាជ្ញា"]
        assert change_sentence(LOCALE, "renumbered", {"new": "Article 31"}).count("Article 31") == 1


def test_an_address_is_cited_in_the_reader_s_language():
    with translation.override("en"):
        assert cite_address("chp_II__art_22__para_1__point_d") == "Article 22(1)(d)"
        assert cite_address("art_19") == "Article 19"
    with translation.override("km"):
        assert cite_address("chp_II__art_22__para_1__point_d") == "មាត្រា ២២(១)(d)"
    assert cite_address("chp_121__sec_2703__subsec_d") == "§ 2703(d)"
    assert cite_address("chp_2") == "chp_2"


def sentences_of_the_api() -> Iterator[str]:
    api = document()
    for operation in (one for methods in api["paths"].values() for one in methods.values()):
        yield operation["summary"]
    for form in api["components"]["schemas"].values():
        yield from (
            part["description"] for part in (form, *form.get("properties", {}).values()) if "description" in part
        )


def test_the_guide_of_the_api_says_each_sentence_of_its_document_in_khmer_and_keeps_its_codes(client, db):
    sentences = set(sentences_of_the_api())
    assert len(sentences) > 70
    with translation.override("km"):
        assert [words for words in sentences if translation.gettext(words) == words] == []
        for words in sentences:
            assert re.findall("`([^`]+)`", words) == re.findall("`([^`]+)`", translation.gettext(words)), words
    page = client.get("/km/api/").content.decode()
    assert "គ្មានមនុស្សណាបានពិនិត្យវាទេ។" in page and "No person has checked it." not in page
    assert re.search(r"<code\s*>2012-02-29</code>", page) and "`" not in page.partition("<main")[2]


def test_levels_of_a_text_have_khmer_words():
    with translation.override("km"):
        assert [element for element in ELEMENTS if not KHMER.search(element_in_words(element))] == []
        assert element_in_words("conclusions") == "conclusions"


@pytest.mark.django_db
def test_a_page_that_is_missing_names_no_word_of_the_program(client):
    for path, sentence in (
        ("/km/statements/2001-01-01.txt", "គ្មានទំព័រនៅអាសយដ្ឋាននេះទេ។"),
        ("/statements/2001-01-01.txt", "There is no page at this address."),
    ):
        page = client.get(path)
        assert page.status_code == 404 and "Statement" not in page.content.decode()
        assert sentence in page.content.decode()


def test_what_has_a_khmer_name_shows_it():
    named = [
        Organisation(name="Centre", name_km="មជ្ឈមណ្ឌល"),
        Category(label="Vagueness", label_km="ភាពមិនច្បាស់លាស់"),
        Topic(title="Illegal access", title_km="ការចូលប្រើដោយខុសច្បាប់"),
        Law(title="A treaty", title_km="សន្ធិសញ្ញា"),
    ]
    with translation.override("km"):
        assert [str(one) for one in named] == ["មជ្ឈមណ្ឌល", "ភាពមិនច្បាស់លាស់", "ការចូលប្រើដោយខុសច្បាប់", "សន្ធិសញ្ញា"]
        assert str(Organisation(name="Centre")) == "Centre"
    with translation.override("en"):
        assert [str(one) for one in named] == ["Centre", "Vagueness", "Illegal access", "A treaty"]


@pytest.mark.django_db
def test_a_law_is_called_by_its_khmer_name_and_its_other_name_stands_below(client, store):
    law = store("# Chapter 1. Offences\n").law
    Law.objects.filter(pk=law.pk).update(in_other_languages={"title": {"km": "ច្បាប់សាកល្បង"}})
    path = law.get_absolute_url()
    khmer = client.get(f"/km{path}").content.decode()
    assert '<h1 lang="km">ច្បាប់សាកល្បង</h1>' in khmer and f'<p class="lead" lang="en">{law.title}</p>' in khmer
    english = client.get(path).content.decode()
    assert f'<h1 lang="en">{law.title}</h1>' in english and '<p class="lead" lang="km">ច្បាប់សាកល្បង</p>' in english
