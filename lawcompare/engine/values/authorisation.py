"""Who authorises a measure: a body that orders, approves or requests it, not one that only receives data or reports.

The bodies are nouns in ``words.yaml``; what makes one of them authorise is the grammar here: ``order of a court``,
``approved by the minister``, ``the prosecutor may require``, ``court order``. An order that is awaited, disobeyed or
denied authorises nothing.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice, takewhile

from lawcompare.engine.rules.patterns import sentences
from lawcompare.engine.text.search_form import View, bounded, khmer_pattern
from lawcompare.engine.values.negation import around, is_denied
from lawcompare.engine.values.words import contexts_of, load_value_words

_NEAR = contexts_of("authorisation")

# Those who carry measures out; beside an order of one of the others in the same sentence they only execute it.
EXECUTIVE = frozenset({"competent authorities", "governmental entity", "investigating officer"})


@dataclass(frozen=True, slots=True)
class Authorisation:
    """``text[start:end]`` of the form for matching names ``body`` as the one that authorises."""

    start: int
    end: int
    body: str
    asides: tuple[tuple[int, int], ...] = ()


_WRITTEN = (
    r"(?:(?:prior|written|formal|reasoned|express|specific|previous|judicial|signed|personal|separate|valid)\s+)*"
)
# What a body gives by which others may act, and how it is given.
_ORDER = r"""(?:(?:preservation|production|blocking|removal|take-?down|disclosure)\s+notices?
    |(?:(?:preservation|production|interception|disclosure|search|blocking)\s+)?
    (?:orders?|warrants?|authori[sz]ations?|approvals?|permissions?|leave|requests?|instructions?|directi(?:on|ve)s?
    |subpoenas?|certifications?|rulings?|writs?|mandates?|injunctions?|consent|sanction|fiat|concurrence
    |authority(?=\s+(?:granted|given|issued)\b)|(?<=\bunder\sthe\s)authority(?=\s+of)))"""
_GIVEN = r"(?:duly\s+)?(?:issued|given|granted|made|entered|signed|obtained|sought|pronounced|handed\s+down)"
_UNDER = r"(?:\s+(?:under|pursuant\s+to|in\s+accordance\s+with)\s+(?:this|that|the)?\s*\w+(?:\s+\(?\d\w*\)?)*)?"
_IS_GIVEN = (
    r"(?:(?:has|have|must\s+have|shall\s+have)\s+been\s+|(?:(?:must|shall)\s+)?be\s+|is\s+|are\s+|was\s+)?"
    rf"{_GIVEN}{_UNDER}(?:\s+in\s+(?:advance|writing))?"
)
_OF = rf"(?:(?:\s+{_IS_GIVEN})?\s+(?:of|by|from))"
_ORDERED = (
    r"(?:confirmed|ratified|endorsed|validated|countersigned|ordered|authori[sz]ed|approved|permitted|requested|directed"
    r"|instructed|allowed|sanctioned|required|demanded|extended|prolonged|renewed|agreed(?:\s+to)?|consented(?:\s+to)?|decided)"
)
_ORDERS = (
    r"(?:orders|authori[sz]es|approves|permits|requests|directs|demands|requires|instructs|agrees|consents|confirms|allows"
    r"|sanctions|endorses|decides|(?:issues|grants|makes|gives)\s+(?:\w+\s+){1,3}?(?:orders?|warrants?|permission|approval|leave))"
)
# What a body does of its own will, in the form that follows "may".
_VERB = r"""(?:order|authori[sz]e|approve|permit|require|request|direct|instruct|demand|command|compel|oblige|allow
    |sanction|consent|enter
    |modify|delegate|initiate|decide\s+(?:to|that|on)|issue\s+(?:an?\s+|the\s+
    |such\s+)?(?:\w+\s+){0,2}(?:orders?|warrants?
    |writs|subpoenas?|notices?|directions?|directives?|instructions?)
    |(?:make|grant)\s+(?:an?\s+|the\s+|such\s+|any\s+)(?:(?!forfeiture|confiscation|compensation|costs|restitution|probation)\w+\s+){0,2}orders?
    |grant\s+(?:it|them|one)
    |grant\s+(?:an?\s+|the\s+|such\s+)?(?:\w+\s+){0,2}(?:orders?|warrants?|authori[sz]ations?|permission|approval
    |applications?|leave)
    |give\s+(?:its\s+|his\s+|the\s+|such\s+)?(?:approval|permission|authori[sz]ation|consent|directions?|instructions?))\b"""
_BY_ORDER = (
    r"by\s+(?:\w+\s+){0,2}(?:order|notice|directive|direction|warrant|decision)\b(?!\s+(?:published\s+)?in\s+the)"
)
# What a law may empower a body to do itself.
_MEASURE = r"(?:search|seize|secure|access|collect|record|intercept|copy|obtain|preserve|block|monitor)\b"
_MODAL = r"""(?:(?:may|shall|can|must)(?:\s+(?:also|by\s+\w+))?|(?:is|are|shall\s+be)\s+(?:empowered|entitled
    |authori[sz]ed)\s+to
    |has\s+(?:the\s+)?(?:power|authority|right)\s+to|have\s+(?:the\s+)?(?:power|authority|right)\s+to)"""
# Control that comes before a measure authorises it; one that comes after does not.
_CONTROL = r"(?:control|supervision|scrutiny|review|oversight|confirmation|ratification|validation|endorsement)"
# Words under which what a body does is the condition of what others may do.
_IF = (
    r"(?:if|unless|where|when(?:ever)?|once|as|until|before|after|provided\s+that|so\s+long\s+as|on\s+condition\s+that)"
)
_ADVERB = r"(?:(?:so|first|already|expressly|previously|duly|also|formally|itself|not)\s+)*"
_DET = (
    r"(?:(?:an?|the|any|another|its|such|that|each)\s+)?(?:(?!(?:of|to|by|from|and|or|as|that|which|where|when|if|in|on"
    r"|at|for|with|than|is|are|be|not|who|provide|upon|under|unless|except|save|until|before|after|once)\b)[a-z'-]{1,40}\s+){0,3}?"
)
_RANK = (
    r"(?:not\s+)?(?:of|below|above|holding|at)\s+(?:or\s+above\s+)?(?:at\s+least\s+)?the\s+rank\s+of\s+[a-z-]{1,40}"
    r"(?:\s+[a-z-]{1,40}){0,4}?"
)
_ASIDE = (
    rf"(?:\s+of\s+competent\s+jurisdiction|(?P<aside>,[^.;:]{{1,200}},)|\s+{_RANK}"
    r"|\s+(?:in\s+charge\s+of|responsible\s+for)\s+[a-z]+(?:\s+[a-z]+){0,4}?"
    r"|\s+of\s+the\s+[a-z]+(?:\s+[a-z]+){0,2}?)?"
)
_ASIDE_AFTER = r"(?:\s+of\s+the\s+[a-z]+(?:\s+[a-z]+){0,2}?|\s+of\s+competent\s+jurisdiction)?"
_SHORT_ASIDE = r"(?:\s*,[^.;:,]{1,80},)?"
# "may, on the advice of the Commission, order"; "may, by notice in writing, require"
_MODAL_ASIDE = r"(?P<between>\s*,[^.;:]{1,120}?,)?"
_SATISFIED = (
    r"""(?:\s+(?:is|are)\s+(?:satisfied|convinced|of\s+(?:the\s+)?opinion)|\s+(?:considers?|finds?|believes?))\b"""
)


@cache
def _english(body: str, nouns: str) -> re.Pattern[str]:
    """The places where a body is the one that authorises: it gives an order, acts itself, or is asked for an order."""
    named = rf"{_DET}(?:{nouns})"
    acts = [
        rf"{_ASIDE}\s+{_MODAL}{_MODAL_ASIDE}\s+(?:(?:then|also|in\s+writing|by\s+\w+(?:\s+in\s+writing)?|in\s+urgent\s+cases)\s+){{0,2}}"
        rf"(?:{_VERB}|{_BY_ORDER})",
        rf"{_SATISFIED}[^.;:]{{1,200}}?,\s+(?:he|she|it|they)\s+(?:or\s+she\s+)?{_MODAL}\s+{_VERB}",
        rf"[^.;:,]{{0,40}},\s+(?:who|which)\s+{_MODAL}\s+{_VERB}",
        rf"\s+(?:who|which)\s+(?:is|has|finds|considers)\b[^.;:,]{{1,120}}?\s+{_MODAL}\s+{_VERB}",
        rf"{_ASIDE_AFTER}\s+(?:has|have|had){_SHORT_ASIDE}\s+(?:{_ADVERB}{_ORDERED}|(?:issued|granted|given|made)\s+(?:an?\s+|the\s+|its\s+|his\s+)?(?:\w+\s+){{0,2}}{_ORDER})",
    ]
    forms = [
        # its order
        rf"(?:{_WRITTEN}{_ORDER}{_OF}\s+{named})",
        rf"(?:(?:{nouns})(?:'s?|s')\s+{_WRITTEN}{_ORDER})",
        rf"(?:(?:on|upon|under|(?<!aggrieved\s)by|pursuant\s+to|subject\s+to|with|following|in\s+accordance\s+with)\s+(?:an?\s+|the\s+)?{_WRITTEN}"
        rf"(?:decision|agreement|endorsement)\s+(?:of|by)\s+{named})",
        rf"(?:prior\s+(?:\w+\s+)?{_CONTROL}\s+(?:of|by)\s+{named})",
        rf"(?:subject\s+to\s+(?:(?:the|its|later|subsequent)\s+)?(?:confirmation|ratification|validation|endorsement)\s+(?:of|by)\s+{named})",
        rf"(?:{_ORDER}\s+(?:that|which)\s+{named}\s+(?:(?:has|have)\s+)?(?:issued|issues|granted|grants|made|makes|given|gives|signed|signs))",
        # what it does
        rf"(?:{_ORDERED}(?:\s+(?:in\s+advance|in\s+writing|beforehand|first|to\s+do\s+so|in\s+that\s+behalf|for\s+(?:that|the|this)\s+purpose)){{0,2}}\s+by\s+{named})",
        rf"(?:{named}(?:{'|'.join(acts)}))",
        rf"(?:{_IF}\s+{named}\s+{_ADVERB}{_ORDERS})",
        rf"(?:(?:empower(?:s|ed|ing)?|authori[sz](?:es?|ed|ing)|enabl(?:es?|ed|ing)|entitl(?:es?|ed|ing))\s+{named}"
        rf"(?:(?:,[^.;:]{{1,160}}?,)?\s+to\s+(?:{_VERB}|{_MEASURE})|(?=[^.;:]{{0,300}}:\s*$)))",
        rf"(?:(?:decision|power|authority)(?:\s+to\s+\w+(?:\s+\w+){{0,3}})?\s+(?:rests?|lies?|belongs?)\s+(?:only\s+|solely\s+)?(?:with|to)\s+{named})",
        rf"(?:(?:at|on)\s+the\s+(?:behest|instance|initiative|motion)\s+of\s+{named})",
        # what it is asked for
        rf"(?:(?:obtain|secur|seek|request|ask)\w*\s+from\s+{named}\s+(?:an?|the|its|his|such)\s+{_WRITTEN}{_ORDER})",
        rf"(?:appl(?:y|ies|ied)(?:\s+\w+){{0,3}}?\s+to\s+{named}(?:\s+of\s+the\s+\w+(?:\s+\w+)?)?\s+for\s+(?:an?|the|such)\s+(?:\w+\s+){{0,2}}{_ORDER})",
        rf"(?:applications?\s+for\s+(?:an?|the|such)\s+(?:\w+\s+){{0,2}}{_ORDER}\s+(?:(?:shall|must)\s+be\s+|is\s+|are\s+)?"
        rf"(?:made|submitted|addressed)\s+to\s+{named})",
    ]
    if body == "court":
        forms += [
            r"(?:court-(?:ordered|approved|authori[sz]ed))",
            r"(?:(?:court|judicial)\s+(?:order|warrant|authori[sz]ation|approval|decision|permission|oversight\s+order)s?)",
            r"(?:(?:up)?on\s+(?:an?\s+|the\s+)?application[^.;:]{0,40}?\b(?:court|judge))",
        ]
    if body == "minister":
        forms.append(rf"(?:ministerial\s+{_ORDER})")
    if body == "prosecutor":
        forms.append(r"(?:(?:order|request)s?\s+of\s+the\s+public\s+prosecution)")
    if body == "investigating officer":
        forms.append(rf"(?:(?:{nouns})(?:,[^.;:]{{1,300}},)?\s+may\s+have\b)")
    return re.compile(bounded(rf"(?xi) (?<![A-Za-z]) (?: {' | '.join(forms)} ) (?![A-Za-z])"))


def find_authorisations(seen: View) -> list[Authorisation]:
    """Who authorises, in the order of the text; of readings that overlap the longest counts.

    What stands aside in another reading counts beside it: ``the judge may, at the request of the prosecutor, order``.
    """
    matches = list(_matches(seen))
    asides = sorted(aside for one in matches for aside in one.asides)
    reach = list(accumulate((end for _start, end in asides), max, initial=0))
    inside = {one for one in matches if one.end <= reach[bisect_left(asides, (one.start + 1,))]}
    affirmed = [
        one
        for group in ([one for one in matches if one not in inside], inside)
        for one in _longest(group)
        if not _is_void(seen, one)
    ]
    affirmed.sort(key=lambda one: one.start)
    return [one for one in affirmed if one.body not in EXECUTIVE or not _is_only_executing(seen, one, affirmed)]


def _longest(matches: Iterable[Authorisation]) -> list[Authorisation]:
    kept: list[Authorisation] = []  # in the order of the text, none overlapping another
    for one in sorted(matches, key=lambda each: (each.start - each.end, each.start)):
        place = bisect_left(kept, one.start, key=lambda each: each.start)
        is_free = (place == 0 or kept[place - 1].end <= one.start) and (
            place == len(kept) or one.end <= kept[place].start
        )
        if is_free:
            kept.insert(place, one)
    return kept


def _matches(seen: View) -> Iterator[Authorisation]:
    is_khmer = seen.language == "km"
    for body, nouns in load_value_words().bodies[seen.language].items():
        grammar = _khmer(nouns) if is_khmer else _english(body, nouns)
        named = _anywhere(nouns, _JUDICIAL if body == "court" and not is_khmer else "")
        for sentence in _sentences_with(named, seen):
            for match in grammar.finditer(seen.text, *sentence):
                asides = [match.span(name) for name in ("aside", "between") if match.groupdict().get(name)]
                yield Authorisation(*match.span(), body, tuple(asides))
    for match in _NEAR["khmer-warrant" if is_khmer else "warrant"].finditer(seen.text):
        yield Authorisation(*match.span(), "warrant")


def _sentences_with(named: re.Pattern[str], seen: View) -> Iterator[tuple[int, int]]:
    """Spares the grammar, which takes long and reaches over no end of a sentence, those that do not name the body."""
    place = named.search(seen.text)
    for sentence in sentences(seen) if place else ():
        if place and place.start() < sentence[1]:
            yield sentence
            place = named.search(seen.text, sentence[1])


_JUDICIAL = r"|judicial\b"


@cache
def _anywhere(nouns: str, more: str) -> re.Pattern[str]:
    """From the beginning of a word: a long one is read once."""
    return re.compile(rf"(?<![A-Za-z])(?:{nouns}{more})" if nouns.isascii() else nouns, re.IGNORECASE)


def _is_void(seen: View, one: Authorisation) -> bool:
    before, after = around(seen, one.start, one.end)
    if seen.language == "km":
        words = seen.text[one.start : one.end]
        if _KHMER_DECISION.match(words) and not _NEAR["khmer-on-decision"].search(before):
            return True
        sanction = _NEAR["khmer-sanction"] if one.body == "court" else _KHMER_PENALTY
        if not _KHMER_ORDER_FIRST.match(words) and sanction.match(seen.text, one.end):
            return True
        return bool(_NEAR["khmer-no-order-before"].search(before)) or is_denied(seen, one.start, one.end)
    if _NEAR["no-order-before"].search(before):
        return True
    if _NEAR["unless-given"].search(before) and _NEAR["lapses"].search(f"{before} {after}"):
        return False
    if _NEAR["besides-penalty"].search(seen.text, one.start, one.end):
        return True
    if _NEAR["may-sanction"].search(seen.text, one.start, one.end) and _NEAR["sanction-after"].match(after):
        return True
    return is_denied(seen, one.start, one.end)


def _is_only_executing(seen: View, one: Authorisation, others: list[Authorisation]) -> bool:
    before, after = around(seen, one.start, one.end)
    first, last = one.start - len(before), one.end + len(after)
    begin = bisect_left(others, first, key=lambda each: each.start)
    nearby = takewhile(lambda other: other.start < last, islice(others, begin, None))
    return any(other.body not in EXECUTIVE for other in nearby)


# --- Khmer ------------------------------------------------------------------------------------------------------------

_KHMER_ORDER = """(?:ដីកា(?:បង្គាប់|សម្រេច|ឆែកឆេរ|ចាប់ខ្លួន|បញ្ជា)?|បទបញ្ជា|ការបញ្ជា|បញ្ជា(?!ក់)|សេចក្តីសម្រេច|ការសម្រេច
    |ការអនុញ្ញាត|លិខិតអនុញ្ញាត
    |ការយល់ព្រម|ការឯកភាព|ការអនុម័ត|ការណែនាំ|សំណើ|ការស្នើសុំ|ការបង្គាប់|ការចាត់តាំង)"""
_KHMER_OF = """(?:ជាមុន|ជាលាយលក្ខណ៍អក្សរ|ត្រឹមត្រូវ)*(?:ដែលបាន|ដែល)?(?:ចេញ|ផ្តល់)?(?:របស់|ពី|ដោយ|នៃ|មកពី)?(?:សមត្ថកិច្ច)?"""
_KHMER_ORDERED = "(?:ពន្យារ(?:ពេល)?|អនុញ្ញាត|បញ្ជា|បង្គាប់|សម្រេច|ឯកភាព|អនុម័ត|ស្នើសុំ|យល់ព្រម)(?:ជាមុន)?ដោយ"
# Words under which what a body does is the condition of what others may do.
_KHMER_IF = "(?:លុះត្រាតែ|នៅពេល(?:ដែល)?|ដរាបណា|កាលណា|កាលបើ|ប្រសិនបើ|បើ|(?:ក្រោយ|បន្ទាប់)ពី|មុនពេល|តែ)(?:មាន)?"
_KHMER_CAN = "(?:អាច|ត្រូវ|មានសិទ្ធិ|មានអំណាច|មានសមត្ថកិច្ចក្នុងការ)(?:នឹង|ក្នុងការ|ធ្វើការ)*"
_KHMER_VERB = """(?:អនុញ្ញាត|ចេញ[«"]?(?:បញ្ជា(?!ក់)|បទបញ្ជា|ដីកា|សេចក្តីសម្រេច|លិខិតអនុញ្ញាត)|បង្គាប់
    |បញ្ជា(?!ក់)|តម្រូវ|ស្នើ(?:សុំ)?|សុំ(?=ឱ្យ)|សម្រេច(?!ក្នុង(?:រយៈពេល|ថិរវេលា)|(?:អំពី|លើ)បណ្តឹង)|ទាមទារ|ឯកភាព|អនុម័ត|ណែនាំ|ចាត់តាំង)"""


@cache
def _khmer(nouns: str) -> re.Pattern[str]:
    return re.compile(
        bounded(
            khmer_pattern(
                f"""{_KHMER_ORDER}{_KHMER_OF}(?:{nouns})|{_KHMER_ORDERED}(?:{nouns})
            |(?<!ដល់)(?<!ជូន)(?:{nouns})[^។៕,;]{{0,40}}?{_KHMER_CAN}[^។៕,;]{{0,24}}?(?<!តាម)(?<!ការ){_KHMER_VERB}
            |(?:ផ្តល់|ប្រគល់)(?:សិទ្ធិ)?អំណាច(?:ឱ្យ|ដល់|ទៅ)*(?:{nouns})(?=[^។;]{{0,40}}(?:ដើម្បី|ឱ្យ|ក្នុងការ|ចំពោះ))
            |(?:{nouns})(?:ជាអ្នក|ទើប(?:អាច)?){_KHMER_VERB}
            |{_KHMER_IF}(?:{nouns})[^។៕,;]{{0,16}}?(?:បាន)?(?<!តាម)(?<!ការ){_KHMER_VERB}
            |(?<=ឱ្យ)(?:{nouns})(?:[^។៕,;]{{0,16}}?)(?:ចេញ|សម្រេច|បង្គាប់|អនុញ្ញាត)(?:ដីកា|បញ្ជា(?!ក់)|បទបញ្ជា|សេចក្តីសម្រេច)?"""
            )
        )
    )


# A decision authorises where a measure rests on it; courts decide on much else, and on penalties above all.
_KHMER_DECISION = re.compile(khmer_pattern("សេចក្តីសម្រេច|ការសម្រេច|ការចាត់តាំង"))
_KHMER_ORDER_FIRST = re.compile(khmer_pattern(_KHMER_ORDER))
_KHMER_PENALTY = re.compile(khmer_pattern("[^។៕]{0,30}?(?:ទោស|ផ្តន្ទា|ទណ្ឌិត|ស្ថានសម្រាល)"))
