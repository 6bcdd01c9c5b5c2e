"""A mirror opened from disk, with the network off: it reads, searches and compares."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lawcompare.mirror import search_index
from lawcompare.mirror.search_index import IndexedText
from tests import migrated
from tests.browser import serving, stage
from tests.conftest import ROOT
from tests.services import commands
from tests.shared_files import filled_once

pytestmark = pytest.mark.browser

KHMER_WORD = "ចង្កៀង"


@pytest.fixture(scope="module")
def mirror(prepared_site: Path, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mirror of the draft of 2012 in English, of a Khmer text and of two texts known in full.

    A site as large as that of the other tests takes minutes to copy.
    """

    def make(folder: Path) -> None:
        data = tmp_path_factory.mktemp("small")
        for name in ("static", "fonts"):
            shutil.copytree(prepared_site / name, data / name)
        texts = [
            stage.Text("lanterns-km", "km", stage.KHMER, language="km"),
            stage.Text("harbour", "1", stage.HARBOUR_OLD),
            stage.Text("harbour", "2", stage.HARBOUR_NEW, date="1991"),
        ]
        written = [data / f"{text.law}-{text.version}.md" for text in texts]
        for path, text in zip(written, texts, strict=True):
            path.write_bytes(text.markdown)
        migrated.give_to_site(shared_folder, data / "lawcompare.sqlite3")
        for text in [ROOT / "fixtures/laws/kh-cybercrime/2012-v1-en.md", *written]:
            run(data, "import_law", str(text), "--publish")
        run(data, "export_site", str(folder / "a copy"))
        run(data, "check_mirror", str(folder / "a copy"))

    return filled_once(shared_folder / "browser-mirror", make) / "a copy"


def run(data: Path, *command: str) -> None:
    done = commands.run(serving.environment(data) | {"TASKS": "inline"}, *command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def open_file(browser: Browser, mirror: Path) -> Iterator[Callable[[str], Page]]:
    """Open a file of the mirror. Nothing may go wrong in the console, and nothing be asked but of the mirror itself."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 360, "height": 780}, offline=True)

    def open_file(path: str) -> Page:
        page = context.new_page()
        page.on(
            "console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: faults.append(f"{request.url} {request.failure}"))
        inside = mirror.as_uri() + "/"
        page.on("request", lambda request: None if request.url.startswith(inside) else faults.append(request.url))
        page.goto((mirror / path).as_uri())
        return page

    yield open_file
    context.close()
    assert not faults, faults


def test_it_reads_in_both_languages(open_file):
    page = open_file("index.html")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Laws").click()
    page.locator("main a[href*='2012-v1-en/index.html']").first.click()
    expect(page.locator("main h1")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.masthead')).display") != "inline", "no style sheet"
    page.locator("a.tongue").click()
    expect(page.locator("html")).to_have_attribute("lang", "km")
    assert "/km/laws/kh-cybercrime/" in page.url


def test_it_compares(open_file):
    page = open_file("compare/harbour/1/with/harbour/2/index.html")
    expect(page.locator("article.row").first).to_be_visible()
    page.locator(".rail summary").click()
    page.get_by_role("link", name="Inline").click()
    assert page.url.endswith("index.view-inline.html")
    expect(page.locator("main ins").first).to_be_visible()
    page.keyboard.press("n")
    assert "#" in page.url


def test_it_searches_in_english(open_file):
    page = open_file("search/index.html")
    page.get_by_label("Words").fill("illegal acc")
    first = page.locator("[data-results] > li a").first
    expect(first).to_be_visible()
    expect(page.locator("[data-count]")).to_contain_text("found")
    first.click()
    expect(page.locator("main h1")).to_be_visible()


@pytest.mark.parametrize(
    ("citation", "name"),
    [("Art. 28", "Article 28"), ("មាត្រា ២៨", "Article 28")],
)
def test_it_finds_what_is_cited(open_file, citation, name):
    page = open_file("search/index.html")
    page.get_by_label("Words").fill(citation)
    expect(page.locator("[data-results] > li a").first).to_contain_text(name)


def test_a_search_from_any_page_is_carried_there(open_file):
    page = open_file("laws/index.html")
    page.set_viewport_size({"width": 1280, "height": 900})
    field = page.locator("form[role=search] input").first
    field.fill("Article 28")
    field.press("Enter")
    expect(page.locator("[data-results] > li a").first).to_contain_text("28")


def test_it_searches_in_khmer(open_file):
    page = open_file("km/search/index.html")
    page.locator("#q").fill(KHMER_WORD)
    expect(page.locator("[data-results] > li a").first).to_be_visible()
    assert page.locator("[data-results] > li a").first.get_attribute("href").startswith("../../km/")
    page.locator("#q").fill("ឥឡូវគ្មានពាក្យនេះទេហ្វ្រេស")
    expect(page.locator("[data-results] > li")).to_have_count(0)


SEARCH_PAGE = """<!doctype html><html lang="km"><meta charset="utf-8">
<form data-mirror-search data-root="" data-none="None" data-found="%n found" data-more="More"><input name="q"></form>
<p data-count></p><ol data-results></ol><script src="mirror-search.js"></script>"""


@pytest.mark.parametrize("question", ["បទគំរាមកំហែង", "បទបរិហារកេរ្តិ៍", "បទបរិហារកេ", "ស្រូវ បទគំរាមកំហែង"])
@pytest.mark.parametrize("others", ["ស្រូវ", "ស្រូវ បទ ប គ"])
def test_words_of_one_text_cut_no_khmer_question_for_another(browser, tmp_path: Path, question: str, others: str):
    """A text that nobody confirmed, with a letter that had been glued to a word, took the law out of the answers, and
    what others say; so did a short word of the law.
    """
    words, theirs = "ស្រូវ។ បទគំរាមកំហែង។ បទបរិហារកេរ្តិ៍", "បទគ។ បទប។ បទក។ បទច។"
    texts = [
        *(IndexedText("rice", others, "", "km", others), IndexedText("law", words, "", "km", words)),
        *(IndexedText(f"note-{of}", "", "", "km", words, behind=1, of=of) for of in "ab"),
        *(IndexedText(f"text-{of}", "", "", "km", words, behind=2, of=of) for of in "ab"),
        IndexedText("theirs", "", "", "km", theirs, behind=2, of="x"),
    ]
    for path, data in search_index.build(texts):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    shutil.copy(ROOT / "static/js/mirror-search.js", tmp_path)
    (tmp_path / "index.html").write_text(SEARCH_PAGE, "utf-8")
    page = browser.new_page()
    page.goto(f"{(tmp_path / 'index.html').as_uri()}?q={question}")
    found = page.locator("[data-results] a")
    expect(page.locator("[data-count]")).to_have_text("៥ found")
    assert [one.get_attribute("href") for one in found.all()] == [
        *("km/law", "km/note-a", "km/note-b", "km/text-a", "km/text-b"),
    ]
    marked = found.first.locator("mark").all_inner_texts()
    assert marked and all(words in question for words in marked)
    page.close()
