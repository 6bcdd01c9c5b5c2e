"""Whether words are denied by what stands before or after them, in English and Khmer: one treatment for all values.

``without a court order``, ``no intent is required``, ``ដោយគ្មានដីកា`` deny; ``not … without a court order``,
``unless a court so orders`` and ``only on a court order`` affirm.
"""

from functools import lru_cache

from lawcompare.engine.text.search_form import View, khmer_pattern, lazy_compile
from lawcompare.engine.values.words import Context, contexts_of

_NEAR = contexts_of("negation")

_REACH = 160
# No sentence of a law is longer; without an end to it one hostile clause would cost the square of its length.
SENTENCE_MAX = 1_000
_STOP = {"en": lazy_compile(r"[.;:](?=\s|$)"), "km": lazy_compile("[។៕៖;]")}

# Between the word that denies and the words that are denied: a list of like things, nothing that begins a new thought.
# Read in one way: a row of signs is one run and many, and the ways to read it double with each.
_BETWEEN = r"""(?: [\s,"'()-]+ | \b(?: an? | the | any | such | that | his | her | their | its | either | all | prior
    | previous | first | further | separate | specific | special | written | formal | valid | express | explicit
    | actual
    | judicial | ministerial | criminal | direct | search | court | of | from | by | or | nor | and | for | to | in
    | on | under | upon | proof | evidence | showing | orders? | warrants? | authori[sz]ations? | approvals?
    | permissions?
    | consents? | leave | subpoenas? | requests? | requirements? | decisions? | judges? | magistrates?
    | prosecutors? | prosecution | ministers? | committee | authorit(?:y|ies) | owners? | users? | royal | public
    | competent
    | have | be | been | obtain(?:ed|ing)? | having | sought | seeking | seek | acted? | acting | done | made
    | committed
    | issued | given | granted | intent(?:ion)? | knowledge | reckless(?:ness|ly)? | negligence | malice | harm | damage
    | loss | injury | causing | caused? | serious | substantial | material | lawful | interested
    | intentional(?:ly)? | knowing(?:ly)? | wil?lful(?:ly)? | person | accused | defendant
    | offender | perpetrator | it | they | he | she | acts?
    | conduct | offen[cs]e | is | are | was | were | if | when )\b )*+"""
_WITHOUT = r"""(?: without (?: \s+ (?: first \s+ )? (?: the\s+ )? (?: need(?:ing)? (?:\s+(?:for|of|to\s+\w+))?
    | requiring | having | obtaining | seeking | waiting\s+for | regard\s+to ) )?
    | in\s+the\s+absence\s+of | absence\s+of | lack(?:s|ing)?(?:\s+of)? | absent )"""
_DENIES = rf"""(?: {_WITHOUT} | no(?:\s+need\s+(?:for|of|to\s+\w+))? (?!\s+(?:more|less|later|longer|fewer|other)\b)
    | neither | nor | never | cannot | (?:regardless|irrespective)\s+of(?:\s+whether)? | whether\s+or\s+not
    | with\s+or\s+without
    | (?:even\s+)?(?:if|though)\s+(?:it|they|he|she)\s+(?:do|does|did)\s+not | instead\s+of | rather\s+than
    | not (?! \s+ (?: only | merely | solely | just | more | less | later | longer | fewer | without | unless | except
        | exceed(?:ing)? ) \b )
      (?: \s+ (?:be\s+)? (?: need(?:ed)? | requir(?:e|ed) | depend(?:ent)?\s+(?:up)?on | subject\s+to
      | oblig(?:e|ed)\s+to
        | conditional\s+(?:up)?on | necessary ) )? (?: \s+ to \s+ (?:have|obtain|seek|be|get|show|prove|wait\s+for) )?
    | need\s+not (?:\s+(?:have|obtain|seek|be|show|prove|wait\s+for))?
    | nothing (?:\s+\w+){{0,5}} \s+ (?:requires?|demands?) | not\s+necessary (?:\s+to\s+\w+)?
    | no\s+matter\s+(?:whether|if|that)
    | (?:irrelevant|immaterial|indifferent|of\s+no\s+(?:importance|relevance|account|consequence)) (?:\s+(?:whether
    |if|that))?
    | unnecessary (?:\s+to\s+\w+)? | dispens\w+\s+with | exempt\s+from | waiv\w+ )"""
