"""Findings of an examination in words: values as sentences, and the question of a rule with the words it is about."""

from collections.abc import Mapping
from typing import Any

from lawcompare.engine.rules import load_rules
from lawcompare.engine.wording.locale import Locale
from lawcompare.engine.wording.values import months_in_words, value_sentence

VALUE_RULES = frozenset({"penalty", "time-limit", "mental-element", "authorisation", "defence"})


def finding_message(locale: Locale, rule: str, quote: str, values: Mapping[str, Any]) -> str:
    """What was noticed: a sentence for a value, a question for a rule.

    >>> from lawcompare.engine.wording.locale import ENGLISH
    >>> finding_message(ENGLISH, "minimum-prison-term", "not less than one year", {"prison_months_min": 12})
    'A prison term of at least 1 year: may a judge not go lower in the lightest case?'
    """
    if rule in VALUE_RULES:
        return value_sentence(locale, rule, values)
    question = next((one.message for one in load_rules() if one.id == rule), "")
    words = {"words": " ".join(quote.split()), **values}
    if least := values.get("prison_months_min"):
        words["least"] = months_in_words(locale, least)
    message = locale.gettext(question) % words if question else words["words"]
    if not values.get("is_partly_known"):
        return message
    return f"{message} {locale.gettext('Only a restatement or a quotation of this provision is known.')}"
