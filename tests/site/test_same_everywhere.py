"""Each public fact of a page stands in every form in which machines and offices take the page."""

import io
import json
import zipfile

import pytest

from lawcompare.annotations.models import Annotation
from lawcompare.crosswalk.models import Value
from lawcompare.laws.models import Clause, Version
from tests.conftest import NEW_DRAFT, OLD_DRAFT

TEXT = "/laws/kh-cybercrime/2012-v1-en"
PAIR = "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en"
API = "/api/v1"


def words_of(client, address: str) -> str:
    """The words of a form: of JSON with its signs as they are, of a Word file or workbook what its parts say."""
    response = client.get(address)
    assert response.status_code == 200, address
    content = response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml"))
    words = content.decode()
    if "json" in response.headers["Content-Type"]:
        words = json.dumps(json.loads(words), ensure_ascii=False)
    return words


@pytest.mark.parametrize(
    "form",
    [f"{TEXT}/", f"{TEXT}.json", f"{TEXT}.akn.xml", f"{TEXT}.md", f"{TEXT}.txt", f"{API}{TEXT}",
     "/feeds/laws/kh-cybercrime.atom", f"{TEXT}/chp_4__art_28.json"],
)  # fmt: skip
def test_every_form_of_a_text_says_what_it_is(client, demonstration, form):
    version = Version.objects.get(law__slug="kh-cybercrime", slug="2012-v1-en")
    words = words_of(client, form)
    assert version.text_status in words or str(version.get_text_status_display()) in words, "its status"
    opening = version.note[:40]
    assert opening and opening in words, "its note"
    assert version.became_public[:20] in words, "how it became public"


@pytest.mark.parametrize("form", [f"{TEXT}/", f"{TEXT}.json", f"{TEXT}.akn.xml", f"{TEXT}.md", f"{API}{TEXT}/clauses"])
def test_every_form_of_a_text_says_what_a_single_clause_is(client, demonstration, form):
    clause = Clause.objects.filter(version__slug="2012-v1-en").exclude(note="").exclude(text_status="").first()
    words = words_of(client, form)
    assert clause.text_status in words or str(clause.get_text_status_display()) in words
    assert clause.note[:40] in words


@pytest.mark.parametrize(
    "form",
    [
        f"{PAIR}/",
        f"{PAIR}.json",
        f"{PAIR}.docx",
        f"{API}/comparisons/{PAIR[9:]}",
        f"{API}/comparisons/{PAIR[9:]}/pairs",
    ],
)
def test_every_form_of_a_comparison_says_not_known_and_never_removed(client, demonstration, form):
    words = words_of(client, form)
    assert any(one in words for one in ("not-in-new", "not known", "Not known", "not in the known", "restated"))
    assert '"standing": "removed"' not in words


@pytest.mark.parametrize(
    "form",
    ["/annotations/{slug}/", "/annotations/{slug}.jsonld", f"{API}/annotations/{{slug}}", "/annotations.jsonld?page=1",
     "/annotations.csv", "/annotations.xlsx", "/feeds/annotations.atom"],
)  # fmt: skip
def test_every_form_of_a_note_says_its_words_risk_and_who_stands_for_it(client, demonstration, form):
    note = Annotation.objects.get(slug="v1-28-1-vague")
    words = words_of(client, form.format(slug=note.slug))
    assert note.exact.split('"')[0][:40] in words, "the words it is on"
    assert note.body.split(".")[0][:30] in words, "its reasons"
    assert note.organisation.name in words, "who stands for it"
    assert str(note.get_risk_display()).lower() in words.lower(), "its risk"


@pytest.fixture
def corrected(store) -> Version:
    """A public text that another one corrects."""
    from lawcompare.publishing.services import publish

    first = store(OLD_DRAFT, "first")
    second = store(NEW_DRAFT, "second", published=False)
    Version.objects.filter(pk=second.pk).update(corrects=first)
    publish(Version.objects.get(pk=second.pk))
    return first


@pytest.mark.parametrize(
    "form",
    ["/laws/draft/first/", "/laws/draft/first/chp_1__art_1/", "/laws/draft/first.json", "/laws/draft/first.akn.xml",
     "/laws/draft/first.txt", "/laws/draft/first/chp_1__art_1.json", f"{API}/laws/draft/first",
     "/share/laws/draft/first/chp_1__art_1/", "/embed/laws/draft/first/chp_1__art_1/"],
)  # fmt: skip
def test_every_form_of_a_corrected_text_says_by_which(client, corrected, form):
    assert "draft/second" in words_of(client, form)


@pytest.mark.parametrize("form", ["/laws/draft/first.json", f"{API}/laws/draft/first"])
def test_both_texts_of_a_correction_name_each_other_in_data(client, corrected, form):
    first, second = (json.loads(client.get(form.replace("first", name)).content) for name in ("first", "second"))
    assert (first["corrects"], first["corrected_by"]) == ("", ["draft/second"])
    assert (second["corrects"], second["corrected_by"]) == ("draft/first", [])


@pytest.mark.parametrize("form", ["/laws/draft/first.json", "/laws/draft/first.txt", "/laws/draft/first.akn.xml"])
def test_no_form_names_a_correction_that_is_not_public(client, store, form):
    first, second = store(OLD_DRAFT, "first"), store(NEW_DRAFT, "second", published=False)
    Version.objects.filter(pk=second.pk).update(corrects=first)
    assert "second" not in words_of(client, form)


VALUED = "/laws/budapest-convention/2001-en"
TWO_LAWS = "/compare/kh-cybercrime/2012-v1-en/with/budapest-convention/2001-en"


@pytest.mark.parametrize(
    "form",
    [f"{VALUED}/chp_II__art_2/", f"{API}{VALUED}/values", "/topics/illegal-access/", "/topics/values.csv",
     "/topics/illegal-access.docx", "/topics/illegal-access.xlsx", f"{TWO_LAWS}/", f"{TWO_LAWS}.json",
     f"{TWO_LAWS}/by-subject.docx", f"{TWO_LAWS}/by-subject.xlsx"],
)  # fmt: skip
def test_every_form_of_a_confirmed_value_says_it_and_that_it_is_confirmed(client, demonstration, form):
    value = Value.objects.get(clause__version__slug="2001-en", clause__eid="chp_II__art_2", element="mental")
    assert value.status == "confirmed"
    words = words_of(client, form)
    assert value.quote in words, "the words it rests on"
    assert value.values["level"] in words.replace(value.quote, ""), "the value"
    assert "confirmed" in words.lower(), "its status"
