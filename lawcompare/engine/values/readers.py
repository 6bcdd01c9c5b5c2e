"""What a text says as values besides penalties: mental elements, who authorises, defences, times, thresholds, scope.

Each value carries the words it rests on. The words are data (``words.yaml``); what denies them is read in one way for
all values (:mod:`negation`); authorisation and time limits have a grammar of their own.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lawcompare.engine.text.search_form import View, khmer_pattern
from lawcompare.engine.values.authorisation import Authorisation, find_authorisations
from lawcompare.engine.values.negation import is_denied, is_forbidden_without, sentence_after, sentence_before
from lawcompare.engine.values.time_limits import TimeLimit, find_time_limits, outside
from lawcompare.engine.values.words import ValueKind, load_value_words


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value of ``rule``: ``text[start:end]`` in code points, and what it says by name."""

    rule: str
    start: int
    end: int
    values: Mapping[str, Any]


def values_in(seen: View, taken: Sequence[tuple[int, int]] = ()) -> list[StatedValue]:
    """Return the values of a text other than its penalties, in its order.

    A time inside one of the ``taken`` ranges of the source is no time limit.

    >>> from lawcompare.engine.text.search_form import view
    >>> text = "Whoever knowingly keeps it for at least 180 days"
    >>> [(each.rule, dict(each.values)) for each in values_in(view(text))]
    [('mental-element', {'word': 'knowingly', 'level': 'knowledge'}), ('time-limit', {'days': 180, 'bound': 'least'})]
    >>> values_in(view("The police may search without a court order"))
    []
    """
    words = load_value_words()
    authorisations = find_authorisations(seen)
    values = [
        *(_value(seen, "mental-element", place, level=kind) for place, kind in _mental(seen, words.mental)),
        *(_value(seen, "authorisation", (one.start, one.end), body=one.body) for one in authorisations),
        *(_value(seen, "defence", place, kind=kind) for place, kind in _defences(seen, words.defences, authorisations)),
        *(_time_limit(seen, limit) for limit in outside(find_time_limits(seen), seen, taken)),
    ]
    return sorted(values, key=lambda value: (value.start, value.end))


def thresholds_in(seen: View) -> list[tuple[int, int]]:
    """Places of the source that name a threshold of harm."""
    matches = load_value_words().harm.find(seen)
    return [seen.place(*match.span()) for match in matches if not _is_no_threshold(seen, *match.span())]


def scopes_in(seen: View) -> list[tuple[int, int, str]]:
    """Places of the source whose words delimit what it reaches, with what they delimit: territory, persons, matter.

    >>> from lawcompare.engine.text.search_form import view
    >>> [kind for _start, _end, kind in scopes_in(view("An act in its territory by one of its nationals"))]
    ['territory', 'persons']
    >>> scopes_in(view("This chapter does not apply to stored data"))
    []
    """
    return [
        (*seen.place(*place), kind)
        for place, kind in _named(seen, load_value_words().scope)
        if not _is_no_scope(seen, *place)
    ]


type Place = tuple[int, int]


def _value(seen: View, rule: str, place: Place, **values: str) -> StatedValue:
    start, end = seen.place(*place)
    return StatedValue(rule, start, end, {"word": " ".join(seen.source[start:end].split()), **values})


def _time_limit(seen: View, limit: TimeLimit) -> StatedValue:
    """``amount`` keeps the units of a time that is not written in days or hours: a year is not shown as 365 days."""
    start, end = seen.place(limit.start, limit.end)
    values: dict[str, Any] = {"days": limit.duration.days, "bound": limit.bound}
    if {part.unit for part in limit.duration.parts} & {"week", "month", "year"}:
        values["amount"] = limit.duration.amount
    return StatedValue("time-limit", start, end, values)


def _named(seen: View, kinds: Sequence[ValueKind]) -> Iterator[tuple[Place, str]]:
    """Places with the kind that they name; the longest reading of a place is the one."""
    last = -1
    matches = [(match, kind.name) for kind in kinds for match in kind.words.find(seen)]
    for match, name in sorted(matches, key=lambda each: (each[0].start(), -each[0].end())):
        if match.start() >= last:
            last = match.end()
            yield match.span(), name


# --- mental elements --------------------------------------------------------------------------------------------------

