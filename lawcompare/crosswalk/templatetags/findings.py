"""Template tags that show findings in the margin of a clause, for pages of lower and higher rooms."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lawcompare.crosswalk.findings.models import VALUE_RULES, Finding
from lawcompare.engine.rules import Rule, Standard, load_rules
from lawcompare.laws.citing.find_clause import cite_address
from lawcompare.laws.formatting import format_in_dollars
from lawcompare.laws.models import Clause

register = template.Library()
register.filter("in_dollars", format_in_dollars)

# How the standards are called in short.
LAW_NAMES = {
    "iccpr": _("ICCPR"),
    "udhr": _("UDHR"),
    "budapest-convention": _("Budapest Convention"),
    "us-code-18": "18 U.S.C.",
    "us-code-47": "47 U.S.C.",
}


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
