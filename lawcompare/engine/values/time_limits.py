"""Time limits of a duty or a measure, each with its bound: at least, at most, or for exactly a time.

An age, a window in which losses are added up, how long a message was stored, a term of office and a prison term are
no time limits. A denied verb turns a bound: ``shall not be kept for more than 30 days`` is at most 30.
"""

import re
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass

from lawcompare.engine.text.search_form import View, khmer_pattern, lazy_compile
from lawcompare.engine.values.durations import (
    ENGLISH_DURATION,
    ENGLISH_DURATION_OR_NUMBER,
    KHMER_DURATION,
    KHMER_DURATION_OR_NUMBER,
    Duration,
    names_unit,
    parse_duration,
)
from lawcompare.engine.values.negation import is_negative, sentence_after, sentence_before
from lawcompare.engine.values.words import Context, contexts_of, overlapping

_NEAR = contexts_of("time_limits")


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """``text[start:end]`` of the form for matching; ``bound`` is ``least``, ``most`` or ``exact``."""

    start: int
    end: int
    duration: Duration
    bound: str


# --- English ----------------------------------------------------------------------------------------------------------

_OF = (
    r"(?:an?\s+|the\s+)?(?:(?:additional|further|initial|total|single|successive|consecutive)\s+)?"
    r"(?:(?:period|term|time|duration)s?\s+of\s+)?"
)
_PERIOD = r"(?:(?:for|of|during)\s+)?(?:an?\s+|any\s+)?(?:additional\s+|further\s+)?(?:periods?|terms?)\s+(?:of\s+)?"
# The first that matches at a place is taken, so that "not more than" is never read as "more than".
_BOUNDS = r"""(?:
      (?P<later> (?:by\s+)? (?:not|no) \s+ later \s+ than | at\s+the\s+latest )
    | (?P<least> at \s+ least | (?:not|no) \s+ (?:earlier|sooner) \s+ than
    | (?:not|no) \s+ (?:less|fewer|shorter) \s+ than
    | nor \s+ (?:less|fewer|shorter) \s+ than
        | (?:a\s+)? minimum (?:\s+period)? (?:\s+of)? )
    | (?P<most> up \s+ to | limited (?:\s+in\s+(?:time|duration|length))? \s+ to
        | at \s+ (?:the\s+)?most | (?:not|no) \s+ (?:more|longer|greater) \s+ than
        | nor (?:\s+in\s+any\s+(?:event|case))? (?:\s+for)? \s+ (?:more|longer) \s+ than
        | (?:not|never) (?:\s+to)? \s+ exceed(?:ing)?
        | (?:shall|may|must|can|does|do|is)(?:\s+in\s+(?:any|no)\s+(?:event|case))?
          \s+ not \s+ (?:to\s+)?exceed | cannot \s+ exceed | (?:a\s+)? maximum (?:\s+period)? (?:\s+of)?
        | in \s+ no \s+ (?:event|case) \s+ (?:for\s+)?(?:more|longer) \s+ than | not \s+ in \s+ excess \s+ of )
    | (?P<late> later \s+ than | after \s+ the \s+ (?:end|expiry|expiration|lapse) \s+ of )
    | (?P<more> (?:more|longer|greater) \s+ than | exceed(?:s|ing)? | in \s+ excess \s+ of | beyond )
    | (?P<less> (?:less|fewer|shorter) \s+ than )
    | (?P<within> within | inside | (?:before|by) \s+ the \s+ (?:end|expiry|expiration) \s+ of )
    | (?P<end> (?:at|on|upon) \s+ the \s+ (?:end|expiry|expiration) \s+ of )
    )"""
