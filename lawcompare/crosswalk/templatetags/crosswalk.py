"""Counterparts in other laws, what people confirmed and what the rules found, for the pages of other apps."""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from django import template
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.access import may
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.access import SHOWN_VALUES, correspondences_of, own_drafts, visible_values
from lawcompare.crosswalk.elements import ElementTable
from lawcompare.crosswalk.findings.models import VALUE_RULES, Finding
from lawcompare.crosswalk.models import DraftComparison, Topic, Value
from lawcompare.crosswalk.provisions import Counterpart, build_confirmed_table, counterparts_by_topic, values_of_clauses
from lawcompare.engine.rules import Rule, Standard, load_rules
from lawcompare.laws.citing import cite_address, names_in_short, short_name
from lawcompare.laws.formatting import format_in_dollars
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.translations.services import set_shown

register = template.Library()
register.filter(short_name)
register.simple_tag(names_in_short)
register.filter("in_dollars", format_in_dollars)


@register.simple_tag(takes_context=True)
def counterparts_of(context: Any, clause: Clause, inside: Iterable[Clause]) -> list[tuple[Topic, list[Counterpart]]]:
    """What answers the clause, or one ``inside`` it, in other laws, by topic.

    One query for the many clauses that have no counterpart, whatever others keep to themselves, else four, however
    many there are; two more where readers may be led to renderings.
    """
    ids, user = [clause.pk, *(part.pk for part in inside)], context["request"].user
    correspondences = correspondences_of(user, ids)
    if not correspondences:
        return []
    counterparts = counterparts_by_topic(correspondences, visible_values(user), clause)
    answers = [answer for _topic, answers in counterparts for answer in answers]
    for answer in answers:
        if answer.clause:
            answer.clause.version = answer.version
    set_shown(answer.clause for answer in answers if answer.clause)
    return counterparts


@register.simple_tag(takes_context=True)
def confirmed_of(context: Any, clause: Clause, inside: Iterable[Clause]) -> ElementTable | None:
    """What people confirmed of the clause and of those ``inside`` it, as a table of one column.

    One simple query for the many clauses of which nothing is stated, else two.
    """
    clauses = [clause, *inside]
    stated_of = Value.objects.not_refused().filter(clause__in=[each.pk for each in clauses], status__in=SHOWN_VALUES)
    known = list(stated_of.order_by().values_list("pk", flat=True))
    if not known:
        return None
    stated = values_of_clauses(visible_values(context["request"].user).filter(pk__in=known), clauses)
    return build_confirmed_table([(clause.version, clauses)], stated)


@register.simple_tag(takes_context=True)
def may_review(context: Any) -> bool:
    return may(context["request"].user, "review")


@register.simple_tag(takes_context=True)
def draft_between(context: Any, old: Version, new: Version) -> DraftComparison | None:
    """The open draft comparison of the reader's organisation between two texts, if there is one."""
    return own_drafts(context["request"].user).filter(source=old, target=new, published_at=None).first()


# How the standards are called in short.
LAW_NAMES = {
    "iccpr": _("ICCPR"),
    "udhr": _("UDHR"),
    "budapest-convention": _("Budapest Convention"),
    "us-code-18": "18 U.S.C.",
    "us-code-47": "47 U.S.C.",
}


@register.filter
def claim(reasoning: str) -> str:
    """What a reasoning says in the reader's language, without the words it relies on and without saying whose it is."""
    said = localised(reasoning).removesuffix(relied_on(reasoning)).strip()
    for opening in {_("Editorial judgement:"), "Editorial judgement:"}:
        said = said.removeprefix(str(opening)).strip()
    return capfirst(said)


@register.filter
def common_claim(answers: Sequence[Counterpart]) -> str:
    """What the claims of all answers begin with, to the end of a sentence or clause; empty where they share none, or
    where they are not all the site's: nobody is named beside it.
    """
    if not all(answer.is_project for answer in answers):
        return ""
    said = [re.split(r"(?<=[;.។] )", claim(answer.reasoning)) for answer in answers]
    same = takewhile(lambda parts: len(set(parts)) == 1, zip(*said, strict=False))
    return "".join(parts[0] for parts in same) if len(said) > 1 else ""


@register.filter
def relied_on(reasoning: str) -> str:
    """The sentence with which a reasoning names the words that it relies on; empty where it names none."""
    said = localised(reasoning)
    for lead in (gettext("Words relied on: %(first)s."), "Words relied on: %(first)s."):
        start = said.find(lead.partition("%")[0])
        if start >= 0:
            return said[start:]
    return ""


@register.simple_tag
def questions_on(clauses: Iterable[Clause]) -> dict[int, list[Finding]]:
    """Returns the open questions on clauses of a page, which the reader may see, by clause. Two queries at most."""
    rows = list(clauses)
    wanted = {clause.pk for clause in rows}
    by_clause: dict[int, list[Finding]] = {}
    if rows:
        findings = Finding.objects.of_today().questions().filter(version__in={clause.version_id for clause in rows})
        for finding in findings.open_rows():
            if finding.clause_id in wanted:
                by_clause.setdefault(finding.clause_id, []).append(finding)
    return by_clause


@register.simple_tag
def findings_in(clauses: Iterable[Clause]) -> dict[str, list[Finding]]:
    """Returns the ``values`` read from clauses of a page, which the reader may see, and the open ``questions``."""
    by_pk = {clause.pk: clause for clause in clauses}
    rows = Finding.objects.of_today().filter(clause__in=list(by_pk)).order_by("start", "pk").open_rows()
    for row in rows:
        row.clause = by_pk[row.clause_id]
    rows.sort(key=lambda row: row.clause.position)
    return {
        "values": [row for row in rows if row.rule in VALUE_RULES],
        "questions": [row for row in rows if row.rule not in VALUE_RULES],
    }


@register.filter
def rule_of(finding: Finding) -> Rule | None:
    """Returns the rule of a finding: its category, its standard, and what would answer it."""
    return next((rule for rule in load_rules() if rule.id == finding.rule), None)


@register.filter
def in_reader_language(words: str) -> str:
    """Returns a message of a rule file in the language of the page."""
    return gettext(words) if words else ""


@register.simple_tag
def standard_clause(standard: Standard) -> dict[str, str]:
    """Returns ``address`` and ``name`` of the provision that a rule measures by, with the ``law`` it is in."""
    law, _slash, version = standard.law.partition("/")
    address = reverse("clause", args=[law, version, standard.clause])
    return {"address": address, "name": cite_address(standard.clause), "law": str(LAW_NAMES.get(law, law))}
