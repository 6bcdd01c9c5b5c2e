"""Two restatements stand beside each other unmarked: what changed is told by elements that people confirmed."""

from __future__ import annotations

import pytest

from lawcompare.comparisons.elements import element_changes
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import request_comparison
from lawcompare.crosswalk.values.services import confirm_value, find_words, state_for_project, state_value
from lawcompare.laws.models import Origin, Version, Withdrawal
from lawcompare.publishing.services import publish
from tests.conftest import OLD_DRAFT
from tests.engine.test_write_docx import body_of
from tests.office import cells_of
from tests.proposals import decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]

PAIR = "/compare/kh-cybercrime/2020-08-en/with/kh-cybercrime/2024-leak-en"
KHMER = "/km/compare/kh-cybercrime/2020-08-km/with/kh-cybercrime/2024-leak-km"
# What changed between Article 45 of 2020 and False information of 2024, as far as it is confirmed.
REWORDED = "reported-otherwise"
OUTCOMES = {"conduct": REWORDED, "harm": REWORDED, "penalties": REWORDED, "mental": "not-reported-since"}


def test_what_changed_is_told_by_confirmed_values_in_both_languages_and_without_any_nothing(demonstration):
    for language in ("en", "km"):
        comparison = Comparison.objects.current().get(
            old__slug=f"2020-08-{language}", new__slug=f"2024-leak-{language}", engine="3"
        )
        changes = element_changes(comparison)
        told = {
            row: {one.element.value: one.outcome.value for one in changes.get(row.pk, [])}
            for row in comparison.pairs.all()
        }
        by_new = {
            row.new.eid: outcomes for row, outcomes in told.items() if row.level == "unit" and row.new and row.old
        }
        assert by_new["art_nn_false-information"] == OUTCOMES
        assert by_new["art_nn_insult"] == {"conduct": REWORDED, "penalties": REWORDED}
        assert by_new["art_nn_pornography"] == {"conduct": "first-reported"}
        assert not [row for row, outcomes in told.items() if outcomes and not (row.old and row.new)]


def test_every_form_tells_the_elements_and_strikes_no_paraphrase(client, demonstration):
    sentence = "Reported in other words: conduct, threshold of harm and penalty. Not reported since: mental element."
    pairs = {pair["new"]["eid"]: pair for pair in client.get(f"{PAIR}.json").json()["pairs"] if pair["new"]}
    pair = pairs["art_nn_false-information"]
    assert {one["element"]: one["outcome"] for one in pair["elements"]} == OUTCOMES
    assert {op for part in pair["parts"] for op, *_words in part["changes"]} == {"only-old", "only-new"}
    for view in ("", "?view=inline", "?view=list"):
        assert sentence in client.get(f"{PAIR}/{view}").content.decode()
    assert sentence in client.get(f"/embed{PAIR}/art_nn_false-information/").content.decode()
    word = ["".join(one.itertext()) for one in body_of(client.get(f"{PAIR}.docx").content).iterfind("{*}p")]
    mental = next(line for line in word if line.startswith("Mental element, not reported since:"))
    assert "knowingly" in mental.lower() or "knowledge" in mental.lower()
    assert any(line.startswith("2020 draft: As reported by Human Rights Watch") for line in word)
    assert any(
        "Mental element, not reported since:" in str(row[4])
        for row in cells_of(client.get(f"{PAIR}.xlsx").content, 1)
        if len(row) > 4
    )


def test_of_a_withdrawn_original_the_comparison_of_its_translation_tells_no_word(
    client, drafts, store, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        original = store(OLD_DRAFT.replace("without right", "as Dara says"), "original", date="2021")
        translation = store(OLD_DRAFT, "translation", date="2021", published=False)
        Version.objects.filter(pk=translation.pk).update(translates=original, language="km")
        translation.refresh_from_db()
        publish(translation)
        request_comparison(drafts[0], translation)
    for version, words in ((original, "enters a computer as Dara says"), (drafts[0], "enters a computer")):
        clause = version.clauses.get(num="Article 1")
        state_for_project(clause, "conduct", {}, find_words(clause, words))
    address = "/compare/draft/old/with/draft/translation"
    forms = [f"{address}/?show=all", f"{address}.json", f"/api/v1/comparisons{address.removeprefix('/compare')}/pairs"]
    assert all("Dara" in client.get(form).content.decode() for form in forms)
    Withdrawal.objects.create(version=original, reason="It names somebody.")
    assert not any("Dara" in client.get(form).content.decode() for form in forms)


def test_a_private_text_beside_a_translation_tells_nothing_of_an_original_that_another_keeps(
    cast, drafts, store, eve, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        original = store(OLD_DRAFT.replace("without right", "as Dara says"), "original", date="2021", published=False)
        translation = store(OLD_DRAFT, "translation", date="2021", published=False)
        Version.objects.filter(pk=translation.pk).update(translates=original, language="km")
        translation.refresh_from_db()
        publish(translation)
        own = store(OLD_DRAFT.replace("thirty", "forty"), "own", date="2022", published=False)
        Origin.objects.create(version=own, organisation=cast.centre)
        request_comparison(translation, own)
    clause = original.clauses.get(num="Article 1")
    state_for_project(clause, "conduct", {}, find_words(clause, "enters a computer as Dara says"))
    address = "/compare/draft/translation/with/draft/own"
    for form in (f"{address}/?show=all", f"{address}.json"):
        page = eve.get(form)
        assert page.status_code == 200 and "Dara" not in page.content.decode()


def test_what_changed_by_an_organisations_own_values_is_said_with_its_name(
    cast, store, client, django_capture_on_commit_callbacks
):
    texts = []
    for slug in ("a", "b"):
        text = store(OLD_DRAFT, slug, date=f"202{len(texts)}", published=False)
        Origin.objects.create(version=text, organisation=cast.centre)
        with django_capture_on_commit_callbacks(execute=True):
            publish(text)
        decide(cast.sara, text.origin)
        texts.append(Version.objects.get(pk=text.pk))
    for text, level in zip(texts, ("intent", "knowledge"), strict=True):
        clause = text.clauses.get(num="Article 1")
        value = state_value(cast.rita, clause, "mental", {"level": level}, find_words(clause, "intentionally"))
        confirm_value(cast.eve, value, value.seen)
    with django_capture_on_commit_callbacks(execute=True):
        request_comparison(*texts)
    address = "/compare/draft/a/with/draft/b/"
    assert "Changed in them: mental element (The Centre)." in client.get(address).content.decode()
    assert "mental element (The Centre)" in client.get(f"{address}?view=list&show=all").content.decode()
