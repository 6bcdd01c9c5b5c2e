"""What a text itself shows: read once when it is published, a question and never a verdict, decided on by people."""

import pytest
from django.urls import reverse

from lawcompare.findings import job
from lawcompare.findings.models import Examination, Finding
from lawcompare.jobs.services import run_now
from lawcompare.publishing.services import publish
from tests.conftest import OLD_DRAFT

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return store(OLD_DRAFT, "old")


def test_publishing_a_text_has_it_examined(version):
    assert Examination.objects.get().finished_at is not None
    penalty = Finding.objects.get(rule="penalty", clause__num="Article 1")
    assert penalty.values["prison_months_min"] == 1 and penalty.values["prison_months_max"] == 12
    assert Finding.objects.filter(rule="deemed-to", clause__num="Article 2").exists()


def test_every_finding_rests_on_the_words_it_quotes(version):
    matches = Finding.objects.select_related("clause")
    assert matches.exists()
    for finding in matches:
        assert finding.clause.text[finding.start : finding.end] == finding.quote
        assert finding.message


def test_examining_twice_writes_once(version):
    before = list(Finding.objects.values())
    run_now(Examination.objects.get())
    assert list(Finding.objects.values()) == before


def test_a_text_in_preparation_is_not_examined(store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        draft = store(OLD_DRAFT, "draft", published=False)
    assert not Examination.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        publish(draft)
    assert Examination.objects.get().finished_at is not None


def test_a_failed_examination_says_so_and_leaves_nothing(store, monkeypatch, django_capture_on_commit_callbacks):
    def fail(examination):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(job, "examine_version", fail)
    with django_capture_on_commit_callbacks(execute=True):
        store(OLD_DRAFT, "old")
    assert "unexpected error" in Examination.objects.get().reason
    assert not Finding.objects.exists()


def test_readers_see_questions_on_the_text_and_on_a_page_of_their_own(client, version):
    address = reverse("findings", args=[version.law.slug, version.slug])
    html = client.get(address).content.decode()
    assert "deemed to hinder" in html and "never a verdict" in html
    assert address in client.get(version.get_absolute_url()).content.decode()
    clause = version.clauses.get(num="Article 2")
    assert "deemed to hinder" in client.get(clause.get_absolute_url()).content.decode()


def dismiss(client, finding, reason="The definition is in Article 1.", **more):
    return client.post(reverse("finding_decide", args=[finding.pk]), {"dismiss": "1", "reason": reason} | more)


def test_a_reviewer_dismisses_a_finding_with_a_reason_that_readers_see(client, cast, version):
    finding = Finding.objects.get(rule="deemed-to")
    client.force_login(cast.rita)
    dismiss(client, finding)
    client.logout()
    assert not Finding.objects.open().filter(pk=finding.pk).exists()
    html = client.get(reverse("findings", args=[version.law.slug, version.slug])).content.decode()
    assert "The definition is in Article 1." in html and "The Centre" in html and "rita" not in html
    client.force_login(cast.rita)
    client.post(reverse("finding_decide", args=[finding.pk]), {"reopen": "1", "reason": "It is not."})
    assert Finding.objects.open().filter(pk=finding.pk).exists()
    assert finding.decisions.count() == 2


@pytest.mark.parametrize("who", ["nobody", "alice"])
def test_only_a_reviewer_decides(client, cast, version, who):
    if who != "nobody":
        client.force_login(cast.alice)
    assert dismiss(client, Finding.objects.get(rule="deemed-to")).status_code in {302, 403}
    assert Finding.objects.open().filter(rule="deemed-to").exists()


def test_a_decision_without_a_reason_is_not_kept(client, cast, version):
    client.force_login(cast.rita)
    dismiss(client, Finding.objects.get(rule="deemed-to"), reason=" ")
    assert Finding.objects.open().filter(rule="deemed-to").exists()


def test_a_value_is_not_a_question_to_decide(client, cast, version):
    client.force_login(cast.rita)
    assert dismiss(client, Finding.objects.filter(rule="penalty").first()).status_code == 404


def test_findings_of_a_hidden_text_do_not_exist_for_a_visitor(client, store):
    store(OLD_DRAFT, "secret", law="hidden", published=False)
    assert client.get("/laws/hidden/secret/findings/").status_code == 404
