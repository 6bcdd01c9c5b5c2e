"""Machines die in the middle of work. Afterwards: one result, no half-written rows, every published word as it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lawcompare.engine import reading
from tests import migrated
from tests.conftest import require
from tests.engine.test_read_pdf import two_columns
from tests.services.commands import start
from tests.services.prepared import migrated_cluster, migrated_postgresql, put_static_files
from tests.services.private import NotHere, PostgreSQL, Redis, free_port, redis_server
from tests.services.stage import ask, kill, manage, production, read, run, unwritable, wait_until, web, worker
from tests.test_hostile_files import W, docx
from tests.test_processes import descendants, lives

pytestmark = pytest.mark.services

SECONDS = 180  # on a busy machine
CLAUSES = 400
PAIRS = "comparisons_clausepair"


class Site:
    """A production site with two texts. What is interrupted is mostly held up by a lock, not by its length."""

    def __init__(self, database: PostgreSQL, broker: Redis, folder: Path) -> None:
        self.database, self.broker, self.folder = database, broker, folder
        # Two seconds instead of two minutes, so that the test need not wait for the sweep.
        self.environment = production(database.url, broker.url, folder, WORK_SILENCE_SECONDS="2")

    def fill(self) -> None:
        for version, penalty in (("old", "{n} days"), ("new", "{n} weeks")):
            path = self.folder / f"{version}.md"
            path.write_text(long_act(version, penalty), "utf-8")
            manage(self.environment, "import_law", str(path))
        # Published without a comparison being asked for: each test asks for its own.
        manage(self.environment, "shell", "--no-imports", "-c", PUBLISH)
        self.manifest = manage(self.environment, "check_texts")
        manage(self.environment, "shell", "--no-imports", "-c", COMPARE_ONCE)
        self.reference = self.rows()
        assert len(self.reference) > CLAUSES

    def forget(self) -> None:
        """Take away the comparison that an earlier test left."""
        manage(self.environment, "shell", "--no-imports", "-c", FORGET)

    def request(self, times: int = 1) -> None:
        manage(self.environment, "shell", "--no-imports", "-c", REQUEST.format(times=times))

    def sweep(self) -> None:
        manage(self.environment, "sweep")

    def state(self) -> tuple[str, int]:
        rows = ask(
            self.database.url,
            "SELECT j.state, j.attempts FROM comparisons_comparison c JOIN core_job j ON j.id = c.job_id",
        )
        return rows[0] if rows else ("none", 0)

    def rows(self) -> list[tuple]:
        return ask(
            self.database.url,
            "SELECT position, kind, old_id, new_id, changes::text FROM comparisons_clausepair ORDER BY position",
        )

    def wait_until_running(self) -> None:
        wait_until(lambda: self.state()[0] == "running", SECONDS, "a worker has claimed the comparison")

    def wait_until_done(self) -> None:
        wait_until(lambda: self.state()[0] == "done", SECONDS, f"the comparison is done ({self.state()})")

    def is_whole(self) -> bool:
        """One result, the same as that of a run which nothing interrupted, and no published word changed."""
        assert self.rows() == self.reference
        assert manage(self.environment, "check_texts") == self.manifest
        return True


def long_act(version: str, penalty: str) -> str:
    front = f"---\nlaw: act\nversion: {version}\ntitle: Act {version}\njurisdiction: kh\nkind: draft\nlanguage: en\n"
    front += f"date: '{2019 if version == 'old' else 2020}'\ntext_status: restatement\n---\n\n"
    article = "## Article {n}. On matter {n}\n\nWhoever touches matter {n} is held for {p}, as court {m} decides.\n\n"
    articles = [article.format(n=n, m=n * 7 % 31, p=penalty.format(n=n)) for n in range(1, CLAUSES + 1)]
    return front + "".join(articles)


PUBLISH = """
from lawcompare.laws.models import Version
from lawcompare.laws.services import mark_published
for version in Version.objects.all(): mark_published(version)
"""
COMPARE_ONCE = """
from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs.runner import run_now
from tests.core.making import made
from lawcompare.laws.access import find_version
run_now(made(Comparison, old=find_version("act/old"), new=find_version("act/new")).job)
"""
FORGET = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("TRUNCATE comparisons_comparison CASCADE")
"""
REQUEST = """
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.tasks import run_job
from lawcompare.laws.access import find_version
comparison = request_comparison(find_version("act/old"), find_version("act/new"))
for _ in range({times} - 1): run_job.apply_async(("comparison", comparison.pk))
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory, shared_folder) -> Iterator[Site]:
    with ExitStack() as servers:
        try:
            database = servers.enter_context(migrated_postgresql(shared_folder))
            broker = servers.enter_context(redis_server())
        except NotHere as reason:
            require("services", str(reason))
        site = Site(database, broker, tmp_path_factory.mktemp("site"))
        site.fill()
        yield site


@pytest.fixture
def site(filled: Site) -> Site:
    filled.forget()
    return filled


def test_a_worker_killed_in_mid_comparison_leaves_it_to_another(site):
    with unwritable(site.database.url, PAIRS), worker(site.environment) as first:
        site.request()
        site.wait_until_running()
        kill(first)
    assert site.state()[0] == "running" and site.rows() == []
    time.sleep(2.1)
    with worker(site.environment):
        site.sweep()
        site.wait_until_done()
    assert site.state() == ("done", 2) and site.is_whole()


def test_two_workers_and_a_message_delivered_three_times_make_one_result(site):
    with worker(site.environment, "-n", "one@%h"), worker(site.environment, "-n", "two@%h"):
        site.request(times=3)
        site.wait_until_done()
        time.sleep(1)
    assert site.state() == ("done", 1) and site.is_whole()


def test_a_queue_lost_with_its_redis_is_made_up_for_by_the_sweep(site):
    site.request()
    site.broker.kill()
    site.broker.start()
    with worker(site.environment):
        time.sleep(2.5)
        assert site.state()[0] == "queued"
        site.sweep()
        site.wait_until_done()
    assert site.is_whole()


# Far more than a request waits for a Redis that does not answer, and far less than one that tries again and again.
SECONDS_TO_ACCEPT = 10


@pytest.mark.parametrize("away", [signal.SIGKILL, signal.SIGSTOP], ids=["gone", "there and mute"])
def test_what_is_asked_while_redis_is_away_is_accepted_and_done_later(site, away):
    def seconds_of(command: Callable[[], object]) -> float:
        begun = time.monotonic()
        command()
        return time.monotonic() - begun

    usual = seconds_of(lambda: manage(site.environment, "check_texts"))
    site.broker.process.send_signal(away)
    try:
        assert seconds_of(site.request) < SECONDS_TO_ACCEPT + 10 * usual
        assert site.state()[0] == "queued"
    finally:
        site.broker.kill()
        site.broker.start()
    time.sleep(2.1)
    with worker(site.environment):
        site.sweep()
        site.wait_until_done()
    assert site.is_whole()


def test_readers_are_served_while_redis_is_away(site, shared_folder):
    put_static_files(shared_folder, site.folder)
    port = free_port()
    with web(site.environment, port):
        assert read(port, "/laws/act/old/")[0] == 200
        site.broker.kill()
        try:
            assert [read(port, path)[0] for path in ("/", "/laws/act/old/", "/laws/act/new/")] == [200] * 3
            assert read(port, "/readyz")[0] == 503
        finally:
            site.broker.start()


NOTES = 3000
WRITE_NOTES = """
from django.utils import timezone
from lawcompare.accounts.models import Organisation
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.publishing.models import Carrying
from lawcompare.annotations.targets import set_target
from lawcompare.core.jobs.runner import run_now
from tests.core.making import made
from lawcompare.laws.access import find_version
old, new = find_version("act/old"), find_version("act/new")
centre = Organisation.objects.create(slug="centre", name="The Centre")
clauses, notes = list(old.clauses.order_by("position")), []
for n in range({notes}):
    note = Annotation(slug=f"note-{{n}}", body="Why.", risk=3, organisation=centre, version=old,
                      status=NoteStatus.PUBLISHED, published_at=timezone.now())
    set_target(note, clauses[n % len(clauses)], "is held for" if n % 2 else "")
    notes.append(note)
