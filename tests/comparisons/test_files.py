"""The file of a long comparison is a job with progress, then the file; here every comparison is a long one."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import timedelta
from threading import BoundedSemaphore

import pytest
from django.core.cache import cache
from django.utils import timezone

from lawcompare.accounts.models import Membership
from lawcompare.accounts.responses import LongAnswers
from lawcompare.accounts.services import set_display_name
from lawcompare.comparisons import exports
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.correcting.services import set_together
from lawcompare.comparisons.exports import ExportFailed
from lawcompare.comparisons.models import ComparisonFile
from lawcompare.comparisons.services import propose_lead
from lawcompare.core.jobs import runner
from lawcompare.core.jobs.models import Job
from lawcompare.core.log.services import record
from lawcompare.laws.models import Withdrawal
from lawcompare.laws.uploads import sandbox
from tests import proposals
from tests.engine.test_write_docx import decide

pytestmark = pytest.mark.django_db
PAGE = "/compare/draft/old/with/draft/new"
STARTS = {"docx": b"PK", "xlsx": b"PK", "pdf": b"%PDF-"}


@pytest.fixture(autouse=True)
def every_comparison_is_long(monkeypatch):
    cache.clear()
    monkeypatch.setattr(exports, "CLAUSES_AT_ONCE", 1)


def ask(client, form: str = "docx", prefix: str = "", **headers: str):
    return client.post(f"{prefix}{PAGE}.{form}", headers=headers or {"sec-fetch-site": "same-origin"})


def work() -> None:
    for file in ComparisonFile.objects.filter(job__state="queued"):
        runner.run_now(file.job)


@pytest.mark.parametrize("form", STARTS)
def test_it_is_asked_for_written_by_a_worker_and_given_out(client, drafts, form):
    page = client.get(f"{PAGE}.{form}")
    assert "written in the background" in page.content.decode() and "Set-Cookie" not in page.headers
    assert not ComparisonFile.objects.exists(), "GET writes nothing"
    assert ask(client, form).headers["Location"] == f"{PAGE}.{form}"
    waiting = client.get(f"{PAGE}.{form}").content.decode()
    assert 'hx-trigger="load delay:1s"' in waiting and "<progress" in waiting and "<form method" not in waiting
    work()
    answer = client.get(f"{PAGE}.{form}")
    assert answer.content.startswith(STARTS[form])
    assert answer.headers["Content-Disposition"] == f'attachment; filename="draft-old--draft-new.{form}"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    stored = bytes(ComparisonFile.objects.get().content)
    assert not stored.startswith(STARTS[form]), "sealed"


def test_it_holds_what_the_file_of_a_short_one_holds(client, drafts, monkeypatch):
    ask(client)
    work()
    long = client.get(f"{PAGE}.docx").content
    monkeypatch.setattr(exports, "CLAUSES_AT_ONCE", 1_000)
    short = client.get(f"{PAGE}.docx").content
    for verb in ("accept", "refuse"):
        assert decide(long, verb) == decide(short, verb)


def test_its_progress_is_told_paragraph_by_paragraph(drafts):
    reports = []
    for form in ("docx", "pdf"):
        reports.clear()
        exports.write(find_comparison(*drafts), form, "http://testserver", lambda *one: reports.append(one))
        total = reports[-1][2]
        assert [done for _step, done, _total in reports] == list(range(1, total + 1)) and total > 10


def test_htmx_is_told_how_far_it_is_and_then_where_the_file_is(client, drafts):
    ask(client)
    part = {"HX-Request": "true"}
    under_way = client.get(f"{PAGE}.docx", headers=part).content.decode()
    assert "hx-get" in under_way and "<html" not in under_way
    work()
    ready = client.get(f"{PAGE}.docx", headers=part).content.decode()
    assert "hx-get" not in ready and f'href="{PAGE}.docx"' in ready and "Download the DOCX file" in ready


def test_each_language_has_its_own(client, drafts):
    ask(client, "docx", "/km")
    work()
    assert client.get(f"/km{PAGE}.docx").content.startswith(b"PK")
    assert "written in the background" in client.get(f"{PAGE}.docx").content.decode()


def test_asking_again_starts_nothing_while_it_is_written_or_there(client, drafts):
    ask(client)
    ask(client)
    work()
    ask(client)
    assert Job.objects.get(kind="comparisonfile", state="done").attempts == 1


def test_it_goes_into_the_visitors_line_only_as_one_that_they_asked_for(client, drafts, cast, monkeypatch):
    """So did one of any length that waited in an organisation's turn."""
    Job.objects.update(state="done")
    file = exports.request_file(find_comparison(*drafts), "docx", "en", "http://testserver", cast.charlie)
    for clauses_a_use, owner in ((1, cast.others), (5_000, None)):
        monkeypatch.setattr(exports, "WRITTEN_A_USE", (clauses_a_use, 10**6))
        assert ask(client).status_code == 302
        assert Job.objects.get(pk=file.job_id).owner == owner


