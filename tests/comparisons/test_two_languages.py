"""What holds for two texts holds for the translations that stand for them: the map, the decisions and the notes."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, strip_tags
from django.utils.translation import override

from lawcompare.annotations.rendered_words import notes_with_originals
from lawcompare.comparisons import services
from lawcompare.comparisons.access import find_comparison, lead_in_words
from lawcompare.comparisons.computing import compare
from lawcompare.comparisons.correcting import services as correcting
from lawcompare.comparisons.correcting.services import set_together, undo_decision
from lawcompare.comparisons.models import Comparison, Concordance
from lawcompare.comparisons.services import decided_on, propose_lead, request_comparison
from lawcompare.core.jobs import runner
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import SILENCE_MAX
from lawcompare.core.jobs.runner import LostClaim
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.laws.access import find_version
from lawcompare.laws.citing import pin
from lawcompare.laws.models import ClauseTranslation, Origin, Version
from lawcompare.laws.translations.services import request_mapping
from lawcompare.publishing.services import publish
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.laws.test_translations import KHMER, both, translated  # noqa: F401
from tests.proposals import confirm_all, decide

pytestmark = pytest.mark.django_db

# As NEW_DRAFT, in other numbers: its Article 2 is Article 5 here.
NEW_KHMER = KHMER.replace("## មាត្រា ២.", "## មាត្រា ៥. ការរក្សាទុក\n\nអ្នកផ្តល់សេវារក្សាទុក។\n\n## មាត្រា ៣.").replace(
    "## មាត្រា ៣. ការស្តាប់\n\nអ្នកណាដែលស្តាប់ ត្រូវពិន័យ។\n\n", ""
)
NAMES = ["draft", "old", "draft", "new"], ["draft", "old-km", "draft", "new-km"]


def originals_of(version: Version) -> dict[int | None, str | None]:
    """Clause -> the address of what it says in the original."""
    if version.translates_id is None:
        return dict(version.clauses.values_list("pk", "eid"))
    return dict(version.clause_translations.values_list("translation", "original__eid"))


def shown(comparison: Comparison) -> list[tuple]:
    """Each pair as it is in the originals, with what is said of it and by which decision."""
    olds, news = originals_of(comparison.old), originals_of(comparison.new)
    columns = ("level", "kind", "standing", "old", "new", "decision")
    return [
        (*words, old and olds[old], new and news[new], decision)
        for *words, old, new, decision in comparison.pairs.order_by("position").values_list(*columns)
    ]


def compared(*versions: Version) -> Comparison:
    comparison = find_comparison(*versions)
    assert comparison is not None and comparison.is_done
    return comparison


@pytest.mark.parametrize(("old", "new"), [("2012-v1", "2020-08"), ("2020-08", "2024-leak"), ("2012-v1", "2024-leak")])
def test_two_drafts_are_compared_alike_in_both_languages(client, demonstration, old, new):
    english, khmer = (
        compared(*(find_version(f"kh-cybercrime/{slug}-{code}") for slug in (old, new))) for code in ("en", "km")
    )
    assert (khmer.tally, khmer.stats) == (english.tally, english.stats)
    assert shown(khmer) == shown(english)
    units = [list(one.pairs.filter(level="unit").order_by("position")) for one in (khmer, english)]
    assert [row.score for row in units[0]] == [row.score for row in units[1]]
    assert not any(["decided", {}] in row.reasons for row in units[0] if row.decision_id is None)
    decisions = [row.decision for row in khmer.pairs.exclude(decision=None).select_related("decision")]
    assert len(decisions) == Concordance.objects.between(english.old_id, english.new_id).count() > 1
    notes = [
        {
            (note.slug, originals_of(version)[note.clause_id])
            for version in (one.old, one.new)
            for note in notes_with_originals(AnonymousUser(), one.old, one.new)
            if note.version_id == version.pk
        }
        for one in (english, khmer)
    ]
    assert notes[0] == notes[1] != set()
    pages = [client.get(f"{code}{one.get_absolute_url()}?show=all") for code, one in (("", english), ("/km", khmer))]
    english_page, khmer_page = (page.content.decode() for page in pages)
    named = re.compile(r"/annotations/([\w-]+)/")
    assert sorted(named.findall(khmer_page)) == sorted(named.findall(english_page))
    with override("km"):
        reasons = [escape(localised(row.reason)) for row in decisions]
    assert [reason for reason in reasons if reason not in khmer_page or reason in english_page] == []


def test_a_clause_is_called_a_part_of_itself_in_no_language(client, demonstration):
    for address in (
        "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/",
        "/km/laws/kh-cybercrime/2012-v1-km/chp_4__art_28/",
    ):
        page = client.get(address).content.decode()
        parts = re.findall(r'<span class="remark">\s*(?:of its part|ត្រង់ផ្នែក) <a\s+href="([^"]+)"', page)
        assert parts and address not in parts


@pytest.fixture(params=[pytest.param(True, marks=pytest.mark.verify), False], ids=["known in part", "whole"])
def four(request, world, monkeypatch, store, django_capture_on_commit_callbacks) -> tuple[list[Version], list[Version]]:
    """Two drafts and their translations, compared in either language and across."""
    monkeypatch.setattr(Version, "is_partial", request.param)

    def make() -> tuple[list[Version], list[Version]]:
        with django_capture_on_commit_callbacks(execute=True):
            english = [store(OLD_DRAFT, "old", date="2019"), store(NEW_DRAFT, "new", date="2020")]
            khmer = [translated(), translated(NEW_KHMER, "new-km", of="draft/new", accept_warnings=True)]
            Concordance.objects.create(
                old_version=english[1], new_version=khmer[1], author="The Centre", reason="Numbered otherwise.",
                old=english[1].clauses.get(num="Article 2"), new=khmer[1].clauses.get(num="មាត្រា ៥"),
            )  # fmt: skip
            for version in khmer:
                publish(version)
            for pair in (khmer, (english[0], khmer[1])):
                request_comparison(*pair)
        return english, khmer

    return world.has(("four", request.param), make)


def test_a_correction_made_on_the_page_and_its_undoing_reach_the_translations(
    client, four, cast, django_capture_on_commit_callbacks
):
    english, khmer = four
    first = shown(compared(*khmer))
    client.force_login(cast.rita)
    fields = {"old": ["chp_1__art_3"], "new": ["chp_1__art_2", "chp_1__art_4"], "reason": "One duty, told twice."}
    with django_capture_on_commit_callbacks(execute=True):
        address = reverse("correct", args=NAMES[0]) + "?old=chp_1__art_3&new="
        assert client.post(address, {**fields, "seen": 0}).status_code == 302
        assert compared(*english).edition == 1
        confirm_all(cast.sara)
    decision = compared(*english).decision
    for pair in (khmer, [english[0], khmer[1]]):
        comparison = compared(*pair)
        assert (comparison.edition, comparison.decision) == (2, decision)
        split = comparison.pairs.filter(decision__decision=decision).select_related("old", "new")
        assert [(row.kind, row.new.num) for row in split] == [("split", "មាត្រា ៥"), ("split", "មាត្រា ៤")]
    client.logout()
    page = re.sub(r"\s+", " ", strip_tags(client.get(reverse("comparison", args=NAMES[1])).content.decode()))
    assert page.count("Matched by The Centre: One duty, told twice.") == 2
    with django_capture_on_commit_callbacks(execute=True):
        undo_decision(cast.rita, decision, "An error.")
    assert shown(compared(*khmer)) == first and compared(*khmer).edition == 3


def test_those_of_translations_follow_one_by_one_and_also_where_the_worker_is_lost_meanwhile(
    four, cast, monkeypatch, django_capture_on_commit_callbacks
):
    """Held together, the texts of others were held for as long as all took: two seconds each."""
    english, khmer = four
    held: list[tuple[int, ...]] = []

    def lost(*args) -> None:
        raise LostClaim

    with monkeypatch.context() as patched:
        patched.setattr(correcting, "CLAUSES_AT_ONCE", 0)
        patched.setattr(compare, "follow_decisions", lost)
        patched.setattr(compare, "lock_texts", lambda *ids: held.append(ids))
        with django_capture_on_commit_callbacks(execute=True):
            clauses = [(english[0].clauses.get(num="Article 3"), None), (None, english[1].clauses.get(num="Article 4"))]
            decide(cast.sara, set_together(cast.rita, *english, clauses, "They are not."))
    job = compared(*english).job
    assert compared(*english).is_done and job.state == "running" and compared(*khmer).edition == 1
    assert held == [(khmer[1].pk,)]
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - SILENCE_MAX)
    with django_capture_on_commit_callbacks(execute=True):
        assert runner.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and compared(*khmer).edition == 2 and compared(*english).edition == 2


def test_what_was_decided_on_the_translation_itself_stays(four, cast, django_capture_on_commit_callbacks):
    english, khmer = four
    olds, news = (version.clauses for version in khmer)
    with django_capture_on_commit_callbacks(execute=True):
        pair = olds.get(num="មាត្រា ៣"), news.get(num="មាត្រា ៥")
        own = decide(cast.sara, set_together(cast.rita, *khmer, [pair], "In Khmer they are one."))
        clauses = [(english[0].clauses.get(num="Article 3"), None), (None, english[1].clauses.get(num="Article 4"))]
        decide(cast.sara, set_together(cast.rita, *english, clauses, "They are not."))
    decided = compared(*khmer).pairs.exclude(decision=None).values_list("old__num", "new__num", "decision__decision")
    assert ("មាត្រា ៣", "មាត្រា ៥", own.pk) in decided and (None, "មាត្រា ៤") in [row[:2] for row in decided]
    assert len(decided) == 2


def test_another_map_of_the_translation_makes_another_comparison(four, cast, django_capture_on_commit_callbacks):
    english, khmer = four
    with django_capture_on_commit_callbacks(execute=True):
        edge = english[0].clauses.get(num="Article 3"), english[1].clauses.get(num="Article 2")
        decide(cast.sara, set_together(cast.rita, *english, [edge], "The same duty."))
        Concordance.objects.between(english[1].pk, khmer[1].pk).delete()
        request_mapping(khmer[1])
    assert compared(*khmer).edition == 3
    assert not compared(*khmer).pairs.exclude(decision=None).exists()


def test_a_translation_that_another_organisation_brought_takes_over_what_was_decided_once_staff_confirm_it(
    client, four, cast, django_capture_on_commit_callbacks
):
    english, khmer = four
    origin = Origin.objects.create(version=khmer[1], organisation=cast.others)
    with django_capture_on_commit_callbacks(execute=True):
        edge = english[0].clauses.get(num="Article 3"), english[1].clauses.get(num="Article 2")
        decide(cast.sara, set_together(cast.rita, *english, [edge], "The same duty."))
    assert compared(*khmer).edition == 1 and not compared(*khmer).pairs.exclude(decision=None).exists()
    with django_capture_on_commit_callbacks(execute=True):
        decide(cast.sara, origin)
    assert compared(*khmer).edition == 2 and compared(*khmer).pairs.exclude(decision=None).exists()


def test_translations_of_two_laws_stand_beside_each_other_as_their_originals_do(client, both, store):  # noqa: F811
    old, khmer = both
    other = store(NEW_DRAFT, "statute-en", law="statute")
    topic = Topic.objects.create(slug="access", title="Access")
    state_correspondence(
        topic, old.clauses.get(num="Article 1"), other.clauses.first(), "narrower", "Why.", "An editor"
    )
    answer = client.get(f"/km/compare/draft/{khmer.slug}/with/statute/statute-en/")
    assert answer.headers["Location"] == "/km/compare/draft/old/with/statute/statute-en/"
    assert "Why." in strip_tags(client.get(answer.headers["Location"]).content.decode())
    assert client.get(f"/km/compare/draft/{khmer.slug}/with/statute/statute-en/?by=text").status_code == 200


def test_what_corrects_a_text_takes_over_the_address_of_a_pair_but_not_one_that_names_the_words(client, both, store):  # noqa: F811
    old, _khmer = both
    first, later = (store(NEW_DRAFT, slug, law="statute") for slug in ("statute-en", "statute-en-2"))
    Version.objects.filter(pk=later.pk).update(corrects=first)
    topic = Topic.objects.create(slug="access", title="Access")
    state_correspondence(
        topic, old.clauses.get(num="Article 1"), later.clauses.first(), "narrower", "Why.", "An editor"
    )
    address = "/compare/draft/old/with/statute/statute-en"
    for end in ("/", ".json"):
        assert client.get(address + end).headers["Location"] == f"{address}-2{end}"
    pins = f"{pin(old)}-{pin(first)}"
    assert "not been compared yet" in client.get(f"{address}/?texts={pins}").content.decode()


def test_of_many_clauses_that_render_one_not_each_is_set_beside_each(
    four, cast, monkeypatch, django_capture_on_commit_callbacks
):
    """An editor's four hundred of either text were 160,000 pairs, and the work on them had no end."""
    english, khmer = four
    one, other = english[0].clauses.get(num="Article 3"), english[1].clauses.get(num="Article 4")
    with django_capture_on_commit_callbacks(execute=True):
        decide(cast.sara, set_together(cast.rita, *english, [(one, other)], "One duty."))
    numbers = []
    for original, text in ((one, khmer[0]), (other, khmer[1])):
        ClauseTranslation.objects.filter(original=original).delete()
        articles = text.clauses.filter(element="article")
        numbers.append(len(articles))
        versions = {"original_version": original.version, "translation_version": text, "confidence": 1}
        ClauseTranslation.objects.bulk_create(
            (ClauseTranslation(original=original, translation=article, **versions) for article in articles),
            ignore_conflicts=True,
        )
    rows = lambda: sum(row.decision is not None for row in decided_on(*khmer))  # noqa: E731
    # Of texts known in part other pairs take some of these.
    assert numbers[0] * numbers[1] - 2 <= rows() <= numbers[0] * numbers[1]
    monkeypatch.setattr(services, "EDGES_MAX", 3)
    assert sum(numbers) - 3 <= rows() < sum(numbers)


def test_no_sentence_leads_a_translation_that_staff_have_not_confirmed(four, cast):
    english, khmer = four
    decide(cast.sara, propose_lead(cast.rita, *english, "It was made shorter."))
    assert lead_in_words(*khmer) and lead_in_words(*english)
    origin = Origin.objects.create(version=khmer[1], organisation=cast.others)
    khmer[1].refresh_from_db()
    assert not lead_in_words(*khmer) and lead_in_words(*english)
    decide(cast.sara, origin)
    assert lead_in_words(khmer[0], Version.objects.get(pk=khmer[1].pk))
