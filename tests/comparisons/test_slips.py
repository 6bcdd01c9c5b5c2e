"""A law as a scan and as a text: what differs as readers of pictures err is set apart, counted apart and hidden."""

import io
import json

import docx
import pytest
from django.urls import reverse

from lawcompare.comparisons.exports import paragraphs_of
from lawcompare.comparisons.models import Comparison, Standing
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.runner import run_now
from lawcompare.engine.document import Clause as EngineClause
from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.reading.ocr.tesseract import TesseractRecogniser
from lawcompare.imports.corrections import corrected
from lawcompare.imports.models import ImportDraft
from lawcompare.laws.services import store_text
from lawcompare.publishing.services import publish
from tests.conftest import require
from tests.engine.test_write_docx import body_of, decide
from tests.khmer_prints import changed_law, changes, law, limon_pdf, scan
from tests.office import cells_of, footnotes_of, text_of
from tests.redlines import accepted

pytestmark = pytest.mark.django_db

READ = {"origin": "recognised", "confidence": "0.87"}
ABOUT = {"law": "books", "language": "km", "jurisdiction": "kh", "kind": "draft", "law_title": "ច្បាប់បណ្ណាល័យ"}
TYPED = ("បណ្ណាល័យត្រូវបើកទ្វារជារៀងរាល់ថ្ងៃធ្វើការ ។", "ត្រូវពិន័យជាប្រាក់ ៥០០ រៀល ចំពោះអ្នកបំផ្លាញឯកសារ ។", "ច្បាប់នេះចូលជាធរមាន ។")
SEEN = ("បណ្ណាល័យត្រូវបើកទ្វាវជារៀងរាល់ថ្ងៃធ្វើការ ។", "ត្រូវពិន័យជាប្រាក់ ៩០០ រៀល ចំពោះអ្នកបំផ្វាញឯកសារ ។", "ច្បាប់នេះចូលជាធរមាន ។")


def store(
    slug: str, document: Document | tuple[str, ...], date: str, attributes: dict[str, str] | None = None, **about
):
    if isinstance(document, tuple):
        clauses = [
            EngineClause(f"art_{at}", "article", f"មាត្រា {'០១២៣'[at]}", "", words, attributes=attributes or {})
            for at, words in enumerate(document, 1)
        ]
        document = Document("ច្បាប់", "km", tuple(clauses))
    version = store_text(document, ABOUT | {"version": slug, "title": f"ច្បាប់ {slug}", "date": date} | about, slug)
    publish(version)
    return version


def compared(old, new) -> Comparison:
    comparison = request_comparison(old, new)
    if not comparison.is_done:
        run_now(comparison.job)
    return Comparison.objects.get(pk=comparison.pk)


@pytest.fixture
def comparison(db):
    return compared(store("typed", TYPED, "2020"), store("scan", SEEN, "2021", READ))


def test_an_article_with_nothing_but_slips_is_no_changed_one(comparison):
    assert comparison.tally == comparison.stats == {"changed": 1, "slips": 1, "unchanged": 1}
    slipped, changed = comparison.pairs.filter(level="unit", standing__in=["slips", "changed"]).order_by("position")
    assert (slipped.standing, slipped.size, slipped.is_noise) == (Standing.SLIPS, 0.0, True)
    assert slipped.sentence == "Only one probable slip of reading differs."
    assert changed.sentence == "Changed numbers: ៥០០ រៀល → ៩០០ រៀល. And one probable slip of reading."
    assert not changed.is_noise


def test_a_changed_heading_above_slips_is_told(db):
    one, other = (
        Document("ច្បាប់", "km", (EngineClause("art_1", "article", "មាត្រា ១", head, text, attributes=attributes),))
        for head, text, attributes in (("ការបើកទ្វារ", TYPED[0], {}), ("ការបិទទ្វារ", SEEN[0], READ))
    )
    comparison = compared(store("typed", one, "2020"), store("scan", other, "2021"))
    (row,) = comparison.pairs.filter(level="unit")
    assert row.standing == "changed" and not row.sentence.startswith("Only"), row.sentence


@pytest.mark.parametrize(
    ("attributes", "about"),
    [(READ | {"corrected": "yes"}, {}), ({}, {}), (READ, {"pages_total": 2, "pages_proofread": 2})],
)
def test_what_a_person_read_holds_no_slips(db, attributes, about):
    comparison = compared(store("typed", TYPED, "2020"), store("scan", SEEN, "2021", attributes, **about))
    assert comparison.tally == {"changed": 2, "unchanged": 1}


def test_a_correction_of_a_scan_is_told_as_it_is(db):
    scanned = store("scan", SEEN, "2020", READ)
    mended = store("mended", TYPED, "2020", READ | {"corrected": "yes"}, corrects=scanned.address)
    assert compared(scanned, mended).tally == {"changed": 2, "unchanged": 1}


def test_slips_are_hidden_until_a_reader_asks_for_them(client, comparison):
    address = comparison.get_absolute_url()
    hidden, shown, only = (
        client.get(address + query).content.decode() for query in ("", "?slips=show", "?change=slips")
    )
    assert "Of 3 articles: " in hidden and "1 different by probable slips of reading alone" in hidden
    assert "1 clause that differs by probable slips of reading alone" in hidden
    assert "hides-slips" in hidden and "Probable slips of reading are hidden: show them" in hidden
    assert "hides-slips" not in shown and "Probable slips of reading are shown: hide them" in shown
    for page in (shown, only):
        assert "Only one probable slip of reading differs." in page
        assert '<del class="noise slip">' in page
    said, listed = (client.get(f"{address}?view=list{query}").content.decode() for query in ("", "&slips=show"))
    assert "៩០០" in said and "បំផ្វាញ" not in said and "បំផ្វាញ" in listed