Annotation.objects.bulk_create(notes)
run_now(made(Carrying, old=old, new=new).job)
"""
CARRY = """
from lawcompare.publishing.carrying_forward.services import request_carryings
from lawcompare.laws.access import find_version
request_carryings(find_version("act/new"))
"""
CARRIED = "SELECT annotation_id, verdict, clause_id, start, score FROM publishing_carried ORDER BY annotation_id, id"


@pytest.mark.soak
def test_a_worker_killed_in_mid_carrying_carries_every_note_once(site):
    manage(site.environment, "shell", "--no-imports", "-c", WRITE_NOTES.format(notes=NOTES))
    reference = ask(site.database.url, CARRIED)
    assert len(reference) == NOTES and {row[1] for row in reference} != {""}
    forget = FORGET.replace("comparisons_comparison", "publishing_carrying")
    count = lambda: ask(site.database.url, "SELECT count(*) FROM publishing_carried WHERE verdict <> ''")[0][0]  # noqa: E731
    for _try in range(5):  # a quick machine may be done before it is killed
        manage(site.environment, "shell", "--no-imports", "-c", forget)
        with worker(site.environment) as first:
            # Not waited for: the worker begins while this program is still ending.
            asking = start(site.environment, "manage.py", "shell", "--no-imports", "-c", CARRY)
            wait_until(lambda: count() > 0, SECONDS, "some notes are carried")
            kill(first)
            asking.wait(SECONDS)
        if count() < NOTES:
            break
    left = count()
    assert 0 < left < NOTES, "killed before the first note or after the last: nothing is proved"
    time.sleep(2.1)
    with worker(site.environment):
        site.sweep()
        state = "SELECT j.state, j.attempts FROM publishing_carrying c JOIN core_job j ON j.id = c.job_id"
        wait_until(lambda: ask(site.database.url, state) == [("done", 2)], SECONDS, "the carrying is done")
    assert ask(site.database.url, CARRIED) == reference
    assert manage(site.environment, "check_texts") == site.manifest


HAND_IN = """
from pathlib import Path
from lawcompare.accounts.models import Organisation
from lawcompare.accounts.services import add_member
from lawcompare.imports.upload import services
from tests import second_factor
organisation, _ = Organisation.objects.get_or_create(slug="desk", defaults={{"name": "The Desk"}})
eve, is_new = add_member("eve@example.org", organisation, "editor")
if is_new: second_factor.give(eve)
path = Path({path!r})
services.take_in(eve, path.read_bytes(), path.name)
"""


def long_text(articles: int = 8000) -> bytes:
    text = "Article {n}. On matter {n}\nWhoever touches matter {n} pays.\n\n"
    return "".join(text.format(n=n) for n in range(1, articles + 1)).encode()


def long_word_file() -> bytes:
    """As Word keeps it: a paragraph for each line."""
    lines = (line for line in long_text().decode().splitlines() if line)
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    return docx(f"<w:document {W}><w:body>{paragraphs}</w:body></w:document>")


PAGES = 30
READ = {"txt": long_text, "docx": long_word_file, "pdf": lambda: two_columns(PAGES)[0]}


# The worker does the same whatever the form.
@pytest.mark.parametrize("form", ["pdf", *(pytest.param(form, marks=pytest.mark.soak) for form in ("txt", "docx"))])
def test_a_worker_killed_in_mid_reading_leaves_the_file_to_another(site, tmp_path, form):
    data = READ[form]()
    path, count = tmp_path / f"long.{form}", len(reading.read(data, filename=f"long.{form}").clauses)
    path.write_bytes(data)
    newest = """SELECT j.state, j.attempts, d.clause_count FROM imports_importdraft d
                JOIN core_job j ON j.id = d.reading_job_id ORDER BY j.id DESC LIMIT 1"""
    draft = lambda: ask(site.database.url, newest)[0]  # noqa: E731
    kept = lambda: ask(site.database.url, "SELECT count(*) FROM laws_original")[0][0]  # noqa: E731
    before = kept()
    manage(site.environment, "shell", "--no-imports", "-c", HAND_IN.format(path=str(path)))
    with worker(site.environment) as first:
        wait_until(lambda: draft()[0] == "running", SECONDS, "a worker reads the file")
        kill(first)
    assert draft() == ("running", 1, 0), "the reading was not interrupted: nothing is proved"
    time.sleep(2.1)
    with worker(site.environment):
        site.sweep()
        wait_until(lambda: draft()[0] == "done", SECONDS, f"the file is read ({draft()})")
    assert draft() == ("done", 2, count) and count > 100
    # The file and what was read from it, each once; its pages are drawn when somebody looks at them.
    assert kept() == before + 2
    assert manage(site.environment, "check_texts") == site.manifest


def test_no_process_lives_of_a_worker_that_is_killed_in_mid_reading(site, tmp_path):
    """Its own, and the box with the file: the worker alone is killed, and nobody tells them."""
    path = tmp_path / "long.pdf"
    path.write_bytes(READ["pdf"]())
    manage(site.environment, "shell", "--no-imports", "-c", HAND_IN.format(path=str(path)))
    with worker(site.environment) as first:
        wait_until(lambda: len(descendants(first.pid)) > 1, SECONDS, "a worker's process has a reader")
        started = descendants(first.pid)
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: not any(map(lives, started)), 2, f"none of {started} lives")


STORE = """
from lawcompare.accounts.models import User
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.storing import services
eve, draft = User.objects.get(email="eve@example.org"), ImportDraft.objects.latest("pk")
details = {"title": "Of matters", "language": "en", "date": "2024", "text_status": "leaked", "law": "matters",
           "version": "v1", "law_title": "Of matters", "jurisdiction": "kh", "kind": "draft"}