_ABSENT_INTENT = re.compile(khmer_pattern("without|ដោយគ្មាន|ដោយពុំមាន|ដោយមិនមាន"), re.IGNORECASE)
# The aim of a law or of a measure is nobody's intent.
_AIM_OF_A_LAW = re.compile(
    r"(?i)\b(?:this\s+(?:act|section|chapter|article)|(?:this|the)\s+(?:law|measure|programme|program))\b[^.;:]{0,60}$|\bit\s+is\s+the\s+$"
)
_KHMER_AIM_OF_A_LAW = re.compile(khmer_pattern("(?:ច្បាប់|ក្រម|អនុក្រឹត្យ|ប្រកាស|ជំពូក|មាត្រា|វិធានការ)(?:នេះ|នោះ)?[^។៕]{0,20}$"))
# What an authority does has an aim too; nobody is guilty by it.
_OFFICE_FIRST = re.compile(
    r"(?i)^\W*(?:the|each|every|an?)\s+(?:\w+\s+)?(?:government|ministry|minister|authorit(?:y|ies)|committee|commission|council|agency|regulator"
    r"|state|states|party|parties|secretariat)\b(?!.*\b(?:whoever|who|person|offen[cs]es?|crimes?|punish\w*)\b)"
)
_KHMER_OFFICE_FIRST = re.compile(
    khmer_pattern(
        "^,?(?:ក្រសួង|អាជ្ញាធរ|រាជរដ្ឋាភិបាល|រដ្ឋាភិបាល|គណៈកម្មាធិការ|និយ័តករ|រដ្ឋមន្ត្រី|មន្ត្រី|អង្គភាព)(?!.*(?:ជនណា|ផ្តន្ទាទោស))"
    )
)
_KHMER_TO_INFORM = re.compile(khmer_pattern("(?:ដើម្បីឱ្យ|ជូនដំណឹង|ផ្សព្វផ្សាយ)[^។៕;]{0,24}$"))
_KHMER_AIM_OF_A_MEASURE = re.compile(
    khmer_pattern(
        """(?:នៃច្បាប់|ស៊ើបអង្កេត|ស៊ើបអង្កេតបទល្មើស|បង្ការ|ទប់ស្កាត់|ធានា|លើកកម្ពស់|អនុវត្ត|ស្រាវជ្រាវ|អប់រំ|វិទ្យាសាស្ត្រ|បម្រើ|ការពារ|កំណត់)"""
    )
)
# What another law is about, and what nobody may sue for.
_MENTIONED = re.compile(
    r"(?i)\b(?:relat(?:es|ed|ing)\s+to\b[^.;)]*|no\s+(?:action|claim)\b[^.;]*|not\b[^.;]{0,40}\bsuffic\w+[^.;]{0,40}\bestablish\s+\"?)$|\)\s*\(\"?$"
)
# An officer's grounds for a measure are nobody's guilt.
_OFFICIAL_BEFORE = re.compile(
    r"(?i)\b(?:court|judge|magistrate|tribunal|justice|prosecutor|minister|secretary|commission|committee|authorit(?:y|ies)|agency|police"
    r"|officers?|constable|inspector|regulator|attorney|investigator|governmental?\s+entity|there\s+(?:is|are))\b[^.;:]{0,60}$"
)
_KHMER_OFFICIAL_BEFORE = re.compile(
    khmer_pattern("(?:តុលាការ|ចៅក្រម|ព្រះរាជអាជ្ញា|រដ្ឋមន្ត្រី|អាជ្ញាធរ|មន្ត្រី|នគរបាល|និយ័តករ|គណៈកម្មាធិការ)[^។៕;]{0,40}$")
)
# "A negligent act is not punishable" asks for more than negligence.
_UNPUNISHED_AFTER = re.compile(
    r"(?i)[^.;:]{0,50}?\b(?:is|are|shall\s+be|was|were)\s+not\s+(?:an?\s+|be\s+)?(?:criminally\s+)?(?:punish\w+|offen[cs]es?|crimes?|liable|guilty|criminal)"
    r"|[^.;:]{0,50}?\bshall\s+not\s+be\s+(?:punished|liable|guilty|an\s+offen[cs]e)"
)
_KHMER_UNPUNISHED_AFTER = re.compile(
    khmer_pattern("[^។៕;]{0,30}?(?:(?:មិន|ពុំ)(?:ត្រូវ|អាច)(?:បាន)?(?:ផ្តន្ទាទោស|ទទួលទោស|ចាត់ទុក)|(?:មិន|ពុំ)មែនជាបទល្មើស)")
)
_AIM = re.compile(
    r"(?i)(?:with\s+(?:the|an?)\s+(?:aim|purpose|object|objective|goal|view)|for\s+the\s+purpose|in\s+order)\b"
)
_OF_ANOTHER = re.compile(
    r"(?i)\s+of\s+(?:the|its|his|her|their|an?)\s+(?:lawful\s+)?(?:owner|user|subscriber|holder|party|parties|customer)\b"
)


