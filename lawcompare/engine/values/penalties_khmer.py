"""The grammar of Khmer penalties, for text without white space and with ASCII digits (:mod:`matching`).

The formula of Cambodian statutes is constant: ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី … ទៅ … និងពិន័យជាប្រាក់ពី … រៀលទៅ … រៀល. Its
variants are only a term, only a fine, an upper or lower bound alone, and imprisonment for life.
"""

import re
from collections.abc import Iterator

from lawcompare.engine.text.amounts import KHMER
from lawcompare.engine.text.search_form import khmer_pattern, lazy_compile
from lawcompare.engine.values.contexts import contexts_of
from lawcompare.engine.values.durations import KHMER_DURATION, KHMER_DURATION_OR_NUMBER
from lawcompare.engine.values.penalty_matches import (
    Fine,
    PenaltyPart,
    PrisonTerm,
    amounts_of,
    duration_mismatches,
    durations_of,
    mismatches_of,
)

_NEAR = contexts_of("penalties_khmer")

_TO = "(?:រហូតទៅដល់|រហូតដល់|ទៅដល់|រហូត|ទៅ|ដល់|-)"
_MOST = "(?:ដែល)?(?:(?:មិន|ពុំ)(?:អាច|ត្រូវ)?(?:ឱ្យ)?លើស(?:ពី)?|មិនច្រើនជាង|យ៉ាងច្រើន(?:បំផុត)?|ច្រើនបំផុត|អតិបរមា|រហូតដល់|រហូតទៅដល់|ត្រឹម)"
_LEAST = "(?:ដែល)?(?:(?:មិន|ពុំ)(?:អាច|ត្រូវ)?(?:ឱ្យ)?តិចជាង|យ៉ាងតិច(?:បំផុត)?|យ៉ាងហោចណាស់|តិចបំផុត|អប្បបរមា)"
_AFTER_MOST = "(?:យ៉ាងច្រើន(?:បំផុត)?|ជាអតិបរមា|ជាអតិបរិមា|ចុះក្រោម)"
_AFTER_LEAST = "(?:យ៉ាងតិច(?:បំផុត)?|ជាអប្បបរមា|ឡើងទៅ)"
_FILLER = "(?:ក្នុងរយៈពេល|ក្នុងថិរវេលា|មានរយៈពេល|មានថិរវេលា|រយៈពេល|ថិរវេលា|កំណត់|ចំនួន|ចាប់)*"
_OR_LIFE = "(?P<life>ឬ(?:ត្រូវ)?(?:ផ្តន្ទាទោស)?(?:ដាក់|ជាប់)?(?:ពន្ធនាគារ|គុក)?(?:អស់)?មួយជីវិត)?"


def _amount(name: str) -> str:
    return f"(?P<{name}>{KHMER_DURATION})"


def _amount_or_number(name: str) -> str:
    return f"(?P<{name}>{KHMER_DURATION_OR_NUMBER})"


