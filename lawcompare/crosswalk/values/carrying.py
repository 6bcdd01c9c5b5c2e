"""Values of an earlier text of a law on a later one: those whose words were kept, for a second person to confirm."""

from django.db import transaction

from lawcompare.crosswalk.models import Value, ValueAction, ValueChange, ValueStatus
from lawcompare.engine.align import align
from lawcompare.engine.anchor import AnnotatedSpan, Carrier
from lawcompare.laws.documents import document_of
from lawcompare.laws.models import Clause, Version


@transaction.atomic
def carry_values(old: Version, new: Version) -> int:
    """Store, as stated, the confirmed values of ``old`` whose words stand unchanged in ``new``. Returns how many.

    A value is carried where its words and its clause were kept; the others wait for a person to state them. Safe to run
    twice: what was carried once is not carried again, whatever people made of it.
    """
    carried = Value.objects.filter(version=new, carried_from__isnull=False).values("carried_from")
    values = Value.objects.filter(version=old, status=ValueStatus.CONFIRMED, words_clause__isnull=False)
    waiting = list(values.exclude(pk__in=carried).select_related("clause", "words_clause"))
    if not waiting:
        return 0
    # What is stated of the later text already, as of a correction that came with its values.
    stated = {(one.clause_id, one.element, str(one.values), one.quote) for one in Value.objects.filter(version=new)}
    olds, news = _clauses(old), _clauses(new)
    old_clauses, new_clauses = document_of(old, olds.values()).clauses, document_of(new, news.values()).clauses
    alignments = align(old_clauses, new_clauses)
    partner = {one.old[0]: one.new[0] for one in alignments if len(one.old) == len(one.new) == 1}
    carrier = Carrier(old_clauses, new_clauses, alignments, new.language)
    count = 0
    for value in waiting:
        clause, words_clause = news.get(partner.get(value.clause.eid, "")), value.words_clause
        if clause is None or words_clause is None or value.start is None or value.end is None:
            continue
        span = carrier.carry(AnnotatedSpan(str(value.pk), words_clause.eid, value.start, value.end))
        if span.verdict != "kept" or span.clause is None or span.start is None or span.end is None:
            continue
        if (clause.pk, value.element, str(value.values), value.quote) in stated:
            continue
        _carry(value, clause, news[span.clause], span.start, span.end)
        count += 1
    return count


def _carry(value: Value, clause: Clause, words_clause: Clause, start: int, end: int) -> None:
    new = Value.objects.create(
        clause=clause,
        version_id=clause.version_id,
        element=value.element,
        values=value.values,
        words_clause=words_clause,
        start=start,
        end=end,
        quote=words_clause.text[start:end],
        status=ValueStatus.STATED,
        organisation=value.organisation,
        stated_by=value.stated_by,
        carried_from=value,
    )
    ValueChange.objects.create(
        value=new,
        action=ValueAction.CARRIED,
        status=new.status,
        values=new.values,
        words_eid=words_clause.eid,
        quote=new.quote,
        organisation=value.organisation,
    )


def _clauses(version: Version) -> dict[str, Clause]:
    return {clause.eid: clause for clause in version.clauses.order_by("position")}
