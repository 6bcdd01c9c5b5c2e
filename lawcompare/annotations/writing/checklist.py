"""The legal tests that a restriction has to pass, each as a question that a person answers on a clause.

They follow ICCPR 15, 17 and 19(3) and Budapest Convention 15, as read by the Human Rights Committee and the UN's
special rapporteurs; the standard that a note relies on says which of them matter for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TestAnswer(models.TextChoices):
    YES = "yes", pgettext_lazy("legal test", "yes")
    PARTLY = "partly", pgettext_lazy("legal test", "partly")
    NO = "no", pgettext_lazy("legal test", "no")
    NOT_IN_TEXT = "not-in-text", pgettext_lazy("legal test", "not in the text")


@dataclass(frozen=True)
class LegalTest:
    name: str
    label: str | Promise
    question: str | Promise


TESTS = (
    LegalTest("legality", _("Legality"), _("Can a person tell from these words what is forbidden, and what is not?")),
    LegalTest("aim", _("Legitimate aim"), _("Is the aim one of those for which this right may be restricted?")),
    LegalTest("necessity", _("Necessity"), _("Is it needed for that aim, and is it the mildest means that would do?")),
    LegalTest(
        "proportionality",
        _("Proportionality of the penalty"),
        _("Is the penalty in proportion to the harm, and no heavier than for the same act offline?"),
    ),
    LegalTest("mental-element", _("Mental element"), _("Must intent or knowledge be proved for every element?")),
    LegalTest(
        "defence", _("Defence"), _("Is there a defence for the public interest, research, journalism or good faith?")
    ),
    LegalTest("authorisation", _("Authorisation"), _("Must a judge or another independent body allow it beforehand?")),
    LegalTest("supervision", _("Supervision"), _("Does a body independent of those who use the power oversee it?")),
    LegalTest("remedy", _("Remedy"), _("Can the person concerned learn of it and have it reviewed?")),
    LegalTest(
        "scope-and-duration", _("Scope and duration"), _("Does the text limit what is covered, and for how long?")
    ),
)
NAMES = frozenset(test.name for test in TESTS)


@dataclass(frozen=True)
class AnsweredTest:
    """A test with its answer and the words of the text it rests on."""

    test: LegalTest
    answer: TestAnswer
    words: str

    @property
    def look(self) -> str:
        """The sign that goes with the answer's word."""
        looks = {"yes": "equivalent", "partly": "partial", "no": "contrary", "not-in-text": "absent"}
        return looks[self.answer]


def answered(checklist: Mapping[str, Any]) -> Iterator[AnsweredTest]:
    """What was answered, in the order of the tests."""
    for test in TESTS:
        row = checklist.get(test.name)
        if row:
            yield AnsweredTest(test, TestAnswer(row["answer"]), row.get("words", ""))