def test_slips_are_counted_apart_for_programs_and_in_files(client, comparison):
    address = comparison.get_absolute_url()
    data = json.loads(client.get(f"{address.removesuffix('/')}.json").content)
    assert data["standings"] == data["stats"] == {"changed": 1, "slips": 1, "unchanged": 1}
    assert [(pair["standing"], pair["slips"]) for pair in data["pairs"]] == [
        ("slips", 1),
        ("changed", 1),
        ("unchanged", 0),
    ]
    sheet = cells_of(client.get(f"{address.removesuffix('/')}.xlsx").content, 1)
    slips = sheet[0].index("Probable slips of reading")
    assert [row[slips] for row in sheet[1:]] == [1, 1, 0]


def test_files_track_the_changes_alone_and_keep_both_readings_of_a_slip(client, comparison):
    address = comparison.get_absolute_url().removesuffix("/")
    content = client.get(f"{address}.docx").content
    tracked = body_of(content).xpath("//*[local-name()='ins' or local-name()='del']")
    assert ["".join(one.itertext()) for one in tracked] == ["៥០០", "៩០០"]
    assert [note.strip() for note in footnotes_of(content)] == ["ច្បាប់ typed: បើកទ្វារ", "ច្បាប់ typed: បំផ្លាញ"]
    new, old = ("\n".join(decide(content, verdict)) for verdict in ("accept", "refuse"))
    assert all(words in new for words in SEEN) and "៥០០ រៀល ចំពោះអ្នកបំផ្វាញ" in old
    assert "1 different by probable slips of reading alone" in text_of(docx.Document(io.BytesIO(content)))
    assert "2 probable slips of reading are set apart" in new
    card = client.get(f"/share{address}/art_1/")
    assert card.status_code == 200 and "<del" not in card.content.decode()


def test_files_track_no_clause_that_is_only_cut_otherwise(db):
    lines = ("បណ្ណាល័យមាន ៖", "សៀវភៅសម្រាប់អាន", "ឯកសារសម្រាប់ស្រាវជ្រាវ")
    inside = [
        EngineClause(f"art_1__para_{at}", "paragraph", f"{at}.", "", line, 1, "art_1")
        for at, line in enumerate(lines[1:], 1)
    ]
    cut = Document("ច្បាប់", "km", (EngineClause("art_1", "article", "មាត្រា ១", "", lines[0]), *inside))
    flat = f"{lines[0]}\n1. {lines[1]}\n2. {lines[2]} ។"
    comparison = compared(store("cut", cut, "2020"), store("flat", (flat,), "2021", READ))
    assert comparison.pairs.filter(is_flat=True).exists()
    runs = [run for paragraph in paragraphs_of(comparison) for run in paragraph.runs]
    assert {op for op, _words in runs} == {"equal", "slip"}
    assert accepted(paragraphs_of(comparison)) == ["មាត្រា ១", *flat.split("\n")]


@pytest.mark.ocr
def test_of_a_law_typed_in_limon_and_scanned_the_ten_changes_are_found(db):
    try:
        TesseractRecogniser()
    except ReadingError as reason:
        require("ocr", str(reason))
    old = store("limon", read(limon_pdf(law()), filename="law.pdf"), "2020")
    new = store("scan", read(scan(changed_law()), filename="scan.pdf"), "2021")
    comparison = compared(old, new)
    told = comparison.pairs.filter(level="unit").exclude(standing__in=["unchanged", "slips"])
    numbers = {row.new.num if row.new else row.old.num for row in told.select_related("old", "new")}
    wanted = {f"មាត្រា {str(number).translate(str.maketrans('0123456789', '០១២៣៤៥៦៧៨៩'))}" for number in changes()}
    assert wanted <= numbers and len(numbers - wanted) <= 5
    assert comparison.tally["slips"] >= 10  # were told as changes


def test_an_editor_corrects_the_scan_by_the_other_text_in_one_press(comparison, eve):
    page = eve.get(comparison.get_absolute_url() + "?slips=show").content.decode()
    assert page.count("Correct these slips by the other text") == 2
    address = reverse("correct_slips", args=["books", "typed", "books", "scan"])
    went = eve.post(address, {"row": "art_1"})
    draft = ImportDraft.objects.get(corrects=comparison.new)
    assert went["Location"].startswith(draft.get_absolute_url()) and went["Location"].endswith("#c-c0")
    eve.post(address, {"row": "art_2"})
    eve.post(address, {"row": "art_2"})  # it is right already
    clauses = corrected(ImportDraft.objects.get(pk=draft.pk)).document.clauses
    assert [clause.text for clause in clauses] == [TYPED[0], TYPED[1].replace("៥០០", "៩០០"), TYPED[2]]
    assert [row.clause for row in draft.corrections.order_by("number")] == ["មាត្រា ១", "មាត្រា ២"]
    assert eve.post(address, {"row": "art_9"}).status_code == 404


@pytest.mark.parametrize("limit", ["LETTERS_AT_ONCE", "STEPS_AT_ONCE"])
def test_an_article_as_long_as_a_law_is_not_corrected_in_one_press(client, cast, comparison, monkeypatch, limit):
    """Nor one of many clauses in a long text: 200 of them held a thread of the site for a minute."""
    monkeypatch.setattr(f"lawcompare.imports.corrections.{limit}", 10)
    client.force_login(cast.eve)
    address = reverse("correct_slips", args=["books", "typed", "books", "scan"])
    answer = client.post(address, {"row": "art_1"}, follow=True)
    assert "too long to be corrected at once" in answer.content.decode() and not ImportDraft.objects.exists()