_LEADS = ("later", "least", "most", "late", "more", "less", "within", "end")
_BOUNDED = lazy_compile(
    rf"(?xi) \b (?:{_PERIOD})? (?:for\s+)? {_BOUNDS} \s+ (?P<any>any\s+|in\s+any\s+)?{_OF}"
    rf" (?P<duration>{ENGLISH_DURATION})"
)
_RANGE = lazy_compile(
    rf"""(?xi) \b (?:{_PERIOD}|for\s+|within\s+|during\s+)? (?:from\s+
        |between\s+)? (?<![\d(.,$-]) (?P<low>{ENGLISH_DURATION_OR_NUMBER})
    (?:\s*(?:to|and)\s+|(?<=\d)\s*-\s*(?=\d)) (?P<high>{ENGLISH_DURATION})"""
)
_EXACT = lazy_compile(
    rf"""(?xi) \b (?: (?:for|during|after|every|lasts?|over
        | (?:extend|renew|prolong)(?:able|ed)(?:\s+once)?\s+(?:by|for)) \s+
      (?P<any>any\s+)? {_OF}
      | (?:periods?|terms?|extensions?) \s+ of \s+ (?:an?\s+)?
      | (?:periods?|terms?|durations?|time\s+limits?) (?:\s+of\s+\w+)? \s+ (?:is|are|shall\s+be
      |lasts?) \s+ ) (?P<duration>{ENGLISH_DURATION})
    | \b (?: an? | each | one | additional | further
    | initial ) \s+ (?:additional\s+|further\s+|initial\s+|successive\s+)?
      (?P<named>{ENGLISH_DURATION}) \s+ (?:periods?|extensions?|limits?|terms?|deadline) \b"""
)
# "ten clear days' notice at least", "30 days at the most"
_BOUND_AFTER = lazy_compile(
    rf"(?i)(?<![\d(.,$-])\b(?P<duration>{ENGLISH_DURATION})(?:['’]?\s+(?:notice|period))?\s+at\s+(?:the\s+)?(?:very\s+)?(?P<bound>least|most|latest)\b"
    r"(?=\s*(?:[.,;:)]|$)|\s+(?:before|after|from|prior)\b)"
)
_FOLLOWING = lazy_compile(rf"(?i)\bin\s+the\s+(?P<duration>{ENGLISH_DURATION})\s+(?:following|after|from)\b")
_ENDS = lazy_compile(
    rf"(?i)\b(?:laps|expir|terminat|ceas|end)(?:e|es|s|ed)?(?:\s+to\s+(?:be|have)\s+(?:in\s+)?\w+)?\s+(?P<duration>{ENGLISH_DURATION})\s+(?:after|from|following)\b"
)
_BEFORE_PASSED = lazy_compile(
    rf"(?i)\bbefore\s+(?P<duration>{ENGLISH_DURATION})\s+(?:has|have)\s+(?:passed|elapsed|expired|gone\s+by)\b"
)
_ANAPHORIC = lazy_compile(r"(?i)\b(?:the|such|that|this)\s+[^\s]+-\w+$")
_OR_LESS = lazy_compile(r"(?i)\s*,?\s*or\s+(?P<less>less|fewer|shorter)\b")
_OR_MORE = lazy_compile(r"(?i)\s*,?\s*or\s+(?P<more>more|longer|greater)\b")
_EXCEPT = Context(lazy_compile(r"(?i)\b(?:unless|except|until|other\s+than|but)\b"))
_COUNTED = lazy_compile(r"(?i)\bmore\s+than\s+[\d,]+[^.;]{0,60}$")


def find_time_limits(seen: View) -> list[TimeLimit]:
    """The time limits of a text in its order, none inside another; both bounds of a range have one place."""
    limits: list[TimeLimit] = []
    places: list[tuple[int, int]] = []
    if not names_unit(seen.text, seen.language):
        return limits
    for limit in _khmer(seen.text) if seen.language == "km" else _english(seen.text):
        place = (limit.start, limit.end)
        there = overlapping(places, *place)
        if there is None:
            insort(places, place)
        if there in (None, place):
            limits.append(limit)
    return sorted(limits, key=lambda limit: (limit.start, limit.end, limit.duration.days))