def _mental(seen: View, kinds: Sequence[ValueKind]) -> Iterator[tuple[Place, str]]:
    for place, level in _named(seen, kinds):
        if _ABSENT_INTENT.match(seen.text[slice(*place)]) and is_forbidden_without(seen, *place):
            yield place, "intent"  # no punishment without intent
        elif not _is_no_mental_element(seen, place, level):
            yield place, level


def _is_no_mental_element(seen: View, place: Place, level: str) -> bool:
    start, end = place
    before, after = sentence_before(seen.text, start, seen.language), sentence_after(seen.text, end, seen.language)
    is_khmer = seen.language == "km"
    if level == "reason-to-know" and (_KHMER_OFFICIAL_BEFORE if is_khmer else _OFFICIAL_BEFORE).search(before):
        return True
    if level == "negligence" and (_KHMER_UNPUNISHED_AFTER if is_khmer else _UNPUNISHED_AFTER).match(after):
        return True
    if is_khmer:
        aims = "បំណង" in seen.text[start:end] or "គោលដៅ" in seen.text[start:end]
        if level == "knowledge" and not seen.text.startswith(("ដោយ", "ទាំង"), start) and _KHMER_TO_INFORM.search(before):
            return True
        if aims and (
            _KHMER_OFFICE_FIRST.search(before)
            or _KHMER_AIM_OF_A_LAW.search(before)
            or _KHMER_AIM_OF_A_MEASURE.match(after)
        ):
            return True
    elif _MENTIONED.search(before) or (_AIM.match(seen.text, start) and _OFFICE_FIRST.search(before)):
        return True
    elif _AIM_OF_A_LAW.search(before) and not re.search(r"(?i)\b(?:who|whoever|person)\b", before):
        return "ly" not in seen.text[start:end] and "knowing" not in seen.text[start:end].lower()
    elif level == "knowledge" and _OF_ANOTHER.match(after):
        return True
    return is_denied(seen, start, end)


# --- defences ---------------------------------------------------------------------------------------------------------

