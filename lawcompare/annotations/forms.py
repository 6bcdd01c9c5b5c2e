"""The forms of notes, replies, readers' notices, kinds of risk and reasons: the same with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator, URLValidator
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Person
from lawcompare.annotations.html import BodyError, check_body
from lawcompare.annotations.models import (
    TESTS,
    Annotation,
    Category,
    Flag,
    FlagKind,
    LegalTest,
    Reply,
    Risk,
    TestAnswer,
)
from lawcompare.annotations.targets import ChosenClauses, TargetError, choose_clauses, passage_typed, set_target
from lawcompare.core.translations.texts import TranslatedForm
from lawcompare.laws.models import Clause, check_date

BODY_MAX = 20_000
PROPOSED_MAX = 5_000
EXACT_MAX = 5_000
WORDS_MAX = 500


def text_area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows} | attrs)


class BodyField(forms.CharField):
    """Markdown without HTML tags."""

    def clean(self, value: Any) -> str:
        body = super().clean(value)
        try:
            check_body(body)
        except BodyError as error:
            raise forms.ValidationError(str(error)) from None
        return body


class PassageForm(forms.Form):
    """Words of a clause, with their place where they were chosen on the page."""

    exact = forms.CharField(
        label=_("Words of the clause"),
        required=False,
        strip=False,
        max_length=EXACT_MAX,
        widget=text_area(2),
        help_text=_("Copy them from the clause. For a long passage, type how it begins … and how it ends."),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class AnnotationForm(forms.ModelForm, PassageForm):
    whole = forms.BooleanField(label=_("The note is about the whole clause"), required=False)
    based_on = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    # Chosen by who writes, never preset: a risk that nobody meant would be published in the organisation's name.
    risk = forms.TypedChoiceField(
        label=_("Risk"), choices=[*reversed(Risk.choices)], coerce=int, widget=forms.RadioSelect
    )
    body = BodyField(
        label=_("Reasoning"),
        max_length=BODY_MAX,
        widget=text_area(7),
        help_text=_("Markdown: **strong**, *emphasis*, > quotation, lists and links."),
    )
    proposed_text = forms.CharField(
        label=_("Proposed wording"),
        required=False,
        max_length=PROPOSED_MAX,
        widget=text_area(3),
        help_text=_(
            "Readers see it as a redline of the words you chose. To propose deleting them, set the purpose to "
            "“proposing wording” and leave this empty."
        ),
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(),
        label=_("Kinds of risk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        to_field_name="code",
    )
    standards_typed = forms.CharField(label=_("Add a standard"), required=False, max_length=600)
    answers_typed = forms.CharField(label=_("Add a clause that meets the concern"), required=False, max_length=600)
    source_date = forms.CharField(
        label=_("Its date"),
        required=False,
        max_length=10,
        validators=[check_date],
        help_text=_("2014, 2014-04 or 2014-04-09."),
    )
    source_url = forms.URLField(
        label=_("Its address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )

    class Meta:
        model = Annotation
        fields = [
            "risk", "motivation", "body", "proposed_text", "categories", "source_organisation", "source_title",
            "source_date", "source_url", "credits_person",
        ]  # fmt: skip
        labels = {
            "motivation": _("Purpose of the note"),
            "source_organisation": _("Who published it"),
            "source_title": _("Its title"),
            "credits_person": _("Name me beside my organisation"),
        }
        help_texts = {
            "credits_person": _(
                "Unless you tick this, only your organisation is named. If you do, readers see the name you chose in "
                "your account: think of the risk to you."
            ),
        }

    def __init__(
        self, *args: Any, user: Person, clause: Clause, chosen: dict[str, list[Clause]] | None = None, **more: Any
    ):
        super().__init__(*args, **more)
        self.user, self.clause = user, clause
        note = self.instance
        if note.pk and (note.creator_id != user.pk or (note.is_published and not note.credits_person)):
            del self.fields["credits_person"]  # whether one is named is one's own to say, and read by a reviewer
        self.language = clause.version.language
        for name in ("exact", "proposed_text"):
            self.fields[name].widget.attrs["lang"] = self.language
        # A retired one only to the note that has it, published or in the words that wait, or that descends from it.
        notes = [pk for pk in (self.instance.pk, self.instance.descends_from_id) if pk]
        last = self.instance.revisions.order_by("number").last() if self.instance.pk else None
        waiting = last.content["categories"] if last else []
        kept = Q(annotations__in=notes) | Q(code__in=waiting)
        offered = Category.objects.filter(Q(is_retired=False) | kept).distinct()
        self.fields["categories"].queryset = offered  # type: ignore[attr-defined]
        self._add_tests()
        self.clause_choices = {name: self._clause_choice(name, chosen) for name in ("standards", "answers")}

    @classmethod
    def filled(cls, note: Annotation, relations: dict[str, list[Any]], user: Person, **initial: Any) -> AnnotationForm:
        """The form with what a note says: its fields as they are in memory, what else it has in ``relations``."""
        initial |= {"exact": note.exact, "start": note.start, "whole": not note.exact}
        initial["categories"] = relations["categories"]
        return cls(initial=initial, instance=note, user=user, clause=note.clause, chosen=relations)

    def _add_tests(self) -> None:
        checklist = self.instance.checklist
        for test in TESTS:
            answer, words = f"test-{test.name}", f"words-{test.name}"
            choices = [("", "–"), *TestAnswer.choices]
            self.fields[answer] = forms.ChoiceField(label=str(test.label), required=False, choices=choices)
            self.fields[words] = forms.CharField(
                label=_("Based on these words"), required=False, strip=True, max_length=WORDS_MAX
            )
            self.fields[words].widget.attrs["lang"] = self.language
            self.initial.setdefault(answer, checklist.get(test.name, {}).get("answer", ""))
            self.initial.setdefault(words, checklist.get(test.name, {}).get("words", ""))

    def _clause_choice(self, name: str, chosen: dict[str, list[Clause]] | None) -> ChosenClauses:
        if not self.is_bound:
            return ChosenClauses(list((chosen or {}).get(name, [])))
        refuse = self._refuse_standard if name == "standards" else self._refuse_answer
        return choose_clauses(
            self.user, cast(QueryDict, self.data).getlist(name), self.data.get(f"{name}_typed", "")[:600], refuse
        )

    def _refuse_standard(self, clause: Clause) -> str:
        if clause.version.law_id == self.clause.version.law_id:
            return _now("A standard is a clause of another law than the one you write about.")
        return ""

    def _refuse_answer(self, clause: Clause) -> str:
        return _now("A clause does not answer a criticism of itself.") if clause.pk == self.clause.pk else ""

    def show_unchecked(self) -> None:
        """Show the form as it was sent, with the clauses that were looked up, before anything is checked."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    @property
    def tests(self) -> Iterator[tuple[LegalTest, forms.BoundField, forms.BoundField]]:
        for test in TESTS:
            yield test, self[f"test-{test.name}"], self[f"words-{test.name}"]

    @property
    def has_more(self) -> bool:
        """Whether anything stands, or is wrong, behind "More"."""
        names = ("proposed_text", "credits_person", "standards_typed", "answers_typed")
        fields = [self[name] for name in names if name in self.fields]
        chosen = any(choice.chosen or choice.candidates or choice.problems for choice in self.clause_choices.values())
        is_filled = any(field.value() or field.errors for field in fields) or bool(self["motivation"].errors)
        return chosen or is_filled or self.is_tested or self.has_source or self["motivation"].value() != "assessing"

    @property
    def is_tested(self) -> bool:
        """Whether a legal test was answered, or something is wrong with an answer."""
        return any(answer.value() or words.errors for _test, answer, words in self.tests)

    @property
    def has_source(self) -> bool:
        names = ("source_organisation", "source_title", "source_date", "source_url")
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def relations(self) -> dict[str, list[Any]]:
        """What the service stores beside the row."""
        return {
            "categories": list(self.cleaned_data["categories"]),
            "standards": self.clause_choices["standards"].chosen,
            "answers": self.clause_choices["answers"].chosen,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._choose_words(data)
        self.instance.checklist = self._read_checklist(data)
        for name, choice in self.clause_choices.items():
            for problem in choice.problems:
                self.add_error(f"{name}_typed", problem)
        return data

    def _choose_words(self, data: dict[str, Any]) -> None:
        exact, start = data.get("exact", ""), data.get("start")
        if {"exact", "start"} & set(self.errors):
            return
        try:
            if data.get("whole"):
                if exact.strip():
                    raise TargetError(_now("Choose words or the whole clause, not both."))
                exact, start = "", None
            elif start is None:
                exact, start = passage_typed(self.clause, exact)
            set_target(self.instance, self.clause, exact, start)
        except TargetError as error:
            self.add_error("exact", str(error))

    def _read_checklist(self, data: dict[str, Any]) -> dict[str, dict[str, str]]:
        checklist: dict[str, dict[str, str]] = {}
        for test in TESTS:
            answer, words = data.get(f"test-{test.name}", ""), data.get(f"words-{test.name}", "")
            if problem := self._problem_with_words(answer, words):
                self.add_error(f"words-{test.name}", problem)
            elif answer:
                checklist[test.name] = {"answer": answer, "words": words}
        return checklist

    def _problem_with_words(self, answer: str, words: str) -> str:
        if not words:
            return ""
        if not answer:
            return _now("Say yes, partly or no to what these words are about.")
        if answer == TestAnswer.NOT_IN_TEXT:
            return _now("What is not in the text rests on no words of it.")
        if words in self.clause.text or any(
            words in row.text for row in self.clause.version.clauses.filter(text__contains=words).only("text")
        ):
            return ""
        return _now("These words are not in the text; copy them as they stand in one of its clauses.")


class ReplyForm(forms.ModelForm):
    body = BodyField(label=_("Your words"), max_length=5_000, widget=text_area(4))

    class Meta:
        model = Reply
        fields = ["kind", "body"]
        labels = {"kind": _("It is a")}


class RemarkForm(forms.Form):
    body = BodyField(label=_("Your words"), max_length=5_000, widget=text_area(3))


class FlagForm(forms.ModelForm):
    class Meta:
        model = Flag
        fields = ["kind", "words"]
        labels = {"kind": _("What is wrong"), "words": _("In your words")}
        help_texts = {"words": _("Optional. Do not say who you are, or name anyone who could come to harm.")}
        widgets = {"kind": forms.RadioSelect, "words": text_area(4)}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = FlagKind.choices  # type: ignore[attr-defined]


class CategoryForm(TranslatedForm):
    in_each_language = {"label": _("Name in %(language)s"), "question": _("Question in %(language)s")}

    class Meta:
        model = Category
        fields = ["label", "question", "is_retired"]
        labels = {
            "is_retired": _("No longer in use"),
        }
        widgets = {
            "question": text_area(2),
        }
        help_texts = {"is_retired": _("Public notes keep it; no other note is given it.")}


class NewCategoryForm(CategoryForm):
    code = forms.CharField(
        label=_("Short name"),
        max_length=12,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9-]+\Z", _("Capital Latin letters, digits and hyphens."))],
        help_text=_("Used in addresses and files; it cannot be changed later."),
    )
    field_order = ["code"]

    class Meta(CategoryForm.Meta):
        fields = ["code", "label", "question"]


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=2_000)