_HEAD = lazy_compile(
    "(?P<verb>(?:ត្រូវ|ត្រូវបាន|អាចត្រូវ|អាចត្រូវបាន|អាច(?=ប្រកាស))?(?:ផ្តន្ទាទោស|ប្រកាសទោស|ទទួលទោស|រងទោស|កាត់ទោស|កាត់)(?:ជា|:|៖)?|ត្រូវ)?"
    "(?:(?:១|[0-9])-)?(?P<put>ដាក់|ជាប់|ដាក់ក្នុង)?(?:ពន្ធនាគារ|គុក)(?P<filler>" + _FILLER + ")"
)
_RANGE = lazy_compile(f"(?:ពី)+{_amount_or_number('least')}{_TO}{_amount('most')}{_OR_LIFE}")
_ONLY_IMPOSED = tuple(
    lazy_compile(pattern)
    for pattern in (
        f"(?:ក្នុង)?(?:ចន្លោះ|រវាង)+(?:ពី)?{_amount_or_number('least')}(?:និង|{_TO}){_amount('most')}{_OR_LIFE}",
        f"{_LEAST}{_amount_or_number('least')}(?:និង|ហើយ|ប៉ុន្តែ)?{_MOST}{_amount('most')}",
        f"{_amount_or_number('least')}{_TO}{_amount('most')}{_OR_LIFE}",
        "(?P<life>(?:អស់)?មួយជីវិត)(?:ឬ(?:ក្នុង)?រយៈពេលប៉ុន្មានឆ្នាំក៏បាន)?",
        f"{_MOST}{_amount('most')}",
        f"{_LEAST}{_amount('least')}{_OR_LIFE}",
        f"(?:ពី)?{_amount('most')}{_AFTER_MOST}",
        f"(?:ពី)?{_amount('least')}{_AFTER_LEAST}",
        f"{_amount('exact')}",
    )
)
# An aggravated tier names the penalty anew: ទោសគឺពី … ទៅ …
_TIER_HEAD = lazy_compile(
    khmer_pattern(
        """(?:ទោស|ពន្ធនាគារ)(?:ដែលត្រូវផ្តន្ទា|នេះ|នោះ)?
        (?:គឺ|ត្រូវ(?:បាន)?(?:បង្កើន|ដំឡើង|តម្លើង|កើនឡើង|កំណត់)(?:ឡើង)?(?:ដល់|ជា|ទៅជា)?|ឡើងដល់|កើនដល់)(?:៖|:|ដាក់ពន្ធនាគារ)?(?=ពី)"""
    )
)
_REACH = 40
_DENIED = lazy_compile(khmer_pattern("(?:មិន|ពុំ|គ្មាន)(?:អាច|ត្រូវ|បាន|មាន|ការ|ផ្តន្ទាទោស|ប្រកាស|កាត់|ដាក់|ទោស|ជា|ឱ្យ|មែន)*$"))
_DENIED_AFTER = lazy_compile(khmer_pattern("(?:មិន|ពុំ)(?:អាច|ត្រូវ)+(?:បាន)?(?:អនុវត្ត|ប្រកាស|កំណត់|ដាក់)"))
# A sentence that is about the term itself: "the term may not be less than", "the maximum of the term is".
_BOUNDED_TERMS = tuple(
    lazy_compile(khmer_pattern("(?:នេះ|នោះ)?(?=(?:មិន|ពុំ)(?:អាច|ត្រូវ|ឱ្យ))") + pattern)
    for pattern in (f"{_MOST}{_amount('most')}", f"{_LEAST}{_amount('least')}")
)
_EXTREME_HEAD = lazy_compile(
    khmer_pattern(
        """(?:(?P<maximum>អតិបរមា|អតិបរិមា)|អប្បបរមា)(?:នៃ)?ទោស(?:ដាក់)?(?:ពន្ធនាគារ|គុក)(?:នេះ|នោះ)?
        (?:គឺ|មាន|(?:ត្រូវ)?(?:បាន)?កំណត់(?:ត្រឹម)?)(?:រយៈពេល)?"""
    )
)
_EXTREME = {
    True: lazy_compile(f"(?P<most>{KHMER_DURATION})"),
    False: lazy_compile(f"(?P<least>{KHMER_DURATION})"),
}
# What turns a denial into a bound: មិនត្រូវ … លើសពី
_MORE, _LESS = "(?:លើស(?:ពី)?|ច្រើនជាង)", "(?:តិចជាង|ក្រោម)"
_TURNED_TERMS = (lazy_compile(f"{_MORE}{_amount('most')}"), lazy_compile(f"{_LESS}{_amount('least')}"))
# A sentence of conditions speaks of a penalty that another sentence imposes.
_CONDITION = lazy_compile("(?:កាលណា|កាលបើ|ប្រសិនបើ|ក្នុងករណី|នៅក្នុងករណី)[^។៕]*$")
_IMPOSES = lazy_compile("ត្រូវ(?!បាន)|អាចត្រូវ(?!បាន)|ទទួលទោស|រងទោស")

_CURRENCIES = {"រៀល": "KHR", "៛": "KHR", "ដុល្លារ": "USD", "ដុល្លា": "USD", "$": "USD", "អឺរ៉ូ": "EUR", "បាត": "THB"}
_CURRENCY = "(?:ប្រាក់)?(?P<{0}_cur>" + "|".join(map(re.escape, _CURRENCIES)) + ")(?:អាមេរិក(?:ាំង)?|សហរដ្ឋអាមេរិក)?"


def _money(name: str, *, optional: bool = False) -> str:
    # The bracket may stand after the currency: ១០០០០០រៀល(មួយសែនរៀល). A dollar sign also stands before: $5,000
    after = f"(?:{_CURRENCY.format(name)}(?:\\([^()]{{1,60}}\\))?){'?' if optional else ''}"
    return f"(?P<{name}_sign>\\$)?(?P<{name}>{KHMER})(?({name}_sign)|{after})"


_FINES = tuple(
    lazy_compile(pattern)
    for pattern in (
        f"(?:ពី)+{_money('least', optional=True)}{_TO}{_money('most')}",
        f"(?:ចន្លោះ|រវាង)+(?:ពី)?{_money('least', optional=True)}(?:និង|{_TO}){_money('most')}",
        f"{_LEAST}{_money('least', optional=True)}(?:និង|ហើយ)?{_MOST}{_money('most')}",
        f"{_MOST}{_money('most')}",
        f"{_LEAST}{_money('least')}",
        f"(?:ពី)+{_money('least')}",
        f"{_money('most')}{_AFTER_MOST}",
        f"{_money('least')}{_AFTER_LEAST}",
        f"{_money('least', optional=True)}{_TO}{_money('most')}",
        f"{_money('exact')}",
    )
)
_TURNED_FINES = (lazy_compile(f"{_MORE}{_money('most')}"), lazy_compile(f"{_LESS}{_money('least')}"))
_FINED_ELSEWHERE = lazy_compile(
    khmer_pattern(
        "តាម(?:ចំនួន)?(?:ដែល)?(?:មាន)?(?:ចែង|កំណត់)?(?:ក្នុង|ដោយ|នៃ)?(?:មាតិកា|ច្បាប់|ក្រម|មាត្រា|ជំពូក)(?:ទី)?(?:នេះ|នោះ|[0-9]+)"
    )
)


