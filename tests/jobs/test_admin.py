"""The admin pages for work that failed or hangs: listed with its age and reason, tried again through the services."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lawcompare.annotations.models import Carrying
from lawcompare.audit.models import Entry
from lawcompare.comparisons.models import Comparison
from lawcompare.crosswalk.models import SuggestionRun
from lawcompare.findings.models import Examination
from lawcompare.imports.models import Reading
from tests.imports.conftest import hand_in as hand_in

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(hours=3)


@pytest.fixture
def stuck(cast, drafts, hand_in):
    """One of each kind that failed, though nothing is wrong any more."""
    old, new = drafts
    Comparison.objects.create(old=new, new=old, state="failed", reason="The disk was full.")
    Carrying.objects.update_or_create(old=old, new=new, defaults={"state": "failed", "reason": "The disk was full."})
    failed = {"state": "failed", "reason": "The disk was full.", "finished_at": None}
    Examination.objects.filter(version=old).update(**failed)
    then = timezone.now() - LONG_AGO
    SuggestionRun.objects.create(subject_version=old, object_version=new, heartbeat=then, **failed)
    hand_in()
    Reading.objects.update(heartbeat=then, **failed)
    return [
        Comparison.objects.get(state="failed"), Carrying.objects.get(), Examination.objects.get(state="failed"),
        SuggestionRun.objects.get(), Reading.objects.get(),
    ]  # fmt: skip


def page_of(work) -> str:
    return reverse(f"admin:{work._meta.app_label}_{work._meta.model_name}_changelist")


def test_staff_see_what_is_stuck_why_and_for_how_long(client, cast, stuck):
    client.force_login(cast.sara)
    for work in stuck:
        html = client.get(page_of(work)).content.decode()
        assert "The disk was full." in html, work
        assert "Try again" in html
        assert client.get(f"{page_of(work)}?q=disk").content.decode().count("The disk was full.") == 1
        assert client.get(f"{page_of(work)}{work.pk}/change/").status_code == 200
        assert client.post(f"{page_of(work)}{work.pk}/change/", {"state": "done"}).status_code == 403
        assert client.get(f"{page_of(work)}add/").status_code == 403
    assert "draft.txt" not in html  # the file's name is its organisation's


def test_it_is_tried_again_and_ends_well(client, cast, stuck, django_capture_on_commit_callbacks):
    client.force_login(cast.sara)
    for work in stuck:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(page_of(work), {"action": "try_again", "_selected_action": [work.pk]})
        work.refresh_from_db()
        assert work.state == "done" and work.finished_at, work
        assert Entry.objects.filter(action="retry", subject=f"{work._meta.model_name}/{work.pk}").count() == 1


def test_what_is_done_is_left_alone(client, cast, stuck, django_capture_on_commit_callbacks):
    client.force_login(cast.sara)
    done = Comparison.objects.filter(state="done").first()
    answer = client.post(page_of(done), {"action": "try_again", "_selected_action": [done.pk]}, follow=True)
    assert "0 were started again. 1 are done or under way." in answer.content.decode()
    assert not Entry.objects.filter(action="retry").exists()


@pytest.mark.parametrize("who", ["alice", "adam", "bob"])
def test_nobody_else_sees_it(client, cast, stuck, who):
    client.force_login(getattr(cast, who))
    for work in stuck:
        assert client.get(page_of(work)).status_code in {302, 403}