_ORDER_NEAR = 40  # characters after "unless" or "except" in which the order stands
_NO_EXCEPTION_AFTER = re.compile(
    r"""(?xi) \s* (?: (?:\(?\w{1,4}\)\s*)? (?:sub)?(?:paragraph|section|clause
            |article)s? \b [^.;:]{0,30} \b (?:appl(?:y|ies)|provides?)
      | (?:it|they|he|she|this|the\s+(?:order|period|term|time|measure)) \s+ (?:is|are|has\s+been
      |was) \s+ (?:extended|renewed|prolonged)
      | (?:extended|renewed|prolonged) | the\s+context
      | otherwise \s+ (?:stated|agreed|specified|ordered|required|indicated)
      | [^.;:]{0,40} \b (?:court|judge|judicial|magistrate|warrant|prosecutor) \b )"""
)
# An exception is one from a punishment or a prohibition; "unless" stands in every rule of procedure too.
_PROHIBITS = re.compile(
    r"(?i)\bwhoever\b|\b(?:any|every|a)\s+person\s+who\b|\bpunish\w*|\boffen[cs]es?\b|\bcrimes?\b|\bunlawful\b|\billegal\b|\bprohibit\w*"
    r"|\bforbid\w*|\bguilty\b|\bliable\b|\bfined\b|\bimprison\w*|\bviolat\w+|\b(?:shall|may|must|can|do|does)\s+not\b|\bcannot\b"
    r"|\b(?:nobody|no\s+one|no\s+(?!action|cause|claim)\w+(?:\s+\w+){0,5}\s+(?:may|shall|must|can))\b"
)
_LIST_ITEM = re.compile(r"\s*[\"'(]*(?:\w{1,3}\)\s*[\"']*)*[a-z]")
_EXCEPTION_DENIED_BEFORE = re.compile(
    r"(?i)\b(?:exceptions?|exemptions?|defen[cs]es?|immunit(?:y|ies)|privileges?)\b[^.;:]{0,60}$"
)
# "May not rely on this section unless": a condition of an answer to liability, and no other answer.
_BENEFIT_DENIED_BEFORE = re.compile(
    r"(?i)\b(?:not|no\s+\w+(?:\s+\w+)?\s+(?:may|shall|can))\s+(?:be\s+(?:entitled|able)\s+to\s+)?(?:rely|benefit|invoke|plead|raise|avail|claim|enjoy)\b[^.;:]*$"
)
_DEFENCE_DENIED = re.compile(
    r"(?i)\b(?:(?:is|are|shall\s+be|was)\s+(?:no|not(?:\s+an?)?)|(?:shall|may|does|do|can)\s+not\s+(?:be|constitute|amount\s+to|serve\s+as|rely\s+on|raise)"
    r"|cannot\s+(?:be|constitute|rely\s+on|raise)|no)\s+(?:\w+\s+){0,2}$"
)
_UNAVAILABLE = re.compile(
    r"(?i)[^.;:]{0,60}?\b(?:is|are|shall\s+be)\s+not\s+available|[^.;:]{0,60}?\bmay\s+not\s+be\s+(?:raised|invoked)"
)
_KHMER_NO_EXCEPTION_AFTER = re.compile(
    khmer_pattern(
        "(?:ត្រូវ)?(?:បាន)?(?:បន្ត|ពន្យារ)|(?:ក្នុងករណី)?(?:ដែល)?(?:ត្រូវ)?អនុវត្ត(?:អនុ)?(?:កថាខណ្ឌ|ចំណុច|មាត្រា)|(?:មាន|បាន|ទទួល)*(?:ដីកា|បញ្ជា|សេចក្តីសម្រេច|ការអនុញ្ញាត|ការយល់ព្រម)?[^។៕,;]{0,12}(?:តុលាការ|ចៅក្រម|ព្រះរាជអាជ្ញា)"
    )
)
_KHMER_DENIED_BEFORE = re.compile(
    khmer_pattern(
        "(?:(?:មិន|ពុំ)(?:មែន|ត្រូវ|បាន|ចាត់ទុក)*ជា(?:មូលហេតុ|ហេតុផល|ហេតុ|លេស)(?:នៃ|ដើម្បី|សម្រាប់|ដែល|ឱ្យ|ក្នុងការ)*"
        "|គ្មាន(?:ជនណា|នរណា|បុគ្គលណា|អ្នកណា|អ្នកឯណា)(?:ម្នាក់)?(?:អាច|នឹង|ត្រូវ|បាន)*|(?:មិនអាច|ពុំអាច|មិនត្រូវ|ពុំត្រូវ|មិន|ពុំ|គ្មាន(?:ការ|ករណី)?)(?:បាន|មែន|ធ្វើ)*)$"
    )
)


# What the law allows is an answer to liability where something is denied or taken out, and else a power.
_KHMER_EXCULPATES = re.compile(
    khmer_pattern("លើកលែង|វៀរលែង|(?:មិន|ពុំ)[^។៕;]{0,16}(?:អនុវត្ត|ទទួលខុសត្រូវ|ល្មើស|ហាម|ផ្តន្ទា|ទទួលទោស)")
)
_KHMER_EVEN_IF = re.compile(khmer_pattern("(?:ទោះ(?:បី)?(?:ជា)?|ថ្វីបើ|ថ្វីត្បិត)[^។៕;,]{0,30}$"))


def _defences(
    seen: View, kinds: Sequence[ValueKind], authorisations: Sequence[Authorisation]
) -> Iterator[tuple[Place, str]]:
    starts = [one.start for one in authorisations]
    for place, kind in _named(seen, kinds):
        if kind == "exception" and _is_on_an_order(seen, place, starts):
            continue
        if not (_is_no_defence_in_khmer if seen.language == "km" else _is_no_defence)(seen, place, kind):
            yield place, kind


