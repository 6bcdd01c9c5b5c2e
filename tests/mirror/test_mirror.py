"""The mirror: everything public as files, nothing else, and a checker that notices what is wrong with one."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.db import connection

from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.targets import set_target
from lawcompare.core.page_cache.content_token import set_triggers
from lawcompare.laws.models import Clause, Withdrawal
from lawcompare.laws.withdrawal.services import withdraw
from lawcompare.mirror import search_index, writing
from lawcompare.mirror.manifest import read_manifest, sha256
from tests.conftest import NEW_DRAFT

# PostgreSQL raises the edition at the end of a transaction; SQLite at once.
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")
KEY = base64.b64encode(bytes(range(32))).decode()
SITE = "http://testserver"


PRIVATE_WORDS = "Whoever asks a question that nobody may ask is punished as if they had answered it themselves."
PRIVATE_ARTICLE = f"\n## Article 5. Questions\n\n{PRIVATE_WORDS}\n"


@pytest.fixture
def site(world, settings, drafts, cast, store, tmp_path, django_capture_on_commit_callbacks):
    """Two public drafts that are compared, a third that is not public, a public note, and a note that is not: the cast
    with the notes, and the files of a mirror of it.

    Pages are kept as on a site, so that those of a content that did not change are rendered once for all tests.
    """
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.PAGE_CACHE = True
    for name in ("source-serif-4", "source-serif-4-italic", "noto-sans-khmer", "moul"):
        (settings.FONT_DIR / f"{name}.woff2").write_bytes(b"a face")

    def make():
        with django_capture_on_commit_callbacks(execute=True):
            make_site(drafts, cast, store)
        export(tmp_path / "first")
        cast.mirror = contents(tmp_path / "first")
        return cast

    set_triggers()
    return world.has("mirrored", make)


def make_site(drafts, cast, store):
    store(NEW_DRAFT + PRIVATE_ARTICLE, "unpublished", date="2021", published=False)
    for body in ("Said in public.", "Said among ourselves."):
        note = Annotation(body=body, risk=3)
        set_target(note, Clause.objects.get(version=drafts[1], eid="chp_1__art_3"), "deemed")
        annotating.write_annotation(cast.alice, note, {})
        annotating.submit_annotation(cast.alice, note)
    cast.note, cast.hidden = Annotation.objects.order_by("pk")
    annotating.publish_annotation(cast.rita, cast.note)


@pytest.fixture
def mirror(site, tmp_path) -> Path:
    """A folder of the test's own with a mirror of the site."""
    for path, data in site.mirror.items():
        (tmp_path / "m" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "m" / path).write_bytes(data)
    return tmp_path / "m"


def test_a_page_that_cannot_be_made_is_asked_for_again_and_is_not_left_out_in_silence(mirror, monkeypatch):
    """It vanished from the mirror, and nobody was told."""
    answered, failing = WSGIHandler.get_response, {"/laws/": 1}
    monkeypatch.setattr(writing, "PAUSE", 0)

    def answer(handler, request):
        response = answered(handler, request)
        if failing.get(request.path, 0) > 0:
            failing[request.path] -= 1
            response.status_code = 503
        return response

    monkeypatch.setattr(WSGIHandler, "get_response", answer)
    export(mirror, "--whole")
    assert (mirror / "laws" / "index.html").exists() and failing["/laws/"] == 0
    failing["/laws/"] = 2
    with pytest.raises(CommandError, match="could not be made and are missing: /laws/"):
        export(mirror, "--whole")
    assert not (mirror / "laws" / "index.html").exists(), "words may have been withdrawn that stand in it"
    monkeypatch.setattr(writing, "FAILED_MAX", 0)
    failing["/laws/"], before = 2, contents(mirror)
    with pytest.raises(CommandError, match="No mirror was written: pages of the site cannot be made, as /laws/"):
        export(mirror, "--whole")
    assert {path: data for path, data in contents(mirror).items() if not path.startswith(writing.STAGE)} == before