_LEFT = Context(lazy_compile(rf"(?xi) \b (?P<denies>{_DENIES}) \b {_BETWEEN} $"))
# What is absent may have any name: "no application for judicial approval", "without telling the owner of a warrant".
_NO_THING = r"no (?!\s+(?:more|less|later|longer|fewer|other|person|one|officer|authority)\b)"
_NOT_OF_IT = r"""(?: who | which | that | unless | if | when | where | but | and | except | save | other | than | only
    | may | shall | must | can | will | is | are | was | were | be | has | have | does | do | without | until )\b"""
_ABSENT = Context(
    lazy_compile(
        rf"(?xi) \b (?P<denies> {_WITHOUT} | {_NO_THING} ) \b (?: \s+ (?! {_NOT_OF_IT} ) [\w'-]+ ){{0,6}} \s* $"
    )
)
_WAY_OUT = lazy_compile(
    r"(?i)\b(?:shall|may|is|are|can)\s+(?:be\s+)?(?:issued?|made|granted|given|entered)\b.*"
    r"\b(?:unless|but|except|until|without)\b"
)
_WITHOUT_START = lazy_compile(rf"(?xi) {_WITHOUT}")

_KHMER_THING = """(?:ដីកា|បទបញ្ជា|ការបញ្ជា|បញ្ជា|សេចក្តីសម្រេច|ការសម្រេច|ការអនុញ្ញាត|ការយល់ព្រម|ការព្រមព្រៀង
    |ការឯកភាព|សំណើ|ការស្នើសុំ
    |តុលាការ|ចៅក្រម|ព្រះរាជអាជ្ញា|រដ្ឋមន្ត្រី|អាជ្ញាធរ|ជនល្មើស|ចារី|ជនជាប់ចោទ|បាន|អំពី|ស៊ើបសួរ|ឆែកឆេរ|បង្គាប់|ម្ចាស់|ចេតនា|គោលបំណង|បំណង|ភស្តុតាង
    |ករណី|ការខូចខាត|ខូចខាត
    |ជាមុន|ជាលាយលក្ខណ៍អក្សរ|ដោយផ្ទាល់|ពី|របស់|នៃ|នូវ|ឬ|និង|ណាមួយ|ណា|មាន|ដែល|ចេញដោយ|ដោយ|ជា|ថា|ដល់|,)"""
_KHMER_DENIES = """(?:(?:គ្មាន|មិនមាន|ពុំមាន|ឥតមាន|អត់មាន|មិនទាន់មាន|កង្វះ|(?:មិន|ពុំ)(?:គិត|ប្រកាន់|រាប់)(?:ពី
    |ដល់)?|ទោះបីមានឬគ្មាន|មានឬគ្មាន)
    |(?:(?:មិន|ពុំ)(?:ត្រូវ)?(?:បាន)?|គ្មានភាព|គ្មានការ)(?:តម្រូវ|ចាំបាច់|ត្រូវការ|បាច់|ទាមទារ|អាស្រ័យលើ)(?:ឱ្យ|ត្រូវ)*(?:មាន|ទទួលបាន
    |ទទួល|សុំ|ស្នើសុំ|រង់ចាំ|បញ្ជាក់)?(?:នូវ)?
    |(?:ដោយ)?(?:មិន|ពុំ)(?:បាន)?(?:ទទួល|សុំ|ស្នើសុំ|រង់ចាំ|មាន)(?:បាន)?(?:នូវ)?
    |(?:មិន(?!ថា)|ពុំ)(?:មែន)?(?:(?:បាន)?(?:ធ្វើ|ប្រព្រឹត្ត|កើតឡើង))?)"""
_KHMER_LEFT = lazy_compile(khmer_pattern(f"(?P<denies>{_KHMER_DENIES}){_KHMER_THING}*$"))
_KHMER_RIGHT = lazy_compile(
    khmer_pattern(
        f"""{_KHMER_THING}*(?:គឺ)?(?:មិន|ពុំ)(?:ត្រូវ)?(?:បាន)?(?:ចាំបាច់|តម្រូវ|ត្រូវការ|បាច់|ទាមទារ|សំខាន់
            |មែនជា(?:លក្ខខណ្ឌ|ធាតុ|តម្រូវការ))
        |(?:ក្តី)?ឬ(?:ក៏)?(?:មិន|ពុំ|គ្មាន|អត់)(?:មែន)?(?:ដោយ)?(?:ចេតនា|ដឹង)?(?:ក្តី|ក៏ដោយ)"""
    )
)
_KHMER_ABSENT = lazy_compile(khmer_pattern("(?:គ្មាន|មិនមាន|ពុំមាន|ឥតមាន|មិនបាន|ពុំបាន|មិនទទួល|ពុំទទួល)"))