def _english(text: str) -> Iterator[TimeLimit]:
    for match in _RANGE.finditer(text):
        high = parse_duration(match["high"], "en")
        low = parse_duration(match["low"], "en", unit=high.unit if high else None)
        if low and high and low.days < high.days and _is_time(text, match.start(), match.end(), ""):
            yield TimeLimit(match.start(), match.end(), low, "least")
            yield TimeLimit(match.start(), match.end(), high, "most")
    for match in _BOUNDED.finditer(text):
        lead = next(name for name in _LEADS if match[name])
        bound = _bound(lead, text, match.start(), match.end())
        duration = parse_duration(match["duration"], "en")
        if bound and duration and _is_time(text, match.start(), match.end(), match["any"] or ""):
            yield TimeLimit(match.start(), _end(text, match.end()), duration, bound)
    for pattern, bound in ((_BOUND_AFTER, ""), (_FOLLOWING, "most"), (_ENDS, "exact")):
        for match in pattern.finditer(text):
            duration = parse_duration(match["duration"], "en")
            if not duration or not _is_time(text, match.start(), match.end(), ""):
                continue
            if bound:
                yield TimeLimit(match.start(), match.end("duration"), duration, bound)
            else:
                named = "least" if match["bound"].lower() == "least" else "most"
                yield TimeLimit(match.start(), match.end(), duration, named)
    for match in _BEFORE_PASSED.finditer(text):
        duration = parse_duration(match["duration"], "en")
        if duration and is_negative(_after_exceptions(sentence_before(text, match.start()))):
            yield TimeLimit(match.start(), match.end(), duration, "least")
    for match in _EXACT.finditer(text):
        duration = parse_duration(match["duration"] or match["named"], "en")
        if duration and _is_time(text, match.start(), match.end(), match["any"] or ""):
            bound = "least" if _OR_MORE.match(text, match.end()) else "exact"
            if match[0].lower().startswith("after") and is_negative(sentence_before(text, match.start())):
                bound = "most"  # "no action may be brought after three years"
            if not (_OR_LESS.match(text, match.end()) and _NEAR["stored"].search(sentence_before(text, match.start()))):
                bound = "most" if _OR_LESS.match(text, match.end()) else bound
                yield TimeLimit(match.start(), _end(text, match.end()), duration, bound)


def _end(text: str, end: int) -> int:
    suffix = _OR_MORE.match(text, end) or _OR_LESS.match(text, end)
    return suffix.end() if suffix else end


def _after_exceptions(before: str) -> str:
    return before[max((exception.end() for exception in _EXCEPT.finditer(before)), default=0) :]


def _bound(lead: str, text: str, start: int, end: int) -> str | None:
    before = sentence_before(text, start)
    if lead == "later":
        return "least" if _NEAR["before-event"].match(text, end) else "most"
    if lead in ("least", "most"):
        return lead
    negative = is_negative(_after_exceptions(before)) or (
        lead in ("more", "less") and _NEAR["forbidden-after"].match(text, end) is not None
    )
    if lead == "late":  # "no action may be brought later than", "after the lapse of"
        if _NEAR["before-event"].match(text, end):
            return "least"
        return "most" if negative else "exact" if text.startswith("after", start) else None
    if lead == "end":
        return None if negative else "exact"
    if lead == "within":
        return "least" if negative and _NEAR["may-not"].search(before) else "most"
    if negative:
        return "most" if lead == "more" else "least"
    return ("least" if lead == "more" else "most") if _is_duty(before) else None


def _is_duty(before: str) -> bool:
    """Whether a duty governs the time, and not a condition: ``a message that has been stored for more than …``."""
    duties, conditions = list(_NEAR["duty"].finditer(before)), list(_NEAR["conditional"].finditer(before))
    return (
        bool(duties)
        and (not conditions or conditions[-1].start() < duties[-1].start())
        and not _NEAR["stored"].search(before)
    )