services.ask_to_store(eve, draft, details, is_public=False, unchecked_is_known=True)
"""
UNSTORE = """
from lawcompare.imports.models import ImportDraft
from lawcompare.laws.models import Law, Version
ImportDraft.objects.filter(version__law__title="Of matters").delete()
Version.objects.filter(law__title="Of matters").delete()
Law.objects.filter(title="Of matters").delete()
"""


@pytest.mark.soak
def test_a_worker_killed_in_mid_storing_leaves_one_whole_text_to_another(site, tmp_path):
    path = tmp_path / "matters.txt"
    path.write_bytes(long_text(800) + b"Article 801. The last\nIt ends.\n")  # storing it is held up below
    newest = "SELECT state, attempts FROM core_job WHERE kind = '{}' ORDER BY id DESC LIMIT 1"
    job = lambda kind: ask(site.database.url, newest.format(kind))[0]  # noqa: E731
    clauses = "SELECT count(*) FROM laws_version v JOIN laws_law l ON l.id = v.law_id{} WHERE l.title = 'Of matters'"
    stored = lambda: [  # noqa: E731
        ask(site.database.url, clauses.format(join))[0][0]
        for join in ("", " JOIN laws_clause c ON c.version_id = v.id")
    ]
    manage(site.environment, "shell", "--no-imports", "-c", HAND_IN.format(path=str(path)))
    with worker(site.environment):
        wait_until(lambda: job("reading")[0] == "done", SECONDS, "the file is read")
    manage(site.environment, "shell", "--no-imports", "-c", STORE)
    with unwritable(site.database.url, "laws_clause"), worker(site.environment) as first:
        wait_until(lambda: job("storing")[0] == "running", SECONDS, "a worker stores the text")
        kill(first)
    assert job("storing") == ("running", 1) and stored() == [0, 0], "the storing was not interrupted: nothing is proved"
    time.sleep(2.1)
    with worker(site.environment):
        site.sweep()
        wait_until(lambda: job("storing")[0] == "done", SECONDS, "the text is stored")
    assert stored() == [1, 801]
    manage(site.environment, "shell", "--no-imports", "-c", UNSTORE)
    assert manage(site.environment, "check_texts") == site.manifest


def test_a_query_ends_with_the_process_that_asked_it(site):
    long = "from django.db import connection; connection.cursor().execute('SELECT pg_sleep(120)')"
    running = "SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(120)' AND state = 'active'"
    process = start(site.environment, "manage.py", "shell", "--no-imports", "-c", long)
    wait_until(lambda: bool(ask(site.database.url, running)), SECONDS, "the query runs")
    kill(process)
    wait_until(lambda: not ask(site.database.url, running), 30, "it ended")


def test_a_database_restarted_in_mid_comparison_loses_nothing(site):
    with worker(site.environment):
        with unwritable(site.database.url, PAIRS):
            site.request()
            site.wait_until_running()
            site.database.stop()
        site.database.start()
        time.sleep(2.1)
        site.sweep()
        site.wait_until_done()
    assert site.is_whole()


def test_an_import_killed_at_any_moment_leaves_a_whole_text_or_none(site, tmp_path):
    path = tmp_path / "later.md"
    path.write_text(long_act("old", "{n} years").replace("version: old", "version: later"), "utf-8")
    command = ["manage.py", "import_law", str(path)]
    begun = time.monotonic()
    start(site.environment, *command, "--version", "timed").wait(SECONDS)
    whole = time.monotonic() - begun
    assert count_clauses(site, "timed") == (1, CLAUSES)
    seen = set()
    for share in (0.7, 0.85, 0.95):
        process = start(site.environment, *command)
        time.sleep(whole * share)
        kill(process)
        seen.add(count_clauses(site, "later"))
    assert seen <= {(0, 0), (1, CLAUSES)}
    manage(site.environment, "import_law", str(path))
    assert count_clauses(site, "later") == (1, CLAUSES)
    assert manage(site.environment, "check_texts") == site.manifest


def count_clauses(site: Site, version: str) -> tuple[int, int]:
    (row,) = ask(
        site.database.url,
        "SELECT count(DISTINCT v.id), count(c.id) FROM laws_version v LEFT JOIN laws_clause c ON c.version_id = v.id "
        f"WHERE v.slug = '{version}'",
    )
    return row


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "lawcompare-test", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be made by root: " + mounted.stderr.decode().strip())
    try:
        yield folder
    finally:
        # A server that has just ended may hold its files a moment longer: the disk goes when the last one is closed.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_refuses_with_a_sentence_and_a_freed_one_goes_on(tmp_path, shared_folder):
    """The embedded database, which shares its disk with everything else."""
    law = tmp_path / "act.md"
    law.write_text(long_act("old", "{n} days"), "utf-8")
    with small_disk(tmp_path / "disk", 24) as disk:
        environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        environment |= {
            "EMBEDDED": "1",
            "TASKS": "inline",
            "DATA_DIR": str(disk),
            "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
        }
        migrated.give_to_site(shared_folder, disk / "lawcompare.sqlite3")
        manage(environment, "import_law", "fixtures/laws/kh-cybercrime/2012-v1-en.md", "--publish")
        before = manage(environment, "check_texts")
        ballast = disk / "ballast"
        fill(ballast)
        refused = run(environment, "import_law", str(law))
        assert refused.returncode == 1 and "Nothing half-written was kept" in refused.stderr
        assert "Traceback" not in refused.stderr
        ballast.unlink()
        assert manage(environment, "check_texts") == before
        assert "act" not in before
        manage(environment, "import_law", str(law), "--publish")
        assert set(json.loads(before)) < set(json.loads(manage(environment, "check_texts")))


def fill(path: Path) -> None:
    """Take all the room there is."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(64 * 1024))
        except OSError:
            return