def test_after_a_day_it_is_forgotten(client, drafts):
    ask(client)
    work()
    Job.objects.filter(kind="comparisonfile").update(
        finished_at=timezone.now() - exports.KEPT_FOR - timedelta(minutes=1)
    )
    assert "written in the background" in client.get(f"{PAGE}.docx").content.decode()
    ask(client)
    assert ComparisonFile.objects.get().job.state == "queued", "and asked for anew"
    work()
    exports.forget_old_files(None, None)
    assert ComparisonFile.objects.count() == 1
    Job.objects.filter(kind="comparisonfile").update(
        finished_at=timezone.now() - exports.KEPT_FOR - timedelta(minutes=1)
    )
    exports.forget_old_files(None, None)
    assert not ComparisonFile.objects.exists()


def test_a_sentence_that_staff_refused_leads_no_file_any_more(client, drafts, cast):
    lead = propose_lead(cast.rita, *drafts, "Nothing changed.")
    ask(client, "xlsx")
    work()
    proposals.decide(cast.sara, lead, "refuse")
    assert "written in the background" in client.get(f"{PAGE}.xlsx").content.decode()


def test_a_name_that_was_taken_back_stands_in_no_file_any_more(client, drafts, cast):
    set_display_name(cast.rita, "Rita Planted")
    one, other = (text.clauses.filter(element="article")[2] for text in drafts)
    decision = set_together(cast.rita, *drafts, [(one, other)], "They are one.", names_person=True)
    proposals.decide(cast.sara, decision)
    unnamed = set_together(cast.charlie, *drafts, [(None, other.version.clauses.get(num="Article 1"))], "It is new.")
    proposals.decide(cast.sara, unnamed)
    client.force_login(cast.sara)
    renamed = {"name": "Unnamed", "_save": "Save"}
    ends = [
        lambda: client.post(f"/admin/accounts/organisation/{cast.centre.pk}/change/", renamed),
        lambda: set_display_name(cast.rita, ""),
    ]
    for words, end in zip([b"The Centre", b"Rita Planted"], ends, strict=True):
        ask(client, "xlsx")
        work()
        record("undo", "decision/9", by=cast.charlie, organisation="others")  # what others do shows by nothing
        set_display_name(cast.charlie, f"Charlie {words}")  # who decided on a row of it, and is not named
        record("withdraw name", "decision/9", by=cast.rita, organisation="centre")  # beside another decision
        assert words in strings_of(client.get(f"{PAGE}.xlsx").content)
        end()
        assert "written in the background" in client.get(f"{PAGE}.xlsx").content.decode()
        ask(client, "xlsx")
        work()
        assert words not in strings_of(client.get(f"{PAGE}.xlsx").content)


