"""A name planted in every field of a Word file and of a PDF beside the text comes out nowhere, whoever looks."""

from __future__ import annotations

import logging
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import unescape
from io import StringIO
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from lawcompare.core.models import Entry
from lawcompare.core.page_cache.content_token import set_triggers
from lawcompare.imports.models import ImportDraft
from lawcompare.laws.models import Version
from tests import planting
from tests.accounts.test_permissions import ARGUMENTS, TABLE, patterns
from tests.imports.conftest import DETAILS
from tests.site.test_backup import run_all

pytestmark = [pytest.mark.django_db(transaction=connection.vendor == "postgresql"), pytest.mark.verify]
FILES = {
    "docx": (f"{planting.NAME}.docx", planting.planted_docx),
    "pdf": (f"{planting.NAME}.pdf", planting.planted_pdf),
}
# Every address is asked for; from the pages among them the first few links of each kind are followed.
LINKS_A_KIND = 2


class Lines(logging.Handler):
    """Every line that any logger would write, with its traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.details: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.details.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root, ours = Lines(), logging.getLogger(), logging.getLogger("lawcompare")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    ours.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    ours.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def published(client, cast, settings, lines, django_capture_on_commit_callbacks):
    """Both files, handed in, read, and published under the same law by an editor; and the editor's client."""
    settings.ALLOWED_HOSTS = ["testserver"]
    set_triggers()
    client.force_login(cast.eve)
    for number, (name, make) in enumerate(FILES.values(), start=1):
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/workspace/imports/", {"files": [SimpleUploadedFile(name, make())]})
        draft = ImportDraft.objects.order_by("-pk").first()
        assert (draft.state, draft.clause_count) == ("ready", len(planting.ARTICLES)), draft.job.reason
        details = DETAILS | {"date": f"200{number}", "title": f"Draft {number}"}
        details |= {"law": "law-on-lamps"} if number > 1 else {}
        client.post(f"{draft.get_absolute_url()}about/", details | {"preview": "1"})
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"{draft.get_absolute_url()}publish/", {"unchecked": "1"})
    assert Version.objects.published().count() == len(FILES)
    return client


def starts() -> Iterator[str]:
    """Every address of the site, with the published texts as its examples."""
    old, new = Version.objects.order_by("pk")
    names = {"law": old.law.slug, "version": old.slug, "eid": old.clauses.first().eid}
    names |= {"old_law": old.law.slug, "old_version": old.slug, "new_law": old.law.slug, "new_version": new.slug}
    examples = ARGUMENTS | names
    for name, arguments in patterns():
        if name in TABLE and "logout" not in name:
            yield reverse(name, kwargs={argument: examples[argument] for argument in arguments})


@cache
def kind_of(path: str) -> tuple[str, ...]:
    """The name of the address, its language, and what its query asks for: pages of one kind are made alike."""
    parts = urlsplit(path)
    try:
        with translation.override("km" if parts.path.startswith("/km/") else "en"):
            name = resolve(parts.path).view_name
    except Resolver404:
        name = parts.path
    return (name, parts.path[:4], *sorted(parse_qs(parts.query, keep_blank_values=True)))


def is_sample(path: str) -> bool:
    """Whether it is the style guide as one of its samples links to it; it shows the same samples again."""
    return "/styleguide/?" in path


def walk(client) -> Iterator[tuple[str, bytes]]:
    """What every address answers, and what a few addresses of each kind answer that a page among them links to."""
    begun = list(starts())
    waiting, seen, kinds = list(begun), set(), Counter()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if path in seen or (kinds[kind] >= LINKS_A_KIND and path not in begun):
            continue
        seen.add(path)
        kinds[kind] += 1
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield path, str(dict(answer.headers)).encode() + body
        if "html" in answer.get("Content-Type", ""):
            waiting += [one for one in links(path, body.decode()) if one not in seen and not is_sample(one)]


def links(path: str, html: str) -> Iterator[str]:
    for matches in re.findall(r'(?:href|src|action)="([^"#]+)', html):
        parts = urlsplit(urljoin(path, unescape(matches)))
        if not parts.netloc and "logout" not in parts.path and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def test_the_files_hold_the_name_in_every_field():
    """What is planted is there to be found, the search itself is able to find it, and the reader reads the file."""
    for _name, make in FILES.values():
        assert planting.is_in(make())
    word, printed = planting.planted_docx(), planting.planted_pdf()
    assert len(planting.PLANTED.findall(printed)) >= 20
    assert planting.is_in(planting.planted_jpeg())
    assert sum(bool(planting.PLANTED.search(one)) for one in planting._unpacked(word)) >= 9
    assert not planting.is_in(b"Sokha and Dara planted rice")


