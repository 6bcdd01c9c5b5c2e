"""Nobody confirms what a colleague stated in words that they did not read."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.urls import reverse

from lawcompare.core.seen import digest_of_words
from lawcompare.crosswalk.drafts import services as drafts
from lawcompare.crosswalk.models import Correspondence, Element, Value
from lawcompare.crosswalk.services import state_by_hand
from lawcompare.crosswalk.suggestions.services import reopen_correspondence, store_suggestions
from lawcompare.crosswalk.topics.services import add_topic
from lawcompare.crosswalk.values import services as values
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import confirm_all, seen_in
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


@pytest.fixture
@made_once
def place(cast, store):
    """Two texts, a topic, and the page on which what answers what is listed."""
    one, two = store(OLD_DRAFT, "a", law="one"), store(NEW_DRAFT, "b", law="two")
    topic = add_topic(cast.rita, {"title": "Hacking"}, [])
    confirm_all(cast.sara)
    sides = [text.clauses.get(num="Article 1") for text in (one, two)]
    return one, two, topic, sides


def test_who_knows_the_words_but_not_the_site_s_key_finds_no_number_of_a_row_by_trying(settings):
    with_one = digest_of_words(1, "words")
    settings.SECRET_KEY = "another"
    assert with_one not in {digest_of_words(1, "words"), sha256(repr((1, "words")).encode()).hexdigest()}


LISTED = reverse("suggestions") + "?source=one/a&target=two/b"


def a_row(cast, place):
    """A row that Rita stated, which she takes back and states otherwise."""
    _one, _two, topic, sides = place
    row = state_by_hand(cast.rita, topic, *sides, "partial", "As one reads it.", elements=["mental"])

    def change() -> None:
        reopen_correspondence(cast.rita, Correspondence.objects.get(pk=row.pk))
        state_by_hand(cast.rita, topic, *sides, "contrary", "As one reads it.", elements=["mental"])

    return LISTED, reverse("suggestion_second", args=[row.pk]), {}, change, lambda: bool(reread(row).seconded_for_id)


def a_suggestion(cast, place):
    """A suggested pair: what comes with it unseen in its form, the elements, was written by a colleague."""
    one, two, topic, sides = place
    store_suggestions(one, two, [sides[0]])
    row = state_by_hand(cast.rita, topic, *sides, "partial", "As one reads it.")
    reopen_correspondence(cast.rita, row)
    form = {"topic": topic.slug, "relation": "partial", "reasoning": "As one reads it."}

    def change() -> None:
        state_by_hand(cast.rita, topic, *sides, "partial", "As one reads it.", elements=["mental"])
        reopen_correspondence(cast.rita, reread(row))

    return LISTED, reverse("suggestion_confirm", args=[row.pk]), form, change, lambda: reread(row).status == "confirmed"


def a_value(cast, place, press="value_confirm", **form):
    one = place[0].clauses.exclude(text="").first()
    words = values.find_words(one, one.text.split()[0] + " " + one.text.split()[1])
    value = values.state_value(cast.rita, one, Element.MENTAL, {"level": "intent"}, words)

    def change() -> None:
        values.correct_value(cast.rita, value, {"level": "knowledge"}, words, "Read again.", reread(value).seen)

    stated = {"element": "mental", "value": "recklessness", "quoted": words.quote} if press == "value_correct" else {}
    done = {
        "value_confirm": lambda: reread(value).status == "confirmed",
        "value_correct": lambda: reread(value).values["level"] == "recklessness",
        "value_strike": lambda: reread(value).status == "struck",
    }[press]
    address = reverse(press, args=[value.pk])
    return reverse("values_waiting") if press == "value_confirm" else address, address, form | stated, change, done


def a_correction(cast, place):
    return a_value(cast, place, "value_correct", reason="It is.")


def a_value_struck_out(cast, place):
    return a_value(cast, place, "value_strike", reason="It is not.")


def a_draft(cast, place):
    one, two, topic, sides = place
    draft = drafts.begin_draft(cast.rita, one, two)
    drafts.confirm_pair(cast.rita, draft, *sides, topic, "partial", "As one reads it.")

    def change() -> None:
        drafts.confirm_pair(cast.rita, draft, *sides, topic, "contrary", "As one reads it.")

    return (
        draft.get_absolute_url(),
        reverse("draft_comparison_publish", args=[draft.key]),
        {},
        change,
        (lambda: bool(type(draft).objects.get().job_id)),
    )


def reread(row):
    return type(row)._default_manager.get(pk=row.pk)


@pytest.mark.parametrize("case", [a_row, a_suggestion, a_value, a_correction, a_value_struck_out, a_draft])
def test_a_second_person_decides_on_no_words_but_those_that_their_page_printed(cast, place, client, case):
    page, press, form, change, is_done = case(cast, place)
    client.force_login(cast.eve)

    def printed() -> str:
        html = client.get(page).content.decode()
        return (
            seen_in(html, press) if page != press else seen_in(html.replace('method="post"', f'action="{press}'), press)
        )

    before = printed()
    change()
    for seen in (before, ""):
        html = client.post(press, form | {"seen": seen}, follow=True).content.decode()
        assert "It was changed or taken back since you opened this page." in html and not is_done()
    client.post(press, form | {"seen": printed()})
    assert is_done()
    assert not Value.objects.filter(confirmed_by=cast.rita).exists()


def test_who_writes_both_finds_no_other_words_with_the_digest_of_those_that_were_read():
    assert len(digest_of_words("Of 64 bits a processor finds two alike in hours.")) * 4 >= 256