def strings_of(workbook: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read("xl/sharedStrings.xml")


def test_a_file_that_no_key_opens_is_written_anew(client, drafts, settings):
    ask(client)
    work()
    settings.SECRET_KEY = "another key that is long enough to be taken for one"
    settings.SECRET_KEY_FALLBACKS = []
    assert "written in the background" in client.get(f"{PAGE}.docx").content.decode()
    ask(client)
    work()
    assert client.get(f"{PAGE}.docx").content.startswith(b"PK")


def test_while_a_reader_waits_a_pdf_has_few_seconds_which_count(client, drafts, settings, monkeypatch):
    """Words that all differ took a minute of each thread that serves pages, 60 times an hour for whoever asked."""
    monkeypatch.setattr(exports, "CLAUSES_AT_ONCE", 1_000)
    settings.READER_SANDBOX, settings.LONG_SECONDS_PER_HOUR = True, 2
    monkeypatch.setattr(exports, "SECONDS_AT_ONCE", 1)
    monkeypatch.setattr(exports, "WORKER", [sys.executable, "-c", "import time; time.sleep(60)"])
    assert [client.get(f"{PAGE}.pdf").status_code for _time in range(2)] == [503, 429]
    assert client.get(PAGE + "/").status_code == 200


def test_what_breaks_down_is_a_sentence_and_can_be_asked_for_again(client, drafts, monkeypatch):
    def fail(*_given):
        raise ExportFailed

    monkeypatch.setattr(exports, "as_pdf", fail)
    ask(client, "pdf")
    work()
    page = client.get(f"{PAGE}.pdf").content.decode()
    assert "The PDF could not be made" in page and "<form method" in page
    monkeypatch.undo()
    monkeypatch.setattr(exports, "CLAUSES_AT_ONCE", 1)
    ask(client, "pdf")
    work()
    assert client.get(f"{PAGE}.pdf").content.startswith(b"%PDF-")


def test_asking_is_limited_by_the_hour_and_fetching_is_not(client, drafts, settings):
    settings.FILES_PER_HOUR = 1
    assert ask(client).status_code == 302
    work()
    assert ask(client, "pdf").status_code == 429 and ComparisonFile.objects.count() == 1
    for _time in range(3):
        assert client.get(f"{PAGE}.docx").content.startswith(b"PK")


def test_visitors_who_wait_in_one_line_have_so_much_made_in_ten_minutes(client, drafts, settings, monkeypatch, cast):
    settings.FILES_PER_HOUR = 20
    assert ask(client).status_code == 302 and ask(client, "pdf").status_code == 302
    assert ask(client, "xlsx").status_code == 429, "a tenth of the hour's"
    cache.clear()
    monkeypatch.setattr(exports, "WRITTEN_A_USE", (1, 1))
    refused = ask(client, "xlsx")
    assert refused.status_code == 429 and "only members of an organisation" in refused.content.decode()
    assert ask(client, "pdf").status_code == 302, "it was not counted"
    client.force_login(cast.rita)
    assert ask(client, "xlsx").status_code == 302
    Membership.objects.filter(user=cast.rita).delete()
    assert ask(client, "xlsx", "/km").status_code == 429, "who belongs to no organisation is a visitor"


def test_a_file_that_another_asked_for_does_not_wait_for_all_else_of_theirs(client, drafts, cast):
    client.force_login(cast.rita)
    ask(client)
    file = ComparisonFile.objects.get()
    assert file.job.owner == cast.centre
    client.logout()
    assert ask(client).status_code == 302
    file.job.refresh_from_db()
    assert (file.job.owner, file.job.state) == (None, "queued")


def test_of_a_text_that_was_withdrawn_no_file_is_given_out(client, drafts):
    ask(client)
    work()
    Withdrawal.objects.create(version=drafts[0], reason="A mistake.")
    answer = client.get(f"{PAGE}.docx")
    assert answer.status_code in {404, 410} and not answer.content.startswith(b"PK")


def test_the_file_of_a_short_comparison_is_there_at_once(client, drafts, monkeypatch):
    monkeypatch.setattr(exports, "CLAUSES_AT_ONCE", 1_000)
    assert client.get(f"{PAGE}.docx").content.startswith(b"PK")
    assert ask(client).headers["Location"] == f"{PAGE}.docx" and not ComparisonFile.objects.exists()


def test_a_pdf_of_letters_that_take_long_to_set_is_written_by_a_worker(
    client, store, monkeypatch, django_capture_on_commit_callbacks
):
    """120,000 letters of Khmer took ten seconds, in which two dozen addresses of one visitor held all threads."""
    monkeypatch.setattr(exports, "CLAUSES_AT_ONCE", 1_000)
    for name, date in (("old", "2019"), ("new", "2020")):
        with django_capture_on_commit_callbacks(execute=True):
            store(f"## Article 1. Aim\n\n{'ក' * 120} {name}\n", name, date=date, status="official")
    monkeypatch.setattr(exports, "CHARACTERS_AT_ONCE", 1_000)
    assert "written in the background" in client.get(f"{PAGE}.pdf").content.decode()
    assert client.get(f"{PAGE}.docx").content.startswith(b"PK")


def test_two_files_at_once_of_a_network_leave_the_other_threads_to_others(client, drafts, monkeypatch):
    monkeypatch.setattr(exports, "CLAUSES_AT_ONCE", 1_000)
    monkeypatch.setattr(LongAnswers, "_has_place", lambda *_args: False)
    assert client.get(f"{PAGE}.pdf").status_code == 429
    monkeypatch.undo()
    assert client.get(f"{PAGE}.docx").status_code == 200


def test_two_makers_at_once_leave_the_other_threads_of_a_process_to_pages(client, drafts, monkeypatch, settings):
    """Whoever asks: from two networks files that take long held all four."""
    settings.READER_SANDBOX = True
    monkeypatch.setattr(exports, "CLAUSES_AT_ONCE", 1_000)
    monkeypatch.setattr(sandbox, "MAKER_WAITS", 0.01)
    monkeypatch.setattr(sandbox, "makers", BoundedSemaphore(1))
    with sandbox.makers:
        answer = client.get(f"{PAGE}.pdf")
    assert answer.status_code == 503 and "Try again in a minute" in answer.content.decode()
    assert client.get(f"{PAGE}.pdf").content.startswith(b"%PDF-"), "and each gives its place back"
    assert client.get(f"{PAGE}.pdf").content.startswith(b"%PDF-")
