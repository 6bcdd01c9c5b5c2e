"""In which language each word of a page is, and that its element names it: a screen reader goes by that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from lawcompare.annotations.models import Annotation
from lawcompare.core.models import LocalisedText
from lawcompare.core.translations.texts import localised, store_localised_texts
from lawcompare.laws.citing import cite, number_in_reader_language
from lawcompare.laws.html import SIGNS, joined
from lawcompare.laws.html import marked as as_html
from lawcompare.laws.models import Clause, Version
from tests.page_words import english_share, runs_of, unmarked

DRAFTS = "kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en"
PAGES = [
    "/",
    "/about/",
    "/accounts/login/",
    "/api/",
    "/annotations/",
    "/annotations/d2024-real-time/",
    "/compare/",
    f"/compare/{DRAFTS}/",
    f"/compare/{DRAFTS}/?layout=list",
    "/compare/kh-cybercrime/2012-v1-en/with/kh-criminal-code/2009-en/",
    "/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/",
    "/glossary/",
    "/laws/",
    "/laws/kh-criminal-code/2009-en/",
    "/laws/kh-cybercrime/",
    "/laws/kh-cybercrime/2012-v1-en/",
    "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/",
    "/laws/kh-cybercrime/2024-leak-en/art_nn_real-time/",
    "/laws/kh-cybercrime/concerns/",
    "/laws/kh-cybercrime/versions/",
    "/laws/udhr/1948-km/",
    "/laws/udhr/1948-km/art_29/",
    "/laws/us-code-18/2023-en/chp_47__sec_1030/",
    "/search/?q=traffic+data",
    "/search/?q=ទិន្នន័យ",
    "/topics/",
    "/topics/content-of-speech/",
    "/topics/illegal-access/",
]
LATIN_RUN = re.compile(r"[A-Za-z]{2,}(?:[^\w\u1780-\u17ff]+[A-Za-z]{2,}){3,}")
KHMER_RUN = re.compile(r"[\u1780-\u17d3\u200b](?:[^A-Za-z]*[\u1780-\u17d3\u200b]){11,}")


def unmarked_runs(
    client, prefix: str, language: str, pattern: re.Pattern[str], attributes: bool = True
) -> Iterator[str]:
    for page in PAGES:
        answer = client.get(f"{prefix}{page}", follow=True)
        assert answer.status_code == 200, page
        for words in unmarked(answer.content.decode(), language, pattern, attributes):
            yield f"{page}: {words[:120]}"


@pytest.mark.django_db
def test_english_on_khmer_pages_says_that_it_is_english(client, demonstration):
    assert list(unmarked_runs(client, "/km", "en", LATIN_RUN)) == []


@pytest.mark.django_db
def test_what_is_not_rendered_in_khmer_says_that_it_is_english(client, demonstration):
    assert LocalisedText.objects.count() > 500
    LocalisedText.objects.all().delete()
    assert list(unmarked_runs(client, "/km", "en", LATIN_RUN, attributes=False)) == []
    page = client.get("/km/annotations/").content.decode()
    assert sum(len(run.words) for run in runs_of(page) if run.language == "en") > 2000


@pytest.mark.django_db
def test_khmer_on_english_pages_says_that_it_is_khmer(client, demonstration):
    assert list(unmarked_runs(client, "", "km", KHMER_RUN)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("/", 10),
        ("/laws/", 10),
        ("/compare/", 10),
        ("/topics/", 10),
        ("/laws/kh-cybercrime/", 15),
        ("/laws/kh-cybercrime/concerns/", 15),
        ("/annotations/", 17),  # names of English sources, in cards of few words
    ],
)
def test_khmer_pages_are_in_khmer(client, demonstration, page, most):
    assert english_share(client.get(f"/km{page}").content.decode()) <= most / 100


def test_a_run_of_another_language_is_marked_and_nothing_else():
    with translation.override("km"):
        assert as_html("តាម ARTICLE 19 <b> ថា") == 'តាម <span lang="en">ARTICLE</span> 19 &lt;b&gt; ថា'
        assert as_html(joined("<p>ក “it &amp; that”</p>")) == '<p>ក “<span lang="en">it &amp; that</span>”</p>'
    with translation.override("en"):
        assert as_html("Article 1 of ច្បាប់ថ្មី, there") == 'Article 1 of <span lang="km">ច្បាប់ថ្មី</span>, there'


@pytest.mark.parametrize(
    ("words", "language", "marked"),
    [
        ("តាម U.S. Code § 1030(a)(2) នេះ", "km", ["U.S. Code"]),
        ("(a) ក (ii) ខ IV គ ២៨(ខ) 1030(a)(2)(C)", "km", []),
        ("លើ Facebook និង X Corp. ឬ «The Cambodia Daily»", "km", ["Facebook", "Corp", "The Cambodia Daily"]),
        ("ទូរស័ព្ទ 4G/5G", "km", []),
        ("sent to Facebook, 18 U.S.C. § 1030", "en", []),
        ("the words ច្បាប់ថ្មី, of 2012", "en", ["ច្បាប់ថ្មី"]),
        ("selon ច្បាប់ and the U.S. Code", "fr", ["ច្បាប់"]),
        ("กฎหมาย Facebook ច្បាប់", "th", ["Facebook", "ច្បាប់"]),
        ("<b>Facebook</b> ក", "km", ["Facebook"]),
    ],
)
def test_a_run_of_another_language_than_a_text_s_is_one_element(words, language, marked):
    html = as_html(words, language)
    assert re.findall(r'<span lang="(?:en|km)">([^<]*)</span>', html) == marked
    assert unescape(re.sub(r"</?span[^>]*>", "", html)) == words


LATIN_WORD = re.compile(r"(?![IVX]+\b)[A-Za-z]{3,}(?:[^\u1780-\u17ff]*[A-Za-z]{2,})?")
# Names of forms of files, which the interface has in Khmer sentences, and of this program.
NAMES = {
    "API",
    "Akoma Ntoso",
    "Akoma Ntoso (XML",
    "BibTeX",
    "DOCX",
    "JSON",
    "Markdown",
    "NACC",
    "PDF",
    "SHA",
    "XLSX",
    "lawcompare",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page",
    [
        "/laws/us-code-18/2023-km/",
        "/laws/kh-cybercrime/2024-leak-km/",
        "/laws/kh-cybercrime/2024-leak-km/art_nn_real-time/",
        "/compare/kh-cybercrime/2012-v1-km/with/kh-cybercrime/2020-08-km/",
        "/search/?q=Facebook",
    ],
)
def test_each_english_name_in_a_khmer_text_says_that_it_is_english(client, demonstration, page):
    content = client.get(f"/km{page}").content.decode()
    assert set(unmarked(content, "en", LATIN_WORD, attributes=False)) <= NAMES | {"Word", "Word (DOCX"}
    assert any(run.language == "en" for run in runs_of(content))


@pytest.mark.parametrize(
    ("words", "english", "khmer"),
    [
        (
            '“access, "with intent" and "more"”',
            "“access, ‘with intent’ and ‘more’”",
            "“access, ‘with intent’ and ‘more’”",
        ),
        ('“"Knowingly" or not”', "“‘Knowingly’ or not”", "“‘Knowingly’ or not”"),
        ('Of "a" (and "b") 5" long', "Of “a” (and “b”) 5&quot; long", "Of «a» (and «b») 5&quot; long"),
        ('«ក "ខ"»', "«ក “ខ”»", "«ក “ខ”»"),
    ],
)
def test_quotation_marks_are_those_of_the_language_at_their_level(words, english, khmer):
    for language, expected in (("en", english), ("km", khmer)):
        with translation.override(language):
            assert re.sub("<[^>]*>", "", as_html(words)) == expected
            assert '"' in unescape(as_html(words, "en")), "the words of a text stay as they stand"


def test_one_sign_has_one_meaning():
    same = {frozenset({"unknown", "not-known"}), frozenset({"absent", "none"})}
    drawn: dict[str, set[str]] = {}
    for name, shape in SIGNS.items():
        drawn.setdefault(shape, set()).add(name)
    assert {frozenset(names) for names in drawn.values() if len(names) > 1} == same


def test_an_article_has_its_number_in_the_reader_s_language():
    article = Clause(eid="art_28", num="Article 28", heading="Contents")
    of_khmer = Clause(eid="art_29", num="មាត្រា ២៩")
    with translation.override("km"):
        numbers = [
            number_in_reader_language(num) for num in ("Article 3 bis", "Chapter II.", "Chapter 3", "§ 1030", "(1)")
        ]
        assert numbers == ["មាត្រា ៣ ស្ទួន", "Chapter II.", "ជំពូកទី៣", "§ 1030", "(1)"]
        assert cite(Clause(eid="art_28__para_1", num="(1)")) == "មាត្រា ២៨(១)"
        assert cite(of_khmer) == "មាត្រា ២៩"
    with translation.override("en"):
        assert (cite(article), cite(of_khmer)) == ("Article 28. Contents", "Article 29")


@pytest.mark.django_db
def test_words_are_in_khmer_until_their_original_changes():
    store_localised_texts("km", {"The penalty  was not seen.": "មិនទាន់បានឃើញទោសទេ។"})
    with translation.override("km"):
        assert localised("The penalty was\nnot seen.") == "មិនទាន់បានឃើញទោសទេ។"
        assert localised("The penalty was seen.") == "The penalty was seen."
        LocalisedText.objects.update(words="ថ្មី", changed_at="2030-01-01T00:00:00Z")
        assert localised("The penalty was not seen.") == "ថ្មី"
    with translation.override("en"):
        assert localised("The penalty was not seen.") == "The penalty was not seen."


@pytest.mark.django_db
def test_what_a_person_compared_with_its_original_is_not_written_over():
    store_localised_texts("km", {"A": "ក"})
    LocalisedText.objects.update(checked_by="ក្រុមច្បាប់")
    store_localised_texts("km", {"A": "ខ"})
    assert LocalisedText.objects.get().words == "ក"


@pytest.mark.django_db
def test_a_page_looks_once_whether_its_texts_changed(client, demonstration):
    from django.db import connection

    client.get("/km/annotations/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/km/annotations/")
    assert sum("core_localisedtext" in query["sql"] for query in asked.captured_queries) == 1
    with CaptureQueriesContext(connection) as asked:
        client.get("/annotations/")
    assert not any("core_localisedtext" in query["sql"] for query in asked.captured_queries)


@pytest.mark.django_db
def test_a_note_that_its_author_changes_is_shown_as_written(client, demonstration):
    note = Annotation.objects.get(slug="d2024-real-time")
    before = client.get("/km/annotations/d2024-real-time/").content.decode()
    assert "ការវិនិច្ឆ័យរបស់អ្នករៀបរៀង" in before
    Annotation.objects.filter(pk=note.pk).update(
        body="Changed words stand here now.", body_html="<p>Changed words.</p>"
    )
    after = client.get("/km/annotations/d2024-real-time/").content.decode()
    assert '<p><span lang="en">Changed words</span>.</p>' in after


@pytest.mark.django_db
def test_a_version_has_its_title_in_khmer(demonstration):
    version = Version.objects.get(slug="2020-08-en")
    with translation.override("km"):
        assert version.name == "សេចក្តីព្រាងច្បាប់ស្តីពីបទល្មើសបច្ចេកវិទ្យា (ថ្ងៃទី៤ ខែសីហា ឆ្នាំ២០២០)"
    with translation.override("en"):
        assert version.name == version.title