def _is_time(text: str, start: int, end: int, lead_any: str) -> bool:
    before, after = sentence_before(text, start), sentence_after(text, end)
    tail = before[-100:]
    if _ANAPHORIC.search(text[start:end]) and re.match(r"\s*periods?\b", text[end:], re.IGNORECASE):
        return False  # a period that was named before
    if _COUNTED.search(tail) and "for" not in text[start:end].lower():
        return False
    if lead_any and not re.search(r"(?i)period\s+of", text[start:end]):
        return False
    if (
        _NEAR["no-time-after"].match(after)
        or _NEAR["recidivism-after"].match(after)
        or _NEAR["no-time-before"].search(tail)
    ):
        return False
    if _NEAR["aggregates"].search(after[:40]) or (
        re.search(r"(?i)\b(?:during|in|within|over)\b", text[start:end]) and _NEAR["aggregates"].search(tail)
    ):
        return False
    if (_OR_LESS.match(text, end) or _OR_MORE.match(text, end)) and _NEAR["stored"].search(tail):
        return False
    return not (_NEAR["no-duty"].search(before) or _NEAR["begins"].search(before) or _NEAR["has-done"].search(tail))


# --- Khmer ------------------------------------------------------------------------------------------------------------

_KHMER_PERIOD = "(?:(?:ក្នុង|សម្រាប់|មាន|នៅក្នុង|អស់)?(?:រយៈពេល|ថិរវេលា|អំឡុងពេល|កំឡុងពេល))"
_KHMER_BOUNDS = """(?:
    (?P<least>យ៉ាងតិច(?:ណាស់|បំផុត)?|យ៉ាងហោចណាស់|(?:មិន|ពុំ)(?:អាច|ត្រូវ|ឱ្យ)*តិចជាង|មិនក្រោម|អប្បបរមា
    |ឱ្យបាន(?:យ៉ាងតិច)?)
    |(?P<later>មិន(?:ឱ្យ)?យឺតជាង|យ៉ាងយឺត(?:បំផុត)?)
    |(?P<most>យ៉ាងច្រើន(?:បំផុត)?|យ៉ាងយូរ(?:បំផុត)?|(?:មិន|ពុំ)(?:អាច|ត្រូវ|ឱ្យ)*(?:លើស|ហួស|យូរ|ច្រើន|វែង)(?:ពី|ជាង)?
    |អតិបរមា|រហូតដល់|ត្រឹម)
    |(?P<more>លើសពី|យូរជាង|ហួសពី)|(?P<less>តិចជាង|ក្រោម))"""
_KHMER_BOUNDED = lazy_compile(
    khmer_pattern(f"{_KHMER_PERIOD}?{_KHMER_BOUNDS}(?:រយៈពេល|ថិរវេលា)?") + f"(?P<duration>{KHMER_DURATION})"
)
_KHMER_AFTER = lazy_compile(
    khmer_pattern(f"(?:{_KHMER_PERIOD}|ពី)?")
    + f"(?P<duration>{KHMER_DURATION})"
    + khmer_pattern("(?:(?P<least>យ៉ាងតិច|យ៉ាងហោចណាស់|ជាអប្បបរមា|ឡើងទៅ)|(?P<most>យ៉ាងច្រើន|យ៉ាងយូរ|ជាអតិបរមា|ចុះក្រោម))")
)
_KHMER_RANGE = lazy_compile(
    khmer_pattern(f"(?:{_KHMER_PERIOD})?(?:ពី|ចន្លោះពី|ចន្លោះ)")
    + f"(?P<low>{KHMER_DURATION_OR_NUMBER})"
    + khmer_pattern("(?:រហូតដល់|ទៅដល់|ទៅ|ដល់|-|និង)")
    + f"(?P<high>{KHMER_DURATION})"
)
_KHMER_EXACT = lazy_compile(
    khmer_pattern(
        f"""(?P<period>{_KHMER_PERIOD}(?:[^។៕,0-9]{{0,16}}?(?:គឺ|មាន|(?:ត្រូវ)?(?:បាន)?កំណត់(?:ត្រឹម)?))?
        |(?:ពន្យារ|បន្ថែម|បន្ត)(?:ពេល)?(?:បាន|ម្តង)*(?=(?:ចំនួន)?[0-9])
        |អាជ្ញាយុកាល[^។៕,0-9]{{0,40}}?(?:គឺ|មាន|(?:ត្រូវ)?(?:បាន)?កំណត់(?:ត្រឹម)?)(?:រយៈពេល)?
        |សុពលភាព(?:រយៈពេល)?|ប្រសិទ្ធភាព(?:រយៈពេល)?|ក្នុង)(?:ចំនួន)?"""
    )
    + f"(?P<duration>{KHMER_DURATION})"
)
_KHMER_KEEPS = lazy_compile(khmer_pattern("រក្សា|ទុក|អភិរក្ស|សុពលភាព|ប្រសិទ្ធភាព"))
_KHMER_FROM = lazy_compile(khmer_pattern("(?:បន្ទាប់ពី|ក្រោយ|គិតពី|គិតចាប់ពី|ចាប់ពី)"))
_KHMER_MODAL = lazy_compile("ត្រូវ(?!បាន)|អាច")
_KHMER_MUST = lazy_compile("ត្រូវ|អាច")