_CARVES_OUT = re.compile(khmer_pattern("unless|except|save|other|លើកលែង|វៀរលែង|ក្រៅ"), re.IGNORECASE)


def _is_on_an_order(seen: View, place: Place, starts: Sequence[int]) -> bool:
    """``unless the minister so orders``: what is taken out is what somebody authorises, and that is said elsewhere."""
    start, end = place
    if not _CARVES_OUT.match(seen.text, start):
        return False
    after = bisect_left(starts, start)
    last = end + min(len(sentence_after(seen.text, end, seen.language)), _ORDER_NEAR)
    return after < len(starts) and starts[after] < last


def _is_no_defence(seen: View, place: Place, kind: str) -> bool:
    start, end = place
    words = seen.text[start:end].lower()
    before, after = sentence_before(seen.text, start), sentence_after(seen.text, end)
    excepts = words.startswith(("unless", "except", "save", "other"))
    if excepts and _BENEFIT_DENIED_BEFORE.search(before):
        return True
    if excepts and (_NO_EXCEPTION_AFTER.match(after) or not _is_prohibition(f"{before} {after}")):
        return True
    if kind == "exception":
        return _EXCEPTION_DENIED_BEFORE.search(before) is not None and "apply" in words
    if "defence" in words or "defense" in words:
        return bool(_DEFENCE_DENIED.search(before) or _UNAVAILABLE.match(after))
    if kind == "defence":
        return re.search(r"(?i)\b(?:nobody|no\s+one|no\s+person|not)\s+(?:\w+\s+){0,2}$", before) is not None
    if _EVEN_IF.search(before) or _NO_AVAIL_AFTER.match(after):
        return True
    return _NO_DEFENCE_OF.search(before) is not None or is_denied(seen, start, end)


_EVEN_IF = re.compile(r"(?i)\beven\s+(?:if|though|where|when)\b[^.;:,]{0,60}$")
_NO_AVAIL_AFTER = re.compile(
    r"(?i)[^.;:,]{0,60}?\b(?:(?:shall|does|do|will)\s+not\s+(?:avail|excuse|justify|exonerate|relieve)|(?:is|are|shall\s+be)\s+no\s+"
    r"(?:answer|excuse|defen[cs]e))\b"
)
_NO_DEFENCE_OF = re.compile(r"(?i)\bno\s+defen[cs]e\s+of\s+$")


def _is_prohibition(sentence: str) -> bool:
    """An item of a list goes on with a sentence that began above it: what that one forbids is not known here."""
    return _LIST_ITEM.match(sentence) is not None or _PROHIBITS.search(sentence) is not None


def _is_no_defence_in_khmer(seen: View, place: Place, kind: str) -> bool:
    start, end = place
    before, after = sentence_before(seen.text, start, "km"), sentence_after(seen.text, end, "km")
    words = seen.text[start:end]
    if kind == "lawful authority" and not _KHMER_EXCULPATES.search(f"{before}{after}"):
        return True
    if words.startswith(("លើកលែង", "វៀរលែង")) and _KHMER_NO_EXCEPTION_AFTER.match(after):
        return True
    return (_KHMER_DENIED_BEFORE.search(before) or _KHMER_EVEN_IF.search(before)) is not None or (
        kind not in ("defence", "exception") and is_denied(seen, start, end)
    )


# --- thresholds -------------------------------------------------------------------------------------------------------

