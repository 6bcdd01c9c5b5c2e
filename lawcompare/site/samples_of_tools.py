"""Invented law once more: the components of a clause's page, of a subject, and of the workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.messages import ERROR, SUCCESS
from django.contrib.messages.storage.base import Message

from lawcompare.comparisons.models import Comparison, Level
from lawcompare.comparisons.reading.rows import Fold, Row
from lawcompare.crosswalk.models import Topic
from lawcompare.jobs.models import JobState
from lawcompare.laws.models import Clause, TextStatus
from lawcompare.site import samples
from lawcompare.site.samples import ARTICLE_NEW, ARTICLE_OLD, COME, NEW, OLD, _clause, _pair

AT = datetime(2032, 5, 4, tzinfo=UTC)
TOPIC = Topic(pk=1, slug="lanterns", title="Lanterns", description="Carrying a light after dark.")
TOPIC.elsewhere = ["Sample country: Charter of Light"]
EXCUSED = _clause(NEW, 20, "art_20", "Article 20", "Fireflies", "Nobody answers for a firefly.")
CARRIED = _clause(OLD, 23, "art_23", "Article 23", "Carriers", "Whoever carries a lantern answers for its oil.")
UNSEEN = _clause(NEW, 21, "art_21", "Article 21", "", "")
REASON = "The second asks for a public place."


class SampleForm(forms.Form):
    """A field with a help, and one of several choices."""

    reason = forms.CharField(label="Reason", help_text="Readers see it.")
    kinds = forms.MultipleChoiceField(
        label="Kinds", choices=[("glass", "Glass"), ("paper", "Paper")], widget=forms.CheckboxSelectMultiple
    )


def _manager(*rows: Any) -> SimpleNamespace:
    return SimpleNamespace(all=list(rows))


def _answer(clause: Clause | None, differences: Any) -> SimpleNamespace:
    return SimpleNamespace(
        relation="broader", relation_label="broader", clause=clause, version=NEW, old=COME, reasoning=REASON,
        searched="Articles 1 to 12.", differences=differences, author="Lantern Society",
    )  # fmt: skip


def _finding(pk: int, rule: str, message: str, **values: Any) -> SimpleNamespace:
    return SimpleNamespace(
        pk=pk, rule=rule, message=message, clause=ARTICLE_OLD, clause_id=ARTICLE_OLD.pk, quote="deemed too bright",
        start=71, values=values,
    )  # fmt: skip


def _correspondence(pk: int, **more: Any) -> SimpleNamespace:
    said: dict[str, Any] = {
        "pk": pk, "object": EXCUSED, "subject": COME, "carried_from": None,
        "reason_sentences": ["Both speak of fireflies."],
        "status": "confirmed", "get_status_display": "confirmed", "get_relation_display": "broader",
        "reasoning": REASON,
        "searched": "Articles 1 to 12.", "author": "Lantern Society", "topic": TOPIC, "decisions": _manager(
            SimpleNamespace(
                at=AT.isoformat()[:10], organisation="Lantern Society", get_status_display="confirmed",
                relation="broader", get_relation_display="broader", reason=REASON,
            )
        ),
    }  # fmt: skip
    return SimpleNamespace(**(said | more))


def _rows_in_words() -> list[Any]:
    """Rows whose clauses stand nowhere else on the page, since each bears its name."""
    before = _clause(OLD, 30, "art_30", "Article 30", "Oil", "Oil is sold by the cup.")
    after = _clause(NEW, 31, "art_31", "Article 31", "Oil", "Oil is sold by the jar.")
    changes = [
        ["equal", "Oil is sold by the ", ""],
        ["delete", "cup", ""],
        ["insert", "jar", ""],
        ["equal", ".", ""],
    ]
    same = [_clause(version, 32, "art_32", "Article 32", "Wicks", "A wick is trimmed.") for version in (OLD, NEW)]
    changed, unchanged = _pair("changed", before, after), _pair("unchanged", *same)
    part = _pair("changed", before, after, changes=changes, level=Level.PART)
    return [Row(changed, [part]), Fold([Row(unchanged, [unchanged])])]


def _heading() -> Row:
    sides = [
        _clause(version, 40, "chp_4", "Chapter 4", "Of oil and wicks", "", element="chapter", end=60)
        for version in (OLD, NEW)
    ]
    return Row(_pair("moved", *sides, level=Level.CONTAINER))


def _decision(**more: Any) -> SimpleNamespace:
    said = SimpleNamespace(old=ARTICLE_OLD, new=ARTICLE_NEW, is_moved=False, ended_by_id=None)
    return SimpleNamespace(
        **(
            {
                "pk": 1, "credit": "Lantern Society", "reason": REASON, "at": AT, "is_in_force": True, "undoes": None,
                "undone_by": None, "made": _manager(said), "names_person": False, "organisation": "Lantern Society",
            }
            | more
        )
    )  # fmt: skip


def _filter() -> SimpleNamespace:
    one = [SimpleNamespace(value="medium", label="medium", is_chosen=False)]
    choices = SimpleNamespace(risks=one, categories=[], organisations=[])
    return SimpleNamespace(choices=choices, filter=None, kept=[], total=3, hidden=0)


def sample() -> dict[str, Any]:
    """What the rest of the style guide needs, beside ``samples.sample``."""
    form = SampleForm(auto_id="sample_%s")
    in_khmer = Clause(pk=901, version=samples.KHMER, position=9, end=10, depth=0, eid="art_km_9", num="មាត្រា ៩",
                      heading="គោម", text="គោមត្រូវជូតរាល់ខែ។", element="article")  # fmt: skip
    rendered = _clause(NEW, 22, "art_22", "Article 22", "Cleaning", "A lantern is cleaned every month.")
    rendered.in_other_language = [in_khmer]  # type: ignore[attr-defined]
    corrected = samples._version(4, "third", "Third draft, corrected", "2033", TextStatus.OFFICIAL)
    corrected.corrects_id = NEW.pk
    differences = samples._differences()
    values = [_finding(2, "penalty", "A fine of at most 4,000 riel.")]
    return {
        "sheets": [f"css/{name}.css" for name in ("annotations", "beside", "correcting", "tour")],
        "topic_row": SimpleNamespace(
            topic=TOPIC, table=None, olds=[CARRIED], answers=[_answer(EXCUSED, differences), _answer(None, None)]
        ),
        "inside": {CARRIED.pk: [CARRIED], EXCUSED.pk: [EXCUSED]},
        "answers": [_answer(EXCUSED, differences)],
        "topic_sample": TOPIC,
        "provision": SimpleNamespace(clause=UNSEEN, inside=[UNSEEN]),
        "rendered": rendered,
        "corrected_by": [corrected],
        "unseen": UNSEEN,
        "provided": ARTICLE_OLD,
        "entries": [SimpleNamespace(page=1, clause=samples.ARTICLE_READ, children=[])],
        "pages": [1, 2],
        "page_after": SimpleNamespace(number=2, title="Chapter 3"),
        "question": _finding(1, "deemed-to", "Who decides what is “deemed too bright”?"),
        "values": values,
        "found": {"values": values, "questions": [1]},
        "rows_in_words": _rows_in_words(),
        "rows": [_heading()],
        "map_decision": _decision(),
        "credited": SimpleNamespace(credit="Lantern Society", reason=REASON),
        "pair_sample": _pair("changed", ARTICLE_OLD, ARTICLE_NEW),
        "edited": SimpleNamespace(edition=2),
        "filtered": _filter(),
        "form": form,
        "suggested": SimpleNamespace(
            correspondence=_correspondence(1), excerpt=EXCUSED.text, confirm=None, refuse=None
        ),
        "decided": SimpleNamespace(correspondence=_correspondence(2), may_reopen=True),
        "suggestion_row": SimpleNamespace(clause=ARTICLE_OLD),
        "notices": [SimpleNamespace(pk=1, law=samples.LAW, sections=["Article 4"], old=OLD, new=NEW)],
        "renderings": [SimpleNamespace(translates=NEW, law=samples.LAW, slug="khmer", title="Third", waiting=2)],
        "waits": [
            SimpleNamespace(address="#main", count=3, label="notes to review", is_problem=False),
            SimpleNamespace(address="#main", count=1, label="comparison that failed", is_problem=True),
        ],
        "running_job": Comparison(state=JobState.RUNNING, step="marking", done=3, total=12),
        "failed_job": Comparison(state=JobState.FAILED, reason="The text has no clauses."),
        "messages": [Message(SUCCESS, "Kept as a draft."), Message(ERROR, "Say why it is returned.")],
    }