def export(folder: Path, *options: str) -> str:
    output = StringIO()
    call_command("export_site", folder, "--processes", "1", *options, stdout=output)
    return output.getvalue().splitlines()[-1]


OTHER_PAGES = ["index.html", "about/index.html", "annotations/index.html", "glossary/index.html", "laws/index.html"]
NEW_FILE = "search/words-re.js"


@pytest.fixture
def older(mirror) -> Path:
    """A mirror made when a few pages had other words and one file was not there yet."""
    manifest = read_manifest(mirror)
    for path in OTHER_PAGES:
        data = (mirror / path).read_bytes().replace(b"</h1>", b", as it was</h1>")
        assert sha256(data) != manifest.hashes[path]
        (mirror / path).write_bytes(data)
        manifest.hashes[path] = sha256(data)
    (mirror / NEW_FILE).unlink()
    del manifest.hashes[NEW_FILE]
    manifest.facts["edition"] = "the one before"
    (mirror / "MANIFEST").write_bytes(manifest.as_bytes(None))
    assert check(mirror)[0] == 0
    return mirror


def check(folder: Path, *options: str) -> tuple[int, str]:
    """(exit status, what was printed)"""
    out, err = StringIO(), StringIO()
    try:
        call_command("check_mirror", folder, *options, stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{err.getvalue()}{error}"
    return 0, out.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_public_is_there_and_nothing_else(site, mirror):
    files = contents(mirror)
    for path in (
        "index.html",
        "km/index.html",
        "laws/draft/new/index.html",
        "km/laws/draft/old/chp_1__art_2/index.html",
        "compare/draft/old/with/draft/new/index.html",
        "compare/draft/old/with/draft/new/index.view-inline.html",
        f"annotations/{site.note.slug}/index.html",
        "annotations.csv",
        "feeds/annotations.atom",
        "search/index.html",
        "km/search/index.html",
        "search/about.js",
        "README.txt",
        "MANIFEST",
    ):
        assert path in files, path
    everything = b"\n".join(files.values()).decode(errors="ignore")
    for private in ("Said among ourselves", site.hidden.slug, "draft/unpublished", "alice@example.org", "csrf"):
        assert private not in everything, private
    assert not re.search(r'(?:href|src|action)="[^"]*(?:accounts|workspace|admin)/', everything)
    pages = b"\n".join(data for path, data in files.items() if path.endswith(".html")).decode()
    assert not re.search(r'\s(?:href|src|action)="(?:/|http://testserver)', pages), "a link to one host only"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", read_manifest(mirror).facts["made"]), "a day, no second"
    status, printed = check(mirror)
    assert (status, "all in order" in printed) == (0, True), printed


@pytest.mark.verify
def test_a_second_run_writes_nothing_and_a_change_writes_what_it_touches(site, mirror, settings):
    folder = mirror
    before = {path: (folder / path).stat().st_mtime_ns for path in contents(folder)}
    assert " 0 written, 0 removed" in export(folder)
    assert before == {path: (folder / path).stat().st_mtime_ns for path in contents(folder)}
    settings.PAGE_CACHE = False  # it would forget the pages of the site as it was
    Annotation.objects.filter(pk=site.note.pk).update(status="withdrawn")
    assert " 0 written" not in export(folder)
    after = contents(folder)
    assert f"annotations/{site.note.slug}/index.html" not in after
    assert not (folder / "annotations" / site.note.slug).exists()
    assert b"Said in public" not in b"".join(after.values())
    assert (folder / "glossary/index.html").stat().st_mtime_ns == before["glossary/index.html"]
    assert check(folder)[0] == 0


@pytest.mark.verify
def test_a_damaged_mirror_is_noticed_and_mended(mirror):
    folder = mirror
    good = contents(folder)
    (folder / "laws/index.html").write_text("Something else")
    (folder / "about/index.html").unlink()
    status, printed = check(folder)
    assert status == 1
    assert "laws/index.html is missing or not" in printed and "about/index.html is missing or not" in printed
    assert " 2 written" in export(folder)
    assert {path: data for path, data in contents(folder).items() if path != "MANIFEST"} == {
        path: data for path, data in good.items() if path != "MANIFEST"
    }


@pytest.mark.verify
def test_the_manifest_is_signed_and_a_changed_one_is_refused(mirror, settings):
    folder = mirror
    assert "not signed" in export(folder)
    assert "not signed" in check(folder)[1]
    settings.MIRROR_KEY = KEY
    assert export(folder).endswith("; signed.")
    public = (folder / "MANIFEST.pub").read_text().strip()
    assert check(folder, "--public-key", public)[0] == 0
    assert check(folder, "--public-key", str(folder / "MANIFEST.pub"))[0] == 0
    other = base64.b64encode(bytes(32)).decode()
    assert check(folder, "--public-key", other)[0] == 1
    manifest = folder / "MANIFEST"
    manifest.write_text(manifest.read_text().replace("site: http://testserver", "site: http://elsewhere"))
    status, printed = check(folder, "--public-key", public)
    assert status == 1 and "not by this key" in printed


def test_the_hashes_are_those_that_everybody_can_check(mirror):
    done = subprocess.run(["sha256sum", "-c", "--quiet", "MANIFEST"], cwd=mirror, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


FAULTS = [
    ("laws/index.html", '<a href="../nowhere/index.html">x</a>', "leads nowhere"),
    ("laws/index.html", '<a href="#no-such-place">x</a>', "a place that the page does not have"),
    ("laws/index.html", '<a href="/laws/">x</a>', "at the root of a host only"),
    ("laws/index.html", '<a href="http://testserver/laws/">x</a>', "leads to the site itself"),
    ("laws/index.html", '<a href="../accounts/login/index.html">x</a>', "a door that a copy does not have"),
    ("README.txt", "alice@example.org", "something private: alice@example.org"),
    ("README.txt", "see draft/unpublished", "something private: draft/unpublished"),
    ("README.txt", "the draft unpublished says", "names a text that is not public: draft unpublished"),
    ("README.txt", PRIVATE_WORDS.replace("may ask", "<b>may</b>\n ask"), "holds words of draft/unpublished"),
    (".mirror-new/files/index.html", f"<p>{PRIVATE_WORDS}</p>", "holds words of draft/unpublished"),
    (".mirror-new/strange.txt", "x", "is not in the manifest"),
    ("README.txt", "csrfmiddlewaretoken", "the token of a form"),
    ("strange.txt", "x", "is not in the manifest"),
]


@pytest.mark.verify
def test_the_checker_notices_what_is_wrong(mirror):
    folder = mirror
    good = contents(folder)
    for path, words, problem in FAULTS:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(good.get(path, b"") + words.encode())
        manifest = read_manifest(folder)
        if path in manifest.hashes:  # as whoever made the mirror would have written it
            manifest.hashes[path] = sha256(file.read_bytes())
            (folder / "MANIFEST").write_bytes(manifest.as_bytes(None))
        status, printed = check(folder)
        assert status == 1 and problem in printed, printed
        file.unlink()
        for name in {path, "MANIFEST"} & good.keys():
            (folder / name).write_bytes(good[name])
    assert check(folder)[0] == 0


def test_the_checker_follows_no_link_and_reads_each_line_of_the_manifest(mirror, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "letter.txt").write_text("Dear")
    (mirror / "linked").symlink_to(elsewhere)
    assert "linked is not in the manifest" in check(mirror)[1]
    (mirror / "linked").unlink()
    manifest = mirror / "MANIFEST"
    lines = manifest.read_bytes()
    for added in (b"# note: second\n", lines.splitlines(keepends=True)[-1], b"x\n"):
        manifest.write_bytes(lines + added)
        status, printed = check(mirror)
        assert status == 1 and "has lines that do not belong in it" in printed, added


def test_a_folder_that_is_none_of_ours_is_left_alone(site, tmp_path):
    full, file = tmp_path / "full", tmp_path / "file"
    full.mkdir()
    (full / "letter.txt").write_text("Dear")
    file.write_text("x")
    for folder, problem in ((full, "holds no mirror"), (file, "is a file")):
        with pytest.raises(CommandError, match=problem) as refused:
            export(folder)
        assert refused.value.returncode == 2
    assert contents(full) == {"letter.txt": b"Dear"} and file.read_text() == "x"
    status, printed = check(full)
    assert status == 2 and "holds no mirror" in printed


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").exists(), reason="needs a place nobody may write to")
def test_a_place_where_nothing_can_be_written_is_said(site):
    with pytest.raises(CommandError, match="cannot be written") as refused:
        export(Path("/proc/self/mirror"))
    assert refused.value.returncode == 2


def test_a_key_that_is_none_is_said(site, settings, tmp_path):
    settings.MIRROR_KEY = "secret"
    with pytest.raises(CommandError, match="MIRROR_KEY is not 32 bytes in base64") as refused:
        export(tmp_path / "m")
    assert refused.value.returncode == 2 and not (tmp_path / "m").exists()


@pytest.mark.verify
def test_a_full_disk_is_a_sentence_and_leaves_the_old_mirror_whole(older, monkeypatch):
    before = contents(older)
    write, room = Path.write_bytes, iter(range(3))

    def fill(path: Path, data: bytes) -> int:
        if next(room, None) is None:
            raise OSError(28, "No space left on device")
        return write(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", fill)
        with pytest.raises(CommandError, match=r"cannot be written: No space left on device") as error:
            export(older)
    assert error.value.returncode == 2
    assert {name: data for name, data in contents(older).items() if name in before} == before


@pytest.mark.verify
def test_what_is_withdrawn_while_it_is_written_is_not_in_it(site, drafts, cast, tmp_path, monkeypatch):
    made = writing._files

    def meanwhile(*asked):
        yield from made(*asked)
        if not Withdrawal.objects.exists():
            withdraw(cast.sara, drafts[0], "It names somebody.")

    def having_words(files: dict[str, bytes]) -> list[str]:
        return [path for path, data in files.items() if "draft/old" in path and b"deemed to hinder" in data]

    assert having_words(site.mirror)
    monkeypatch.setattr(writing, "_files", meanwhile)
    export(tmp_path / "after")
    assert not having_words(contents(tmp_path / "after"))


@pytest.mark.verify
def test_who_is_stopped_on_the_way_leaves_the_old_mirror(site, older, monkeypatch):
    folder = older
    before = contents(folder)
    made = writing._files

    def stopped(*asked):
        for number, file in enumerate(made(*asked)):
            if number == 30:
                raise KeyboardInterrupt
            yield file

    monkeypatch.setattr(writing, "_files", stopped)
    with pytest.raises(KeyboardInterrupt):
        export(folder)
    after = contents(folder)
    assert {path: data for path, data in after.items() if not path.startswith(writing.STAGE)} == before
    assert [path for path in after if path.startswith(f"{writing.STAGE}/files/")], "it had something to write"
    assert check(folder)[0] == 0
    monkeypatch.undo()
    assert f" {len(OTHER_PAGES) + 1} written, 0 removed" in export(folder)
    assert check(folder)[0] == 0 and not (folder / writing.STAGE).exists()
    assert contents(folder) | {"MANIFEST": b""} == site.mirror | {"MANIFEST": b""}


@pytest.mark.soak
def test_who_is_stopped_at_first_may_begin_again(site, tmp_path, monkeypatch):
    folder = tmp_path / "m"
    written = writing._write_manifest
    monkeypatch.setattr(writing, "_write_manifest", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        export(folder)
    assert (folder / "index.html").exists() and not (folder / "MANIFEST").exists()
    monkeypatch.setattr(writing, "_write_manifest", written)
    export(folder)
    assert check(folder)[0] == 0


def test_words_of_the_index_are_in_the_file_where_they_are_looked_for(mirror):
    script = (mirror / "search/words-re.js").read_text()
    kind, name, words = json.loads(script.removeprefix("mirrorSearch.take(").removesuffix(");\n"))
    assert (kind, name) == ("words", "re") and "retention" in words
    texts = (mirror / "search/texts-0.js").read_text()
    rows = json.loads(texts.removeprefix("mirrorSearch.take(").removesuffix(");\n"))[2]
    hits = [rows[one // 4] for one in words["retention"]]
    assert ["laws/draft/new/chp_1__art_2/index.html", "draft new"] in [[row[0], row[2]] for row in hits]
    assert all((mirror / row[0].partition("#")[0]).is_file() for row in rows)


def test_a_clause_inside_an_article_is_a_place_on_the_page_of_its_article(mirror):
    text, article = mirror / "laws/draft/new", "chp_1__art_3"
    assert not (text / f"{article}__para_1").exists() and not (text / f"{article}__para_1.json").exists()
    page = (text / article / "index.html").read_text()
    inside = f'href="#{article}__para_1"', f'href="index.html#{article}__para_1"'
    assert f' id="{article}__para_1"' in page and any(link in page for link in inside)
    texts = (mirror / "search/texts-0.js").read_text()
    assert f'["laws/draft/new/{article}/index.html#{article}__para_1",' in texts


def test_what_stands_behind_takes_no_word_and_no_place_of_what_does_not(monkeypatch):
    """A text that is not confirmed had a word in so many places that it found nothing any more."""
    monkeypatch.setattr(search_index, "COMMON", 5)

    def text(name: str, behind: int) -> search_index.IndexedText:
        return search_index.IndexedText(name, "", "", "en", "enters lamps", behind=behind, of=name.partition("-")[0])

    def index(*texts: search_index.IndexedText) -> tuple[list[int], list[int]]:
        files = dict(search_index.build(texts))
        read = [json.loads(files[f"search/{name}.js"].decode()[len("mirrorSearch.take(") : -3]) for name in TWO]
        rows = json.loads(files["search/texts-0.js"].decode()[len("mirrorSearch.take(") : -3])[2]
        names.extend(row[0] for row in rows[: len(read[1][2]["lamp"])])
        return read[0][2]["ends"], [one // 4 for one in read[1][2]["lamp"]]

    names: list[str] = []
    theirs = [text(f"theirs-{number}", 2) for number in range(6)]
    ours = [text(f"-{number}", 0) for number in range(6)]
    assert index(*theirs, text("note", 1), text("others-0", 2), *ours[:2]) == ([2, 3], [0, 1, 2, 3, 4])
    assert names == ["-0", "-1", "note", "theirs-0", "others-0"], "notes go before texts, these by turns"
    assert index(*theirs, *ours) == ([6, 6], [])


TWO = ("about", "words-la")
CITED = [
    ("Art. 28", "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/"),
    ("មាត្រា ២៨", "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/"),
    ("18 U.S.C. 1030", "/laws/us-code-18/2023-en/chp_47__sec_1030/"),
    ("18 USC 1030(a)(2)", "/laws/us-code-18/2023-en/chp_47__sec_1030__subsec_a__para_2/"),
    ("18 U.S. Code § 1030", "/laws/us-code-18/2023-en/chp_47__sec_1030/"),
]


def test_the_index_finds_a_clause_by_its_citation(demonstration):
    """As the script searches: texts that have every word in their name."""
    names = [
        (text.address, set(search_index.terms(f"{text.title} {text.place} {text.cited}")))
        for text in search_index.texts()
    ]
    for citation, address in CITED:
        asked = set(search_index.terms(citation))
        named = [one for one, words in names if asked <= words]
        # The parts of a section, in the two languages of a law.
        assert address in named and len(named) < 240, citation