# What makes harm no threshold: that it need not come, that it is only meant, or that somebody answers for it in money.
_NO_THRESHOLD_BEFORE = re.compile(
    r"(?i)\b(?:fines?|fined|penalt(?:y|ies)|fees?)\b(?:(?!\b(?:if|where|when)\b)[^.;:]){0,30}$"
    r"|\b(?:even\s+(?:if|though|where)[^.;:]{0,30}\bnot|(?:does|do|did|need|may|must|shall|has|have)\s+not|without|whether\s+or\s+not"
    r"|regardless|irrespective)\b[^.;:,]{0,30}$"
    r"|\b(?:(?:not|un)\s*(?:necessary|required|needed)|need\s+not|(?:immaterial|irrelevant)\s+(?:that|whether))\b[^.;:]*$"
    r"|\b(?:intent|intention|intends?|intending|intended|purposes?|aims?|view|order)\b(?:\s+(?:of|to|that|thereby)){1,2}(?:\s+[\w-]+){0,5}\s+$"
    r"|\b(?:compensat\w+|indemni\w+|insur\w+|restitution|reimburs\w+|damages|claims?|sue[sd]?|bail|deposit|capital)\b[^.;:]*$"
)
_KHMER_NO_THRESHOLD_BEFORE = re.compile(
    khmer_pattern(
        "(?:(?:មិន|ពុំ|គ្មាន|ដោយមិន|មិនតម្រូវឱ្យមាន)(?:បាន|មាន|ការ|ត្រូវ)*|ទោះ(?:បី)?(?:ជា)?[^។៕]{0,20}(?:គ្មាន|មិន|ពុំ)[^។៕]{0,16}"
        "|(?:គំរាម|ក្នុងបំណង|មានបំណង|គោលបំណង|ឆន្ទៈ|មានចេតនា|ដើម្បី)[^។៕]{0,8}|(?:សងការ|សំណង|ជួសជុល|ធានារ៉ាប់រង|វាយតម្លៃ)[^។៕]{0,16})$"
    )
)


def _is_no_threshold(seen: View, start: int, end: int) -> bool:
    before = sentence_before(seen.text, start, seen.language)
    if seen.language == "km":
        return bool(_KHMER_NO_THRESHOLD_BEFORE.search(before)) or is_denied(seen, start, end)
    return (
        bool(_NO_THRESHOLD_BEFORE.search(before))
        or "no harm" in seen.text[start:end].lower()
        or is_denied(seen, start, end)
    )


# --- scope ------------------------------------------------------------------------------------------------------------

# What denies it, or names somebody to whom a thing is done.
_NO_SCOPE_BEFORE = re.compile(
    r"(?i)\b(?:(?:no|not|neither|nor|nothing|without|whether\s+or\s+not)\b[^.;:,]{0,40}|(?:deceiv|represent|injur|defraud)\w*\s+(?:the\s+)?)$"
)
_AWAY = re.compile(r"(?i)abroad|overseas|in\s+a\s+foreign\s+(?:country|state)")
# "An offence committed abroad"; a prosecutor who travels abroad delimits nothing.
_ACT_BEFORE = re.compile(
    r"(?i)\b(?:commit\w*|done|occur\w*|locat\w+|situat\w+|carried\s+out|offen[cs]es?|acts?|crimes?|conduct)\b[^.;:]{0,40}$"
)
_NO_SCOPE_AFTER = re.compile(
    r"(?i)[^.;:,]{0,20}?\s*(?:(?:can|may|shall)\s+not\s+be\s+(?:held|declared|made)\b|cannot\s+be\b"
    r"|(?:is|are)\s+(?:not\s+(?:covered|included|subject|bound|within)|excluded|exempt))"
)
_KHMER_NO_SCOPE_BEFORE = re.compile(
    khmer_pattern(
        "(?:(?:មិន|ពុំ)(?:ត្រូវ)?(?:បាន)?(?:យកមក)?អនុវត្ត(?:ទៅ)?(?:ចំពោះ|លើ)[^។៕;]*|(?:មិន|ពុំ|គ្មាន)(?:បាន|ត្រូវ|ចាំបាច់|មែន)*[^។៕,;]{0,14}|បញ្ឆោត)$"
    )
)
_KHMER_NO_SCOPE_AFTER = re.compile(khmer_pattern("(?:មិន|ពុំ)(?:អាច|ត្រូវ|មាន|បាន)"))


def _is_no_scope(seen: View, start: int, end: int) -> bool:
    before, after = sentence_before(seen.text, start, seen.language), sentence_after(seen.text, end, seen.language)
    if seen.language == "km":
        return bool(_KHMER_NO_SCOPE_BEFORE.search(before) or _KHMER_NO_SCOPE_AFTER.match(after))
    if _AWAY.fullmatch(seen.text, start, end) and not _ACT_BEFORE.search(before):
        return True
    return bool(_NO_SCOPE_BEFORE.search(before) or _NO_SCOPE_AFTER.match(after))