# Who may see most in the organisation that handed the files in; in the soak also readers and who belongs to another.
SEE_LESS = [pytest.param(who, marks=pytest.mark.soak) for who in ("visitor", "charlie")]


@pytest.mark.parametrize("who", ["eve", *SEE_LESS])
def test_it_stands_on_no_page_in_no_export_and_in_no_log(published, cast, lines, who):
    published.logout()
    if who != "visitor":
        published.force_login(getattr(cast, who))
    bodies = dict(walk(published))
    assert len(bodies) > 150
    for ending in (".json", ".docx", ".pdf", ".md", ".akn.xml", ".txt", ".csv", ".xlsx", ".jsonld", ".atom"):
        assert any(urlsplit(path).path.endswith(ending) for path in bodies), ending
    leaking = [path for path, body in bodies.items() if planting.is_in(body) or planting.is_in(unquote(path).encode())]
    assert not leaking
    assert not [line for line in lines.details if planting.is_in(line.encode())]
    assert not [entry for entry in Entry.objects.all() if planting.is_in(str(vars(entry)).encode())]


def test_it_stands_in_no_file_of_a_mirror(published, settings, tmp_path):
    for name in ("source-serif-4", "source-serif-4-italic", "noto-sans-khmer", "moul"):
        (settings.FONT_DIR / f"{name}.woff2").write_bytes(b"a face")
    call_command(
        "export_site", tmp_path / "mirror", "--processes", "1", "--site", "http://testserver", stdout=StringIO()
    )
    files = [path for path in (tmp_path / "mirror").rglob("*") if path.is_file()]
    assert len(files) > 40
    assert not [str(path) for path in files if planting.is_in(path.read_bytes()) or planting.is_in(path.name.encode())]


HAND_IN = """
from lawcompare.accounts.models import Organisation
from lawcompare.accounts.services import add_member
from django.utils import timezone
from lawcompare.imports.models import ImportBatch, ImportDraft
from lawcompare.imports.storing.services import ask_to_store
from lawcompare.imports.upload import services
from lawcompare.imports.upload.files import unpack
from tests import planting, second_factor
from tests.test_planted_names import FILES
eve, _ = add_member("eve@example.org", Organisation.objects.create(slug="centre", name="The Centre"), "editor")
second_factor.give(eve)
for number, (name, make) in enumerate(FILES.values()):
    data = make()
    services.take_in(eve, data, name)
    draft = ImportDraft.objects.order_by("-pk").first()
    details = {"title": f"Draft {number}", "language": "en", "date": f"200{number}", "text_status": "leaked",
               "law": "lamps", "version": f"v{number}", "law_title": "Lamps", "jurisdiction": "kh", "kind": "draft"}
    assert "Planted" not in draft.title
    ask_to_store(eve, draft, details, is_public=True, unchecked_is_known=True)
services.take_in(eve, planting.planted_docx() + b" ", name)
services.discard(eve, ImportDraft.objects.order_by("-pk").first())
services.take_in_many(eve, unpack(planting.planted_zip(data), name))
assert planting.is_in(str(ImportBatch.objects.get().others).encode())
ImportBatch.objects.update(created_at=timezone.now() - services.NAMES_KEPT)
services.forget_names(None, None)
"""


def test_it_stands_in_no_byte_of_a_backup(tmp_path, put_migrated_database):
    """Not in the manifest, not in the database, not in what is left of rows that were changed or thrown away."""
    (tmp_path / "backups").mkdir()
    put_migrated_database(tmp_path / "lawcompare.sqlite3")
    backup = f"call_command('backup', {str(tmp_path / 'backups')!r})"
    done = run_all(tmp_path, "call_command('migrate', verbosity=0)", HAND_IN, backup)
    assert done.returncode == 0, done.stderr
    assert not planting.is_in((done.stdout + done.stderr).encode())
    (path,) = (tmp_path / "backups").iterdir()
    with tarfile.open(path) as archive:
        parts = {name: archive.extractfile(name).read() for name in archive.getnames()}
    assert (
        set(parts) == {"manifest.json", "manifest.sha256", "database.sqlite3"}
        and b"Data retention" in parts["database.sqlite3"]
    )
    assert not [name for name, data in parts.items() if planting.is_in(data)]
    assert not planting.is_in(path.read_bytes())
