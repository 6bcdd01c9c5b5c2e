"""The words of a rendering that a note stands on: set by an editor, shown, carried to a corrected rendering."""

from __future__ import annotations

import re
from html import unescape

import pytest

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.models import Annotation, NoteStatus, RenderedWords
from lawcompare.annotations.rendered_words import notes_with_originals
from lawcompare.annotations.services import record_published, set_words
from lawcompare.annotations.targets import TargetError, set_target
from lawcompare.core.models import Entry
from lawcompare.laws.models import Origin, Version
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.services import publish
from tests.conftest import FRONT, OLD_DRAFT
from tests.laws.test_translations import KHMER
from tests.proposals import decide
from tests.world import made_once

pytestmark = pytest.mark.django_db

WORDS = "ត្រូវផ្តន្ទាទោសជាពិន័យ"
ARTICLE = "chp_1__art_2"
FORM = "/annotations/a-note/words/draft/old-km/"


@pytest.fixture
def put_khmer(django_capture_on_commit_callbacks):
    """Publish a rendering of the draft, or only store it."""

    def put(text: str = KHMER, slug: str = "old-km", *, is_public: bool = True, **metadata: str) -> Version:
        front = FRONT.format(law="draft", version=slug, title=slug, date="2019")
        about = {"language": "km", "translates": "draft/old"} | metadata
        with django_capture_on_commit_callbacks(execute=True):
            version = import_law(Import((front + text).encode(), "km.md", metadata=about)).version
            if is_public:
                publish(version)
        return version

    return put


@pytest.fixture
@made_once
def khmer(store, put_khmer) -> Version:
    store(OLD_DRAFT, "old", date="2019")
    return put_khmer()


@pytest.fixture
@made_once
def note(khmer, cast) -> Annotation:
    note = Annotation(slug="a-note", body="Why.", organisation=cast.centre, risk=3)
    set_target(note, khmer.translates.clauses.get(eid=ARTICLE), "deemed to hinder")
    record_published(note, {})
    return note


@pytest.fixture
@made_once
def words_set(note, khmer, cast) -> Annotation:
    set_words(cast.eve, note, khmer.clauses.get(eid=ARTICLE), WORDS, None)
    return note


def test_on_words_that_nobody_of_the_site_read_stands_no_note_of_another(
    words_set, put_khmer, cast, client, django_capture_on_commit_callbacks
):
    """They were found by their letters alone, in a text whose bringer had put other words around them."""
    theirs = put_khmer(KHMER.replace("អ្នកណាដែលផ្សព្វផ្សាយ", "អ្នកសារព័ត៌មាន"), "other-km", is_public=False)
    Origin.objects.create(version=theirs, organisation=cast.others)
    with django_capture_on_commit_callbacks(execute=True):
        publish(theirs)
    for page in ("/km/laws/draft/other-km/", f"/km/laws/draft/other-km/{ARTICLE}/"):
        answer = read(client, page)
        assert "a-note" in answer and not marked(answer), page
    decide(cast.sara, Version.objects.get(pk=theirs.pk).origin)
    assert WORDS in marked(read(client, f"/km/laws/draft/other-km/{ARTICLE}/"))


def marked(page: str) -> list[str]:
    """The words marked in a text, of Khmer alone."""
    words = re.findall(r"<mark[^>]*>(.*?)</mark\s*>", unescape(page), re.S)
    return [one for one in words if re.search(r"[\u1780-\u17d3]", one)]