_DEATH = lazy_compile("(?:(?:ត្រូវ|អាច)*ផ្តន្ទា)?ទោស(?:ជា)?ប្រហារជីវិត")


def find_khmer(text: str) -> list[PenaltyPart]:
    """Prison terms, sentences of death and fines of a Khmer text, unordered."""
    return [*_terms(text), *_deaths(text), *_fines(text)]


def _terms(text: str) -> Iterator[PrisonTerm]:
    for head in _HEAD.finditer(text):
        if _DENIED.search(text, max(0, head.start() - _REACH), head.start()):
            match = next(filter(None, (pattern.match(text, head.end()) for pattern in _TURNED_TERMS)), None)
        else:
            match = _RANGE.match(text, head.end())
            if match is None and _imposes(head, text):
                match = next(filter(None, (pattern.match(text, head.end()) for pattern in _ONLY_IMPOSED)), None)
            elif match is None and head["put"] and not _CONDITION.search(text, 0, head.start()):
                match = next(filter(None, (pattern.match(text, head.end()) for pattern in _BOUNDED_TERMS)), None)
        if match and not _DENIED_AFTER.match(text, match.end()):
            yield _term(match, head.start())
    for head in _EXTREME_HEAD.finditer(text):
        match = _EXTREME[bool(head["maximum"])].match(text, head.end())
        if match and not _CONDITION.search(text, 0, head.start()):
            yield _term(match, head.start())
    for head in _TIER_HEAD.finditer(text):
        if match := _RANGE.match(text, head.end()):
            yield _term(match, head.start())


def _deaths(text: str) -> Iterator[PrisonTerm]:
    for death in _DEATH.finditer(text):
        if not _DENIED.search(text, max(0, death.start() - _REACH), death.start()):
            yield PrisonTerm(death.start(), death.end(), death=True)


def _imposes(head: re.Match[str], text: str) -> bool:
    """A bound alone is a penalty where a verb imposes it; general parts of codes name terms for many other reasons."""
    verb = head["verb"]
    if not verb or not head["put"]:
        return False
    if _IMPOSES.match(verb):
        return True
    return verb.startswith(("ត្រូវបាន", "ផ្តន្ទាទោស", "អាចប្រកាស")) and not _CONDITION.search(text, 0, head.start())


def _term(match: re.Match[str], start: int) -> PrisonTerm:
    named = match.groupdict()
    durations = durations_of(match, "km", "least", "most", "exact")
    months = {name: duration.months for name, duration in durations.items()}
    exact = months.get("exact")
    least, most = (exact, exact) if exact is not None else (months.get("least"), months.get("most"))
    mismatches = duration_mismatches(match, durations)
    return PrisonTerm(start, match.end(), least, most, bool(named.get("life")), mismatches=mismatches)


def _fines(text: str) -> Iterator[Fine]:
    for head in _NEAR["fine-head"].finditer(text):
        denied = _DENIED.search(text, max(0, head.start() - _REACH), head.start())
        patterns = _TURNED_FINES if denied else _FINES
        match = next(filter(None, (pattern.match(text, head.end()) for pattern in patterns)), None)
        if match:
            yield _fine(match, head.start(), text)
        elif not denied and head[0].endswith("ប្រាក់"):
            elsewhere = _FINED_ELSEWHERE.match(text, head.end())
            yield Fine(head.start(), elsewhere.end() if elsewhere else head.end(), is_bare=elsewhere is None)


def _fine(match: re.Match[str], start: int, text: str) -> Fine:
    named = match.groupdict()
    names = [name for name in ("least", "most", "exact") if name in named]
    amounts = amounts_of(match, *names)
    exact = amounts.get("exact")
    keys = [f"{name}_{kind}" for name in ("most", "least", "exact") for kind in ("cur", "sign")]
    currency = next(named[key] for key in keys if named.get(key))
    day = _NEAR["per-day"].match(text, match.end())
    return Fine(
        start,
        day.end() if day else match.end(),
        exact if exact is not None else amounts.get("least"),
        exact if exact is not None else amounts.get("most"),
        _CURRENCIES[currency],
        day is not None,
        mismatches=mismatches_of(match, *names),
    )
