"""The admin page for work that failed or hangs: listed with its age and reason, tried again through the services."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs.models import Job
from lawcompare.core.models import Entry
from lawcompare.crosswalk.models import SuggestionRun
from tests.core.making import made
from tests.imports.conftest import hand_in as hand_in

pytestmark = pytest.mark.django_db
PAGE = "/admin/core/job/"


@pytest.fixture
def stuck(cast, drafts, hand_in):
    """One of some kinds that failed, though nothing is wrong any more."""
    old, new = drafts
    failed = {"state": "failed", "reason": "The disk was full.", "heartbeat": timezone.now() - timedelta(hours=3)}
    made(Comparison, old=new, new=old, **failed)
    made(SuggestionRun, subject_version=old, object_version=new, **failed)
    hand_in()
    Job.objects.filter(kind__in=["reading", "examination"]).update(**failed)
    return list(Job.objects.filter(state="failed"))


def test_staff_see_what_is_stuck_why_and_for_how_long(client, cast, stuck):
    client.force_login(cast.sara)
    html = client.get(PAGE).content.decode()
    assert html.count("The disk was full.") == len(stuck) == 5 and "Try again" in html
    assert client.get(f"{PAGE}?q=comparison").content.decode().count("The disk was full.") == 1
    assert "draft.txt" not in html  # the file's name is its organisation's
    for job in stuck:
        page = client.get(f"{PAGE}{job.pk}/change/")
        assert page.status_code == 200 and "draft.txt" not in page.content.decode()
        assert client.post(f"{PAGE}{job.pk}/change/", {"state": "done"}).status_code == 403
    assert client.get(f"{PAGE}add/").status_code == 403


def test_it_is_tried_again_and_ends_well(client, cast, stuck, django_capture_on_commit_callbacks):
    client.force_login(cast.sara)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(PAGE, {"action": "try_again", "_selected_action": [job.pk for job in stuck]})
    for job in stuck:
        job.refresh_from_db()
        assert job.state == "done" and job.finished_at, job
        assert Entry.objects.filter(action="retry", subject=f"{job.kind}/{job.pk}").count() == 1


def test_what_is_done_is_left_alone(client, cast, stuck):
    client.force_login(cast.sara)
    done = Job.objects.filter(state="done").first()
    answer = client.post(PAGE, {"action": "try_again", "_selected_action": [done.pk]}, follow=True)
    assert "0 were started again. 1 are done or under way." in answer.content.decode()
    assert not Entry.objects.filter(action="retry").exists()


@pytest.mark.parametrize("who", ["alice", "adam", "bob"])
def test_nobody_else_sees_it(client, cast, stuck, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("admin:core_job_changelist")).status_code in {302, 403}