def read(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return re.sub("</?k->", "", answer.content.decode())  # compounds are kept whole


def where(user, version: Version) -> list[tuple[str, str]]:
    """Clause and words of each note as it stands on a text."""
    return [(note.clause.eid, note.exact) for note in notes_with_originals(user, version)]


def test_a_note_stands_on_the_whole_clause_of_a_rendering_until_an_editor_sets_its_words(khmer, note, cast, client):
    assert where(cast.alice, khmer) == [(ARTICLE, "")]
    assert marked(read(client, f"/km/laws/draft/old-km/{ARTICLE}/")) == []
    client.force_login(cast.eve)
    assert FORM in read(client, f"/laws/draft/old-km/{ARTICLE}/")
    page = unescape(read(client, FORM))
    assert "data-clause-text" in page and "deemed to hinder" in page and "អ្នកណាដែលផ្សព្វផ្សាយ" in page
    answer = client.post(FORM, {"exact": WORDS, "start": ""})
    assert (answer.status_code, answer["Location"]) == (302, f"/laws/draft/old-km/{ARTICLE}/")
    client.logout()
    for path in (f"/km/laws/draft/old-km/{ARTICLE}/", "/km/laws/draft/old-km/", "/km/annotations/a-note/"):
        assert marked(read(client, path)) == [WORDS], path
    margin = unescape(read(client, f"/km/laws/draft/old-km/{ARTICLE}/"))
    assert re.search(rf'<blockquote lang="km">\s*{WORDS}', margin) and '<blockquote lang="en"' not in margin
    assert re.search(r'<blockquote lang="en"\s*>deemed to hinder', read(client, f"/laws/draft/old-km/{ARTICLE}/"))
    assert where(cast.alice, khmer) == [(ARTICLE, WORDS)]
    RenderedWords.objects.update(organisation=cast.others)
    assert where(cast.alice, khmer) == [(ARTICLE, "")], "what others once set for a note is not what it says"
    assert Entry.objects.filter(action="mark rendering", subject="annotation/a-note").count() == 1


def test_words_are_chosen_by_their_place_or_by_the_first_and_the_last(khmer, note, cast, eve):
    text = khmer.clauses.get(eid=ARTICLE).text
    eve.post(FORM, {"exact": "អ្នកណា", "start": str(text.index("អ្នកណា"))})
    assert where(cast.eve, khmer) == [(ARTICLE, "អ្នកណា")]
    eve.post(FORM, {"exact": "ត្រូវ … ពិន័យ"})
    assert where(cast.eve, khmer) == [(ARTICLE, WORDS)]
    assert RenderedWords.objects.count() == 1


def test_marks_stand_beside_the_original_too_until_a_note_is_put_back_on_its_clause(words_set, client, khmer, cast):
    assert marked(read(client, "/km/laws/draft/old/?beside=yes")) == [WORDS]
    client.force_login(cast.eve)
    assert client.post(FORM, {"whole": "on", "exact": WORDS}).status_code == 302
    assert where(cast.eve, khmer) == [(ARTICLE, "")]


def test_words_that_are_not_there_are_refused_in_one_sentence_and_nothing_is_stored(note, eve, subtests):
    for sent, sentence in [
        ({}, "Choose the words"),
        ({"exact": "ពាក្យដែលគ្មាន"}, "not in the clause"),
        ({"exact": "deemed to hinder"}, "not in the clause"),
        ({"exact": WORDS, "start": "0"}, "not at that place"),
        ({"exact": WORDS, "start": "-1"}, "greater than or equal to 0"),
        ({"exact": "ន"}, "times in the clause; choose more"),
        ({"exact": "ត្រូវ … អ្នកណា"}, "not in the clause"),
        ({"exact": "ក " * 2501}, "at most 5000"),
    ]:
        with subtests.test(sent=sent, sentence=sentence):
            answer = eve.post(FORM, sent)
            assert answer.status_code == 400 and sentence in unescape(answer.content.decode())
            assert not RenderedWords.objects.exists()


def test_there_is_no_form_for_a_note_that_is_not_public_or_a_text_that_renders_another(note, eve):
    assert eve.get("/annotations/a-note/words/draft/old/").status_code == 404
    assert eve.get("/annotations/a-note/words/draft/nothing/").status_code == 404
    assert eve.get("/annotations/no-note/words/draft/old-km/").status_code == 404
    Annotation.objects.update(status=NoteStatus.DRAFT)
    assert eve.get(FORM).status_code == 404


def test_words_are_found_again_in_the_rendering_that_corrects_the_one_they_were_set_in(words_set, put_khmer, cast):
    corrected = put_khmer(KHMER.replace("អ្នកណាដែលផ្សព្វផ្សាយ", "ជនណាដែលផ្សព្វផ្សាយ"), "old-km-2", corrects="draft/old-km")
    assert where(cast.alice, corrected) == [(ARTICLE, WORDS)]
    again = put_khmer(KHMER.replace(WORDS, "ត្រូវពិន័យ"), "old-km-3", corrects="draft/old-km-2")
    assert where(cast.alice, again) == [(ARTICLE, "")], "other words say it now: nobody set which"
    set_words(cast.eve, words_set, corrected.clauses.get(eid=ARTICLE), "", None)
    assert where(cast.alice, corrected) == [(ARTICLE, "")], "a person said: the whole clause"


def test_words_set_in_a_private_rendering_are_marked_in_no_other(khmer, note, put_khmer, cast):
    hidden = put_khmer(KHMER, "hidden-km", is_public=False)
    set_words(cast.eve, note, hidden.clauses.get(eid=ARTICLE), WORDS, None)
    assert where(cast.alice, khmer) == [(ARTICLE, "")]
    set_words(cast.eve, note, khmer.clauses.get(eid=ARTICLE), WORDS, None)
    assert where(cast.alice, khmer) == [(ARTICLE, WORDS)]


def test_words_set_for_other_words_of_the_note_are_marked_no_more(words_set, khmer, cast):
    clause = khmer.translates.clauses.get(eid=ARTICLE)
    set_target(words_set, clause, "the unity of the country")
    words_set.save()
    assert where(cast.alice, khmer) == [(ARTICLE, "")]
    with pytest.raises(TargetError):
        set_words(cast.eve, words_set, khmer.clauses.get(eid=ARTICLE), "none of these", None)


def test_a_note_that_takes_up_another_in_the_same_words_keeps_the_words_in_khmer(
    words_set, store, put_khmer, cast, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        new = store(OLD_DRAFT.replace("thirty days", "sixty days"), "new", date="2020")
    khmer = put_khmer(KHMER, "new-km", translates="draft/new")
    for slug, exact in (("same", "deemed to hinder"), ("other", "unity of the country")):
        note = Annotation(slug=slug, body="Again.", organisation=cast.centre, risk=3, descends_from=words_set)
        set_target(note, new.clauses.get(eid=ARTICLE), exact)
        record_published(note, {})
    assert {(note.slug, note.exact) for note in notes_with_originals(cast.alice, khmer)} == {
        ("same", WORDS), ("other", ""),
    }  # fmt: skip


def test_a_rendering_with_many_notes_costs_one_query_more_at_most(words_set, khmer, cast, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(client, "/km/laws/draft/old-km/")
        return len(queries)

    one = count()
    for number in range(5):
        note = Annotation(slug=f"n{number}", body="Why.", organisation=cast.centre, risk=1)
        set_target(note, khmer.translates.clauses.get(eid=ARTICLE), "the unity")
        record_published(note, {})
        set_words(cast.eve, note, khmer.clauses.get(eid=ARTICLE), WORDS, None)
    assert count() <= one


def test_every_note_of_the_corpus_is_marked_on_its_khmer_words(demonstration, client):
    notes = Annotation.objects.listed()
    assert RenderedWords.objects.values("annotation").distinct().count() == notes.count() > 20
    assert marked(read(client, "/km/laws/kh-cybercrime/2012-v1-km/chp_2__art_6/")) == ["មាននាយករដ្ឋមន្ត្រីជាប្រធាន"]


def test_no_note_stands_on_words_of_a_rendering_that_nobody_of_the_site_read(note, khmer, cast, put_khmer):
    """Its writer never saw them."""
    other = put_khmer(KHMER.replace("អ្នកណាដែលផ្សព្វផ្សាយ", "អ្នកសារព័ត៌មាន"), "other-km")
    origin = Origin.objects.create(version=other, organisation=cast.others)
    at = [notes_with_originals(VISITOR, Version.objects.get(pk=text.pk)) for text in (khmer, other)]
    assert [[one.slug for one in notes] for notes in at] == [["a-note"], []]
    decide(cast.sara, origin)
    assert notes_with_originals(VISITOR, Version.objects.get(pk=other.pk)) == [note]