def is_denied(seen: View, start: int, end: int) -> bool:
    """Whether ``seen.text[start:end]`` is denied where it stands.

    >>> from lawcompare.engine.text.search_form import view
    >>> [is_denied(view(text), text.index("court order"), text.index("court order") + 11) for text in (
    ...     "without a court order", "only on a court order", "nobody may do so without a court order")]
    [True, False, False]
    """
    before, after = around(seen, start, end)
    return _is_denied_in_khmer(before, after) if seen.language == "km" else _is_denied(before, after)


def is_negative(left: str) -> bool:
    """Whether the verb that governs what follows an English ``left`` is denied: ``No data may be kept for …``."""
    return _NEAR["not-near"].search(left) is not None or _has_negative_verb(left)


@lru_cache(4)  # asked for by each of those who look at a value, one after another
def sentence_before(text: str, start: int, language: str = "en") -> str:
    """What the sentence of a form for matching has before ``start``, of it the last ``SENTENCE_MAX`` characters."""
    begin = max(0, start - SENTENCE_MAX)
    for stop in _STOP[language].finditer(text, begin, start):
        begin = stop.end()
    return text[begin:start]


def around(seen: View, start: int, end: int) -> tuple[str, str]:
    """What the sentence of a range has before and after it."""
    return sentence_before(seen.text, start, seen.language), sentence_after(seen.text, end, seen.language)


@lru_cache(4)
def sentence_after(text: str, end: int, language: str = "en") -> str:
    """What the sentence of a form for matching has after ``end``, of it the first ``SENTENCE_MAX`` characters."""
    last = min(len(text), end + SENTENCE_MAX)
    stop = _STOP[language].search(text, end, last)
    return text[end : stop.start() if stop else last]


def _is_denied(before: str, after: str) -> bool:
    if _NEAR["right"].match(after):
        return True
    begin = max(0, len(before) - _REACH)
    left = _LEFT.search(before, begin) or _ABSENT.search(before, begin)
    if left is None:
        return False
    if not _WITHOUT_START.match(left["denies"]):
        # "No warrant shall issue, but upon probable cause"; "no order is made unless": there is one after all.
        return not (left["denies"].lower().startswith("no") and _WAY_OUT.search(after))
    return not _is_forbidden_without(before[: left.start()], after)


def is_forbidden_without(seen: View, start: int, end: int) -> bool:
    """Whether ``seen.text[start:end]``, an absence, is ruled out: ``nobody is punished without intent``."""
    before, after = around(seen, start, end)
    if seen.language == "km":
        return bool(_NEAR["khmer-forbids"].search(before) or _NEAR["khmer-forbids"].search(after))
    return _is_forbidden_without(before, after)


def _is_forbidden_without(before: str, after: str) -> bool:
    """``no officer may search without …``, ``without … an officer may not search``, ``without … it is void``."""
    if _NEAR["void-after"].match(after):
        return True
    return _has_negative_verb(before) or (not before.strip(" ,\"'(") and _has_negative_verb(after))


def _has_negative_verb(words: str) -> bool:
    """By the last verb of the words; where it is affirmed, its subject may still be ``no officer``."""
    modals = list(_NEAR["modal"].finditer(words))
    if modals and modals[-1]["denied"]:
        return True
    return _NEAR["no-subject"].search(words) is not None


def _is_denied_in_khmer(before: str, after: str) -> bool:
    if _KHMER_RIGHT.match(after):
        return True
    left = _KHMER_LEFT.search(before, max(0, len(before) - _REACH))
    if left is None:
        return False
    if not _KHMER_ABSENT.match(left["denies"].removeprefix("ដោយ")):
        return True
    return not (_NEAR["khmer-forbids"].search(before[: left.start()]) or _NEAR["khmer-forbids"].search(after))
