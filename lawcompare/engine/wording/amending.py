"""What became of an instruction of an amending act, in one sentence."""

from dataclasses import replace

from lawcompare.engine.amend.instructions import Instruction, Outcome, Spot, Target, Values
from lawcompare.engine.wording import ENGLISH, Locale, gettext_noop

_DONE = {
    "strike": gettext_noop("Struck “%(old)s”."),
    "strike unit": gettext_noop("Struck %(old)s."),
    "insert": gettext_noop("Put in “%(new)s”."),
    "replace": gettext_noop("Put “%(new)s” in place of “%(old)s”."),
    "replace unit": gettext_noop("Put new words in place of %(old)s."),
    "redesignate": gettext_noop("Renumbered %(target)s."),
    "nothing": gettext_noop(
        "Nothing changes here: what the act numbers or sets otherwise is not printed in this text."
    ),
}
_DATE = gettext_noop("The act gives it a date of its own: “%(date)s”")
# By reason, and where there is more to say by the value that says it.
_REFUSED = {
    "no-target": gettext_noop("%(missing)s is not in this text."),
    "no-target where": gettext_noop("%(missing)s is not in %(where)s."),
    "words-not-there": gettext_noop("The words “%(words)s” are not there."),
    "several-places": gettext_noop("The words “%(words)s” stand in %(count)s places, and the act does not say which."),
    "several-places missing": gettext_noop("%(missing)s is in this text more than once."),
    "names-another-act": gettext_noop("It amends another law: %(law)s."),
    "names-another-act itself": gettext_noop("It amends the amending act itself."),
    "not-understood": gettext_noop("The wording of this instruction is not one that the program knows."),
    "not-understood words": gettext_noop("“%(words)s” was not understood as a provision."),
    "not-understood unclosed": gettext_noop("The quotation that begins “%(unclosed)s” is never closed."),
    "other-language": gettext_noop("It amends the text in another language."),
    "does-not-fit": gettext_noop("The instruction does not fit the text: “%(words)s” is not what stands there."),
    "does-not-fit place": gettext_noop("The words “%(words)s” are not there, but in %(place)s."),
    "does-not-fit near": gettext_noop("The words “%(words)s” are not there; “%(near)s” is."),
    "does-not-fit taken": gettext_noop("There is a %(words)s already."),
    "does-not-fit order": gettext_noop("%(words)s does not follow the numbers that stand in %(place)s."),
    "does-not-fit end": gettext_noop("The text does not end with “%(words)s” but with “%(end)s”."),
    "does-not-fit old": gettext_noop("The act counts %(old)s old numbers and %(new)s new ones."),
    "does-not-fit missing": gettext_noop("The act names %(missing)s, but the new text for it is not in the act."),
}
_TELLING = ("unclosed", "itself", "taken", "order", "near", "end", "old", "place", "where", "missing", "words")
_END = gettext_noop("the end")
_LONGEST = 120


def outcome_message(locale: Locale, outcome: Outcome) -> str:
    """The sentence of an outcome.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> said = Instruction("sec. 2", "strike")
    >>> outcome_message(ENGLISH, Outcome(said, "words-not-there", {"words": "fifty days"}))
    'The words “fifty days” are not there.'
    >>> outcome_message(ENGLISH, Outcome(said, "several-places", {"words": "lamp", "count": 2}))
    'The words “lamp” stand in 2 places, and the act does not say which.'
    """
    instruction = outcome.instruction
    if outcome.reason:
        values = {"missing": "", "law": "", "words": "", **outcome.values}
        telling = (f"{outcome.reason} {name}" for name in _TELLING if outcome.values.get(name))
        name = next((each for each in telling if each in _REFUSED), outcome.reason)
        return _sentence(locale, _REFUSED[name], values)
    if instruction.old and instruction.old.kind == "units":  # a person may have chosen others than the act names
        instruction = replace(instruction, old=replace(instruction.old, targets=outcome.targets))
    words = words_of(instruction, locale)
    values = {"old": words["old"] or "", "new": words["new"] or "", "target": outcome.cite(locale) or ""}
    if not outcome.clauses:
        name = "nothing"
    elif instruction.operation == "redesignate":
        name = "redesignate"
    else:
        name = "replace" if values["old"] and values["new"] else "insert" if values["new"] else "strike"
        name += " unit" if values["old"] and instruction.old and not instruction.old.words else ""
    date = f" {_sentence(locale, _DATE, outcome.values)}" if "date" in outcome.values else ""
    return _sentence(locale, _DONE[name], values) + date


def words_of(instruction: Instruction, locale: Locale = ENGLISH) -> dict[str, str | None]:
    """The old and the new words of an instruction, None where it has none."""
    new = instruction.new or ", ".join(number.cite(locale) for number in instruction.numbers)
    return {"old": _old(instruction.old, locale) if instruction.old else None, "new": new or None}


def _old(spot: Spot, locale: Locale) -> str | None:
    joint = f" {locale.gettext('and')} "
    targets = spot.targets
    if spot.kind == "sentence":
        targets = tuple(replace(target, part="sentence", nth=spot.nth) for target in targets)
    words = joint.join(spot.words) or ", ".join(target.cite(locale) for target in targets) or None
    if spot.through is not None:
        words = f"{words} … {_old(spot.through, locale) or locale.gettext(_END)}"
    return words


def _sentence(locale: Locale, message: str, values: Values) -> str:
    words = {}
    for name, one in values.items():
        if isinstance(one, Target):
            words[name] = one.cite(locale)
        else:
            words[name] = locale.digits(one) if isinstance(one, int) else " ".join(one.split())
    shown = {
        name: value if len(value) <= _LONGEST else f"{value[:_LONGEST].rsplit(None, 1)[0]}…"
        for name, value in words.items()
    }
    sentence = locale.gettext(message) % shown
    return sentence[:1].upper() + sentence[1:]
