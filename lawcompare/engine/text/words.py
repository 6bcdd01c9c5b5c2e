"""Grapheme clusters and words, for scripts with spaces and without. Knows letters, not law; compares nothing."""

import re
from functools import lru_cache
from itertools import accumulate

import regex
from icu4py.breakers import WordBreaker

# Signs that no XML may contain, not even written as numbers (XML 1.0, production 2).
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Signs that set the words after them in another order (UAX #9), also those that say whose words they are.
OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What is taken out of forms: what turns the words after it, and what no XML may have, as feeds are.
TAKEN_OUT = re.compile(f"{OVERRIDES.pattern}|[\ufffe\uffff]")
# English words that stand in nearly every clause, so that they tell none from another. "not" and "without" do.
STOP_WORDS = frozenset(
    regex.findall(
        r"\w+",
        """
        a an and any are as at be been by can do does for from had has have her his if in into is it its may of on or
        our shall should so such than that the their them then there these they this those through to under until upon
        was we were when where which while who whom whose will with within would
        """,
    )
)
# Scripts written without spaces between words: their runs are cut by ICU's dictionaries.
_UNSPACED = r"[[\p{Khmer}\p{Thai}\p{Lao}\p{Myanmar}\p{Han}\p{Hiragana}\p{Katakana}]--[\p{P}\p{N}\p{S}]]"
_SPACED = rf"[\p{{L}}--{_UNSPACED}]"
# 一 and 十 alone stand in many words that count nothing; two together are a number.
_HAN_DIGIT = "[〇零一二三四五六七八九十百千萬万億亿]"
_HAN_NUMBER = f"{_HAN_DIGIT}{{2,}}"
_SUFFIX = r"(?: \p{Latin}{1,3} (?! \p{L} ) )?"
_GROUPED = r"\p{Nd}{1,3} (?: [\x20\u00a0\u202f] \p{Nd}{3} )+ (?: [.,] \p{Nd}+ )? (?! [.,]? \p{Nd} )"
_PLAIN = r"\p{Nd}+ (?: [.,:/] \p{Nd}+ )*"
_NUMBER = rf"""
    \p{{Sc}}? (?: {_GROUPED} | {_PLAIN} ) {_SUFFIX}
    (?: [-\u2010\u2011] \p{{Nd}}+ {_SUFFIX} )*
    (?: [\u00a0\u202f]? [%‰] | \p{{Sc}} (?! \p{{Nd}} ) )?
"""
_ROMAN = "[ivxlcdm]{3,7} | [IVXLCDM]{3,7}"
_MARKER = rf"\( (?: \p{{Nd}}{{1,4}} \p{{Latin}}{{0,2}} | \p{{Latin}}{{1,2}} | {_ROMAN} | {_UNSPACED} ) \)"
_LETTERS = rf"[{_SPACED}\p{{M}}\p{{Nd}}\u200c\u200d\u00ad]"
_TOKEN = regex.compile(
    rf"""(?xV1)
      (?: \p{{Lu}} \. ){{2,}}
    | {_SPACED} {_LETTERS}* (?: ['’\-\u2010\u2011] [{_SPACED}\p{{Nd}}] {_LETTERS}* )*
    | \r\n | [\n\u2028\u2029] | [^\S\n\u2028\u2029]+?(?=\r?\n) | [^\S\n\u2028\u2029]+
    | {_NUMBER}
    | {_MARKER}
    | {_UNSPACED} [{_UNSPACED}\p{{M}}\u200c\u200d]*
    | [\s\S]
    """
)
# The same where all is ASCII but for quotes, dashes and section signs, for which Python's own expressions are quicker.
_PLAIN_TEXT = re.compile(r"[\x00-\x7f“”‘’–—§…•]*")
_PLAIN_NUMBER = r"""
    \$? (?: [0-9]{1,3} (?: [ ] [0-9]{3} )+ (?: [.,] [0-9]+ )? (?! [.,]? [0-9] ) | [0-9]+ (?: [.,:/] [0-9]+ )* )
    (?: [A-Za-z]{1,3} (?! [A-Za-z] ) )? (?: - [0-9]+ (?: [A-Za-z]{1,3} (?! [A-Za-z] ) )? )* (?: % | \$ (?! [0-9] ) )?
"""
_PLAIN_TOKEN = re.compile(
    rf"""(?x)
      (?: [A-Z] \. ){{2,}}
    | [A-Za-z] [A-Za-z0-9]* (?: ['’\-] [A-Za-z0-9]+ )*
    | \r\n | \n | [\t\v\f\r ]+?(?=\r?\n) | [\t\v\f\r ]+
    | {_PLAIN_NUMBER}
    | \( (?: [0-9]{{1,4}} [A-Za-z]{{0,2}} | [A-Za-z]{{1,2}} | {_ROMAN} ) \)
    | [\s\S]
    """
)
# Signs that may join what stands beside them: a text without any has no cluster that its words could cut.
_MAY_HOLD = regex.compile(r"[\p{M}\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=Prepend}\p{GCB=L}\p{GCB=V}\p{RI}\u200d]")
# Before a flag \X walks back over all that stand in a row: they are taken two by two without it.
_ONE = r"(?:\p{RI}\p{RI}(?=\p{RI})|\X)"
_CLUSTER = regex.compile(_ONE)
_UNSPACED_LETTER = regex.compile(rf"(?V1){_UNSPACED}")
_ATOM = regex.compile(rf"(?:{_HAN_DIGIT}+(?={_HAN_DIGIT}))?{_ONE}")
_DIGIT = regex.compile(rf"\p{{Nd}}|{_HAN_NUMBER}")
_LETTER = regex.compile(r"[\p{L}\p{N}]")


def clusters(text: str) -> list[str]:
    """Cut a text into grapheme clusters (UAX 29), Khmer COENG sequences whole; joined they give the text.

    >>> clusters("ផ្តន្ទាទោស")
    ['ផ្ត', 'ន្ទា', 'ទោ', 'ស']
    """
    return list(text) if text.isascii() and "\r" not in text else _CLUSTER.findall(text)


def borders(text: str) -> list[int]:
    """Offsets in code points, ascending and with 0 and ``len(text)``, at which a text may be cut.

    >>> borders("ទោស")
    [0, 2, 3]
    """
    return list(accumulate(map(len, _CLUSTER.findall(text)), initial=0))


def is_plain(text: str) -> bool:
    """Whether a text has no sign but those of ASCII, quotes, dashes, bullets and section signs."""
    return text.isascii() or _PLAIN_TEXT.fullmatch(text) is not None


def words(text: str, language: str = "en") -> list[str]:
    """Cut a text into words, numbers, white space and single signs; joined they give the text.

    A number with its separators, currency and letter is one word (``$100,000``, ``១០០.០០០``, ``12A``), and so is a
    bracketed number (``(a)``). Khmer and other scripts without spaces are cut by dictionary, never inside a cluster.
    ``language`` is a BCP 47 tag; it only helps the dictionary.

    >>> words("fined $5,000 under 12A(1)")
    ['fined', ' ', '$5,000', ' ', 'under', ' ', '12A', '(1)']
    >>> words("ពី១ខែទៅ១ឆ្នាំ", "km")
    ['ពី', '១', 'ខែ', 'ទៅ', '១', 'ឆ្នាំ']
    """
    if is_plain(text):
        return _PLAIN_TOKEN.findall(text)
    tokens: list[str] = _TOKEN.findall(text)
    if _UNSPACED_LETTER.search(text):
        runs = (_dictionary_words(token, language) if _is_unspaced(token[0]) else (token,) for token in tokens)
        tokens = [piece for run in runs for piece in run]
    return tokens if _MAY_HOLD.search(text) is None else _keep_clusters(tokens)


# Signs of a run that is kept as it was cut; sixty of 100,000 signs held 280 MB.
_KEPT_RUN = 200


def _dictionary_words(run: str, language: str) -> tuple[str, ...]:
    return (_kept_words if len(run) <= _KEPT_RUN else _cut_words)(run, language)


def _cut_words(run: str, language: str) -> tuple[str, ...]:
    """Numbers in Han signs are split off first, as digits are: the dictionary would glue them to their unit."""
    pieces: list[str] = []
    for piece in regex.splititer(f"({_HAN_NUMBER})", run):
        if piece:
            pieces += [piece] if regex.fullmatch(_HAN_NUMBER, piece) else WordBreaker(piece, language)
    return tuple(pieces)


_kept_words = lru_cache(maxsize=4096)(_cut_words)


def _keep_clusters(tokens: list[str]) -> list[str]:
    """Join tokens between which a cluster would be cut."""
    ends, kept, at = set(borders("".join(tokens))), [], 0
    for token in tokens:
        if at in ends:
            kept.append([token])
        else:
            kept[-1].append(token)
        at += len(token)
    return ["".join(each) for each in kept]


@lru_cache(maxsize=4096)
def _is_unspaced(sign: str) -> bool:
    return _UNSPACED_LETTER.match(sign) is not None


def atoms(token: str) -> list[str]:
    """The pieces of a word that may be marked apart: clusters in scripts without spaces, else the word itself.

    >>> atoms("ទោស"), atoms("penalty"), atoms("១០០.០០០")
    (['ទោ', 'ស'], ['penalty'], ['១០០.០០០'])
    """
    return _ATOM.findall(token) if _is_unspaced(token[0]) else [token]


def has_no_spaces(token: str) -> bool:
    """Whether a word is of a script written without spaces, in which a border between words is a matter of opinion."""
    return _is_unspaced(token[0])


@lru_cache(maxsize=1 << 16)
def is_number(token: str) -> bool:
    """Whether a word of :func:`words` holds a number: digits, or two or more Han numerals."""
    return _DIGIT.search(token) is not None


@lru_cache(maxsize=1 << 16)
def is_word(token: str) -> bool:
    """Whether a word of :func:`words` says something: it holds a letter or a digit."""
    return _LETTER.search(token) is not None


def language_of(text: str) -> str:
    """The language of a law text, from its script: ``km`` where most letters are Khmer, else ``en``.

    >>> language_of("មាត្រា ១"), language_of("Article 1")
    ('km', 'en')
    """
    khmer = sum(1 for character in text if "ក" <= character <= "៓")
    latin = sum(1 for character in text if character.isascii() and character.isalpha())
    return "km" if khmer > latin else "en"


@lru_cache(maxsize=1 << 14)
def may_be_word(word: str) -> bool:
    """Whether the dictionary that Khmer is cut by may have a word: twice in a row it is then cut in the middle alone.

    >>> may_be_word("ពន្ធនាគារ"), may_be_word("ពន្ធនាគាំ")
    (True, False)
    """
    return list(WordBreaker(word + word, "km")) == [word, word]


@lru_cache(maxsize=1 << 14)
def is_no_word(word: str) -> bool:
    """Whether that dictionary surely lacks a word of three signs and more: a letter that begins none is not cut off it.

    >>> is_no_word("បន្ថែម"), is_no_word("បន្អែម")
    (False, True)
    """
    forms = (f"{form}ឩ" for form in {word, word.replace("\u17d2ត", "\u17d2ដ")})
    return len(word) > 2 and all(list(WordBreaker(form, "km")) == [form] for form in forms)
