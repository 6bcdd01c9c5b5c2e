"""What cannot be stated of two clauses, each as a ValidationError with one sentence."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus, Relation
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.models import Clause, Version


def check_statement(subject: Clause, answer: Clause | Version, relation: str, reasoning: str) -> None:
    """Raise ValidationError where the relation cannot hold between the two clauses."""
    version_id = answer.version_id if isinstance(answer, Clause) else answer.pk
    if relation not in Relation.values:
        raise ValidationError(_("There is no relation “%(relation)s”.") % {"relation": relation})
    if not reasoning.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    if isinstance(answer, Clause) and answer.pk == subject.pk:
        raise ValidationError(_("A clause does not answer itself."))
    if version_id == subject.version_id:
        raise ValidationError(_("Both clauses are of one text; a correspondence joins two texts."))


def check_answer(answer: Clause | Version, relation: str) -> None:
    """Raise ValidationError unless "none found" is about a whole text, and every other relation names a clause."""
    is_none = relation == Relation.NONE
    if isinstance(answer, Clause) and is_none:
        raise ValidationError(_("Where a clause is named, “none found” cannot be said of it."))
    if isinstance(answer, Version) and not is_none:
        raise ValidationError(_("Name the clause that answers, or say that none was found."))


def check_searched(relation: str, searched: str) -> None:
    """Raise ValidationError where none was found and nobody says where it was looked for."""
    if relation == Relation.NONE and not searched.strip():
        raise ValidationError(_("Say where a counterpart was looked for."))


def check_circle(subject: Clause, answer: Clause | None, relation: str, besides: Correspondence | None = None) -> None:
    """Raise ValidationError where "broader" would lead, from clause to clause, back to where it began."""
    ends = _broader_first(subject.pk, answer.pk if answer else None, relation)
    if answer is None or ends is None:
        return
    stated = Correspondence.objects.filter(
        status=CorrespondenceStatus.CONFIRMED, relation__in=[Relation.BROADER, Relation.NARROWER], object__isnull=False
    )
    if besides is not None:
        stated = stated.exclude(pk=besides.pk)
    narrower: dict[int, list[int]] = {}
    for pair in stated.order_by().values_list("subject_id", "object_id", "relation"):
        if stated_ends := _broader_first(*pair):
            narrower.setdefault(stated_ends[0], []).append(stated_ends[1])
    broad, narrow = ends
    if broad in _reached(narrow, narrower):
        first, second = (subject, answer) if broad == subject.pk else (answer, subject)
        raise ValidationError(
            _("%(narrow)s is already broader than %(broad)s, in one step or more, and cannot be narrower too.")
            % {"broad": cite(first), "narrow": cite(second)}
        )


def _broader_first(subject: int, answer: int | None, relation: str) -> tuple[int, int] | None:
    if answer is None or relation not in {Relation.BROADER, Relation.NARROWER}:
        return None
    return (subject, answer) if relation == Relation.BROADER else (answer, subject)


def _reached(start: int, narrower: dict[int, list[int]]) -> set[int]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        for clause in narrower.get(waiting.pop(), []):
            if clause not in seen:
                seen.add(clause)
                waiting.append(clause)
    return seen
