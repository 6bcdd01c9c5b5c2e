"""What a text itself shows: read once when it is published, a question and never a verdict, decided on by people."""

import json
import os
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse

from lawcompare.crosswalk.findings import models, services, views
from lawcompare.crosswalk.findings.models import Examination, Finding
from lawcompare.crosswalk.findings.services import decide_on_finding
from lawcompare.engine.document import Clause as EngineClause
from lawcompare.engine.document import Document
from lawcompare.engine.rules.runner import examine
from lawcompare.publishing.services import publish
from tests.conftest import OLD_DRAFT
from tests.proposals import confirm_all

pytestmark = pytest.mark.django_db
KEPT = Path(__file__).resolve().parents[1] / "data/examined-rules.yaml"
HEAD = "What the rules of findings.models.ENGINE say of some texts; written by make golden."


@pytest.fixture
def version(store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return store(OLD_DRAFT, "old")


def test_publishing_a_text_has_it_examined(version):
    assert Examination.objects.get().finished_at is not None
    penalty = Finding.objects.get(rule="penalty", clause__num="Article 1")
    assert penalty.values["prison_months_min"] == 1 and penalty.values["prison_months_max"] == 12
    assert Finding.objects.filter(rule="deemed-to", clause__num="Article 2").exists()


def test_a_text_in_preparation_is_not_examined(store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        draft = store(OLD_DRAFT, "draft", published=False)
        call_command("examine", stdout=StringIO())
    assert not Examination.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        publish(draft)
    assert Examination.objects.get().finished_at is not None


def test_readers_see_questions_on_the_text_and_on_a_page_of_their_own(client, version):
    address = reverse("findings", args=[version.law.slug, version.slug])
    html = client.get(address).content.decode()
    assert "deemed to hinder" in html and "never a verdict" in html
    assert address in client.get(version.get_absolute_url()).content.decode()
    clause = version.clauses.get(num="Article 2")
    assert "deemed to hinder" in client.get(clause.get_absolute_url()).content.decode()


def test_the_page_of_findings_has_pages_the_dismissed_ones_last(client, cast, version, monkeypatch):
    """Four thousand of one text took two seconds and two megabytes."""
    monkeypatch.setattr(views, "PER_PAGE", 1)
    address = reverse("findings", args=[version.law.slug, version.slug])
    first, *rest = Finding.objects.questions()
    client.force_login(cast.rita)
    assert f"{address}?page=2#" in dismiss(client, first, "Told.", page="2")["Location"]
    confirm_all(cast.sara)
    client.logout()
    pages = [client.get(address, {"page": number}).content.decode() for number in range(1, len(rest) + 2)]
    assert rest and [page.count('id="finding-') for page in pages] == [1] * len(pages)
    assert ["Told." in page for page in pages] == [False] * len(rest) + [True]


def dismiss(client, finding, reason="The definition is in Article 1.", **more):
    return client.post(reverse("finding_decide", args=[finding.pk]), {"dismiss": "1", "reason": reason} | more)


def test_a_reviewer_dismisses_a_finding_with_a_reason_that_readers_see(client, cast, version):
    finding = Finding.objects.get(rule="deemed-to")
    client.force_login(cast.rita)
    dismiss(client, finding)
    confirm_all(cast.sara)
    client.logout()
    assert not Finding.objects.open().filter(pk=finding.pk).exists()
    html = client.get(reverse("findings", args=[version.law.slug, version.slug])).content.decode()
    assert "The definition is in Article 1." in html and "The Centre" in html and "rita" not in html
    client.force_login(cast.rita)
    client.post(reverse("finding_decide", args=[finding.pk]), {"reopen": "1", "reason": "It is not."})
    confirm_all(cast.sara)
    assert Finding.objects.open().filter(pk=finding.pk).exists()
    assert finding.decisions.count() == 2


def test_of_any_number_of_decisions_on_a_finding_the_last_are_printed(client, cast, version, monkeypatch):
    monkeypatch.setattr(views, "DECISIONS_SHOWN", 2)
    finding = Finding.objects.get(rule="deemed-to")
    client.force_login(cast.rita)
    for number in range(4):
        dismiss(client, finding, f"Reason {number}.")
        confirm_all(cast.sara)
    html = client.get(reverse("findings", args=[version.law.slug, version.slug])).content.decode()
    assert [f"Reason {number}." in html for number in range(4)] == [False, False, True, True]
    assert html.index("Reason 2.") < html.index("Reason 3.")


def test_a_value_is_not_a_question_to_decide_and_a_decision_without_a_reason_is_not_kept(version, rita):
    dismiss(rita, Finding.objects.get(rule="deemed-to"), reason=" ")
    assert Finding.objects.open().filter(rule="deemed-to").exists()
    assert dismiss(rita, Finding.objects.filter(rule="penalty").first()).status_code == 404


def test_texts_that_earlier_rules_examined_are_examined_again_and_what_people_decided_holds(
    client, cast, version, monkeypatch, django_capture_on_commit_callbacks
):
    finding = Finding.objects.get(rule="deemed-to")
    decide_on_finding(cast.rita, finding, "dismissed", "The article defines it.")
    confirm_all(cast.sara)
    before = list(Finding.objects.order_by("pk").values())
    assert not Finding.objects.of_today().questions().open().filter(rule="deemed-to").exists()
    for module in (models, services):
        monkeypatch.setattr(module, "ENGINE", "later")
    output = StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("examine", stdout=output)
    assert output.getvalue() == "draft/old: examined by rules later\n"
    assert list(Finding.objects.exclude(examination__engine="later").order_by("pk").values()) == before
    again = Finding.objects.of_today().get(rule="deemed-to")
    kept = again.decisions.get()
    assert (again.pk != finding.pk, kept.kind, kept.reason, kept.at) == (
        True,
        "dismissed",
        "The article defines it.",
        finding.decisions.get().at,
    )
    assert not Finding.objects.of_today().questions().open().filter(rule="deemed-to").exists()
    assert Finding.objects.of_today().filter(rule="penalty").exists()
    output = StringIO()
    call_command("examine", stdout=output)
    assert output.getvalue() == ""


def test_the_number_of_the_rules_is_raised_where_what_they_say_changed():
    """``tests/data/examined-rules.yaml`` keeps what these rules say of some texts. If this fails because they say other
    things now: raise ``findings.models.ENGINE`` by one (with a migration such as 0002) and run ``make golden``.
    """
    kept = yaml.safe_load(KEPT.read_text("utf-8"))
    examined = [[case["language"], case["text"], findings_of(case["text"], case["language"])] for case in kept["texts"]]
    if os.environ.get("GOLDEN") == "rewrite":
        texts = [{"language": language, "text": text, "says": findings} for language, text, findings in examined]
        content = {"engine": models.ENGINE, "texts": texts}
        words = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
        KEPT.write_text(f"# {HEAD}\n{words}", encoding="utf-8")
        kept = yaml.safe_load(KEPT.read_text("utf-8"))
    assert (kept["engine"], [case["says"] for case in kept["texts"]]) == (models.ENGINE, [each[2] for each in examined])


def findings_of(text: str, language: str) -> list[str]:
    """The rule, the words and the values of each finding on one article."""
    article = EngineClause("art_1", "article", "Article 1", text=text)
    return [
        f"{one.rule}: {one.quote} {json.dumps(dict(one.values), sort_keys=True, ensure_ascii=False)}"
        for one in examine(Document("A law", language, (article,)))
    ]