def _khmer(text: str) -> Iterator[TimeLimit]:
    for match in _KHMER_RANGE.finditer(text):
        high = parse_duration(match["high"], "km")
        low = parse_duration(match["low"], "km", unit=high.unit if high else None)
        if low and high and low.days < high.days and _is_khmer_time(text, match.start(), match.end()):
            yield TimeLimit(match.start(), match.end(), low, "least")
            yield TimeLimit(match.start(), match.end(), high, "most")
    for pattern, leads in (
        (_KHMER_BOUNDED, ("least", "later", "most", "more", "less")),
        (_KHMER_AFTER, ("least", "most")),
    ):
        for match in pattern.finditer(text):
            lead = next(name for name in leads if match[name])
            bound = _khmer_bound(lead, text, match.start(), match.end())
            duration = parse_duration(match["duration"], "km")
            if bound and duration and _is_khmer_time(text, match.start(), match.end()):
                yield TimeLimit(match.start(), match.end(), duration, bound)
    for match in _KHMER_EXACT.finditer(text):
        duration = parse_duration(match["duration"], "km")
        is_each = match["period"] == "ក្នុង" and match["duration"].startswith("មួយ")  # ក្នុងមួយថ្ងៃ: a day, each day
        if duration and not is_each and _is_khmer_time(text, match.start(), match.end()):
            before = sentence_before(text, match.start(), "km")
            lasts = _NEAR["khmer-lasts"].search(_KHMER_MODAL.split(before)[-1])
            if lasts and _KHMER_FROM.match(text, match.end()):  # "shall block within a day after": a deadline
                lasts = _KHMER_KEEPS.search(lasts[0])
            bound = "exact" if not match["period"].startswith("ក្នុង") or lasts else "most"
            yield TimeLimit(match.start(), match.end(), duration, bound)


def _khmer_bound(lead: str, text: str, start: int, end: int) -> str | None:
    if lead == "later":
        return "least" if text.startswith("មុន", end) else "most"
    if lead in ("least", "most"):
        return lead
    before = sentence_before(text, start, "km")
    if _NEAR["khmer-denied-verb"].search(before):
        return "most" if lead == "more" else "least"
    return ("least" if lead == "more" else "most") if _KHMER_MUST.search(before) and "ដែល" not in before[-30:] else None


def _is_khmer_time(text: str, start: int, end: int) -> bool:
    before = sentence_before(text, start, "km")
    return not (
        _NEAR["khmer-begins"].search(before)
        or _NEAR["khmer-no-time-before"].search(before)
        or _NEAR["khmer-no-time-after"].match(text, end)
        or _NEAR["khmer-no-duty"].search(before)
    )