HAND_IN_BY_DESK = """
from lawcompare.accounts.models import Organisation
from lawcompare.accounts.services import add_member
from tests import second_factor
eve, _ = add_member("eve@example.org", Organisation.objects.create(slug="desk", name="The Desk"), "editor")
second_factor.give(eve)
"""
HALF = """
SELECT (SELECT count(*) FROM laws_version v WHERE v.clause_count <>
          (SELECT count(*) FROM laws_clause c WHERE c.version_id = v.id)),
       (SELECT count(*) FROM imports_importdraft d WHERE NOT EXISTS
          (SELECT 1 FROM laws_original o WHERE o.digest = d.original))
"""


PUBLISH_WAITING = """
from lawcompare.laws.access import find_version
from lawcompare.publishing.services import publish
publish(find_version("act/waiting"))
"""
# Public without the job that examines it, or examined and indexed without being public.
HALF_PUBLISHED = """
SELECT count(*) FROM laws_version v WHERE (v.published_at IS NULL) <> NOT EXISTS
  (SELECT 1 FROM crosswalk_examination e WHERE e.version_id = v.id)
"""


@pytest.mark.soak
def test_a_full_disk_of_postgresql_refuses_with_a_sentence_and_a_freed_one_goes_on(tmp_path, shared_folder):
    """Texts and uploaded files lie in the database: neither is half there afterwards, and nothing else changed."""
    law, leak = tmp_path / "act.md", tmp_path / "leak.txt"
    law.write_text(long_act("old", "{n} days"), "utf-8")
    leak.write_bytes(long_text(2000))
    with ExitStack() as stack:
        try:
            server = PostgreSQL(migrated_cluster(shared_folder))
        except NotHere as reason:
            require("services", str(reason))
        stack.callback(server.remove)
        disk = stack.enter_context(small_disk(server.folder / "disk", 160))
        shutil.chown(disk, server.folder.owner(), server.folder.group())
        server.data = disk / "data"
        server.make()
        server.start("-c max_wal_size=32MB -c min_wal_size=32MB -c autovacuum=off")
        stack.callback(server.stop)
        environment = production(server.url, "", tmp_path / "data", TASKS="inline")
        (tmp_path / "data").mkdir()
        manage(environment, "import_law", "fixtures/laws/kh-cybercrime/2012-v1-en.md", "--publish")
        manage(environment, "shell", "--no-imports", "-c", HAND_IN_BY_DESK)
        manage(environment, "import_law", str(law), "--version", "waiting")
        before = manage(environment, "check_texts")
        ballast = disk / "ballast"
        fill(ballast)
        published = run(environment, "shell", "--no-imports", "-c", PUBLISH_WAITING)
        if published.returncode:  # it may find the little room that it needs
            assert "is its disk full?" in published.stderr and "Traceback" not in published.stderr
        assert ask(server.url, HALF_PUBLISHED) == [(0,)]
        for command in (["import_law", str(law)], ["import_folder", str(tmp_path), "--editor", "eve@example.org"]):
            refused = run(environment, *command)
            assert refused.returncode == 1 and "is its disk full?" in refused.stderr, (command, refused.stderr)
            assert "Traceback" not in refused.stderr
        ballast.unlink()
        if run(environment, "check_texts").returncode:  # it had no room for its own log, and ended
            server.start()
        after = json.loads(manage(environment, "check_texts"))
        assert json.loads(before).items() <= after.items() and "act/old" not in after
        assert ask(server.url, HALF) == [(0, 0)]
        manage(environment, "shell", "--no-imports", "-c", PUBLISH_WAITING)
        assert ask(server.url, HALF_PUBLISHED) == [(0,)]
        manage(environment, "import_law", str(law), "--publish")
        printed = manage(environment, "import_folder", str(tmp_path), "--editor", "eve@example.org")
        assert "leak.txt: read, 2000 clauses" in printed
        assert set(json.loads(before)) < set(json.loads(manage(environment, "check_texts")))
        assert ask(server.url, HALF) == [(0, 0)]
        manage(environment, "check_audit")
