"""The form of a heading line: ``Article 28. Contents``, ``CHAPTER IV``, ``§ 1030. Fraud``, ``មាត្រា ៤២៧.- …``.

Says what a line looks like. Whether it is the beginning of a clause, or words inside a sentence, is decided in
``segment`` from the sequence of the numbers.
"""

import re
from dataclasses import dataclass

from lawcompare.engine.structure.numbering import (
    KHMER_NAMES,
    LATIN_NAMES,
    LATIN_SUFFIXES,
    NUMBER,
    ORDINALS,
    SUFFIX_IN_BRACKETS,
    UNNUMBERED,
    WORDS,
    ClauseNumber,
    read_number,
)
from lawcompare.engine.text.search_form import lazy_compile

_ROMAN = r"[IVXLC]+(?:er)?|[ivxlc]+"
_FIRST_IN_FRENCH = "premier|première|unique"
_SPELLED = "|".join(sorted((*WORDS, *ORDINALS), key=len, reverse=True))
_BIS = "|".join(LATIN_SUFFIXES)
_SPACE = r"[\s\u00a0\u202f\u2009\u200b]"
_WORD = lazy_compile(
    rf"""(?P<num>\[?
      (?P<word>{"|".join(re.escape(word) for word in sorted(LATIN_NAMES, key=len, reverse=True))}|§§?)\.?
      {_SPACE}*(?P<number>{NUMBER}(?:,{_SPACE}{NUMBER}(?=[.,\s]))*(?:,?{_SPACE}*(?:–|—|-|to|and|through){_SPACE}*{NUMBER}(?=[.\s\]]))?
        |(?:{_ROMAN})(?:{_SPACE}(?:{_BIS}))?(?![\w'’])|(?:{_SPELLED}|{_FIRST_IN_FRENCH})(?!\w)|(?<={_SPACE})[A-Za-z](?![\w'’]))
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SPACED_ARTICLE = r"ម\s?ា\s?ត្រ\s?ា"  # as some prints set it, letter by letter
_KHMER_WORD = lazy_compile(
    rf"""(?P<num>
      (?P<word>{"|".join(sorted(KHMER_NAMES, key=len, reverse=True))}|{_SPACED_ARTICLE}){_SPACE}*+(?:ទី{_SPACE}*+)?
      (?P<number>{NUMBER}|ទោល|តែមួយ|ប្រាំមួយ|ប្រាំពីរ|ប្រាំបី|ប្រាំបួន|មួយ|ពីរ|បី|បួន|ប្រាំ|ដប់|[IVXLC]+(?!\w))
    )""",
    re.VERBOSE,
)
_SEPARATOR = lazy_compile(rf"{_SPACE}*(?:[.:។៖]?{_SPACE}*[-–—―‐_~]{{1,3}}|[.:៖])?{_SPACE}*")
# What a reference goes on with: "Article 28 of this law", "មាត្រា ២៨ នៃច្បាប់នេះ", "មាត្រា ១៨១ (ការផ្សាយ…)".
_GOES_ON = lazy_compile(
    r"[,;)]|\((?!\d{1,3}\)\s*[“\"A-Z])|\[(?!\w)|(?:of|and|or|to|in|on|is|are|was|shall|may|above|below|hereof|thereof|paragraphs?|"
    r"through|thru|but|except|which|that|as|by|for|under|with|et|de|du|des|ou|à|au|aux)\b|នៃ|និង|ឬ|ខាងលើ|ខាងក្រោម|វាក្យខណ្ឌ|កថាខណ្ឌ|ចំណុច|ដល់|មាត្រា"
)
_NUMBERS = lazy_compile(r"[0-9០-៩]{1,3}\.\s+[0-9០-៩]{1,3}\.")  # of more articles: "មាត្រា ១១. ១២. ១៣. ១៨."
# That the clause is new or put in, as drafts of amendments print it after the mark: "មាត្រា ២.- (ថ្មី)".
_PUT_IN = lazy_compile(SUFFIX_IN_BRACKETS, re.IGNORECASE)
# A heading that is not understood: what stands between its number and the mark after it is no suffix known.
_LIKE_A_HEADING = lazy_compile(r"\([^()]{1,20}\)\s*(?:[.:។៖]\s?[-–—]|[.:៖]$)")
_SEVERAL = lazy_compile(rf",?{_SPACE}+(?:to|and|through){_SPACE}+|,{_SPACE}+")
_ORDINAL_SCHEDULE = lazy_compile(
    rf"(?:the )?(?:{'|'.join(ORDINALS)}) (?:schedule|annex|appendix)(?:\s*\([^()]*\))?", re.IGNORECASE
)
# "Schedule—Consultation procedures": the only one, which has no number.
_TITLED_SCHEDULE = lazy_compile(
    r"(?:(?:the )?schedule|annexe?|appendix|ឧបសម្ព័ន្ធ|phụ lục)(?:\s*[—–:៖]\s*|\s+-\s+)(?P<title>[^\W\d].{2,150})",
    re.IGNORECASE,
)
# "Article 3 (Scope)", also with its text on the same line: "Article 3 (Scope) (1) The State …"
IN_BRACKETS = lazy_compile(r"(?P<heading>\([^()]{2,120}\))(?:\s+(?=\(1\)\s|[“\"A-Z])|$)")
_SENTENCE_END = lazy_compile(r"[.;:,។៕៖]['\"”’)]*\s*$|(?:[–—]|--|\s-)\s*$")
_VERB = lazy_compile(
    r"\b(?:is|are|was|were|shall|may|must|means|mean|has|have|had|does|do|did|will|would|can|cannot|includes?|"
    r"applies|apply|whoever|any|whereas|there|"
    r"est|sont|peut|peuvent|doit|doivent|sera|seront|fixe|fixent|entend|s['’]applique(?:nt)?)\b|"
    r"^(?:as used|for (?:the )?purposes? of|in this (?:law|act|section|article|chapter|part|title)|notwithstanding|"
    r"subject to|except|if|where|when|such)\b",
    re.IGNORECASE,
)
_RELATIVE = lazy_compile(
    r"\b(?:that|which|who|whom|it|they)\s+(?:\w+\s+){0,2}?"
    r"(?:is|are|was|were|shall|may|must|has|have|had|does|do|will|can|apply|applies|includes?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line in the form of a heading.

    ``num`` as printed (``Article 28``), ``separator`` what stands between it and ``rest``, ``goes_on`` whether the rest
    reads as the continuation of a sentence that mentions the clause.
    """

    element: str
    num: str
    value: ClauseNumber | None
    separator: str
    rest: str
    goes_on: bool = False
    until: ClauseNumber | None = None  # the last of several: "§§ 221, 222. Repealed"


def parse_heading(line: str) -> Heading | None:
    """Read a line as a heading with a number, or return None.

    >>> found = parse_heading("Article 28. Contents and websites")
    >>> found.element, found.num, found.separator, found.rest
    ('article', 'Article 28', '. ', 'Contents and websites')
    >>> lines = "Article 28 of this law applies.", "មាត្រា ៨២ មាត្រា ៨៨ថ្មី", "មាត្រា ១១. ១២. ១៣."
    >>> [parse_heading(line).goes_on for line in lines]
    [True, True, True]
    """
    text = line.lstrip()
    if match := _WORD.match(text):
        word = match["word"].lower()
        element = "section" if word.startswith("§") else LATIN_NAMES[word]
    elif match := _KHMER_WORD.match(text):
        element = KHMER_NAMES["".join(match["word"].split())]
    else:
        return None
    if _is_a_mere_word(match["word"], match["number"], text[match.end() :]):
        return None
    separator = _SEPARATOR.match(text, match.end())
    assert separator is not None  # every part of it is optional
    rest = text[separator.end() :].rstrip()
    printed, between = match["num"].strip(), separator[0]
    if put_in := _PUT_IN.match(rest):
        printed = f"{printed} {put_in[0]}"
        separator = _SEPARATOR.match(rest, put_in.end())
        assert separator is not None
        between, rest = between + separator[0], rest[separator.end() :]
    plain = not between.strip()
    goes_on = plain and bool(rest) and (rest[0].islower() or bool(_GOES_ON.match(rest)))
    goes_on = goes_on or _NUMBERS.match(rest) is not None
    if plain and rest and not between and not goes_on:
        goes_on = rest[0] not in '[“"'  # "Article 1%", "មាត្រា ១ក…"
    goes_on = goes_on and not IN_BRACKETS.match(rest)
    several = _SEVERAL.split(match["number"])
    until = read_number(several[-1]) if len(several) > 1 else None
    letter = re.fullmatch("[CD]", several[0])  # parts are lettered far more often than they are a hundred
    value = read_number(f"{several[0]} {put_in[0]}" if put_in else several[0], roman=letter is None)
    return Heading(element, printed, value, between, rest, goes_on, until)


def looks_like_heading(heading: Heading) -> bool:
    """Whether a line that is read as none may be one all the same, so that a person should look.

    >>> [looks_like_heading(parse_heading(line)) for line in ("Article 4 (second).- Fees", "Article 4 of this law")]
    [True, False]
    """
    if heading.goes_on:
        return _LIKE_A_HEADING.match(heading.rest) is not None
    return bool(heading.rest) and is_titlelike(heading.rest, most_words=10)


def parse_unnumbered(line: str) -> tuple[str, str] | None:
    """Read a line that is the name of an unnumbered part of a law: its element and the words.

    >>> parse_unnumbered("PREAMBLE"), parse_unnumbered("FIRST SCHEDULE"), parse_unnumbered("Schedule—Fees of ports")
    (('preamble', 'PREAMBLE'), ('schedule', 'FIRST SCHEDULE'), ('schedule', 'Schedule—Fees of ports'))
    """
    words = line.strip().strip(".:៖").strip()
    titled = _TITLED_SCHEDULE.fullmatch(words)
    is_schedule = _ORDINAL_SCHEDULE.fullmatch(words) or (titled and is_titlelike(titled["title"]))
    element = "schedule" if is_schedule else UNNUMBERED.get(words.lower())
    return (element, line.strip()) if element else None


def is_titlelike(text: str, *, most_words: int = 25) -> bool:
    """Whether words read as a heading: short, not ended as a sentence, without a verb of its own.

    >>> is_titlelike("Treatment of publisher or speaker"), is_titlelike("Whoever does this shall be punished")
    (True, False)
    """
    text = text.strip()
    if not text or _SENTENCE_END.search(text) or text[0].islower():
        return False
    if any("ក" <= character <= "៿" for character in text):
        return len(text) <= 140 and not re.search("ត្រូវ(?:ផ្តន្ទា|ផ្ដន្ទា)|។", text)
    # The verb of a relative clause makes no sentence: "Duties of bodies that are called upon".
    return len(text.split()) <= most_words and not _VERB.search(_RELATIVE.sub("", text))


def ends_sentence(text: str) -> bool:
    """Whether a line ends as a sentence, a list item or the lead to a list does.

    >>> ends_sentence("is punished;"), ends_sentence("is punished by")
    (True, False)
    """
    return bool(_SENTENCE_END.search(text) or re.search(r"[;,—–-]\s*(?:and|or)\s*$", text))


def _is_a_mere_word(word: str, number: str, after: str) -> bool:
    """ "Part I" is a heading, "part i…" or "Title a" are not; a single letter counts only in capitals."""
    if word.startswith("§") or any(character.isdigit() for character in number) or not number.isascii():
        return False
    if word[0].islower():
        return not (number.isupper() and re.match(r"\s?[—–]\s?[A-Z]", after))
    if len(number) == 1 and number.islower():
        return True
    return number.upper() in ("A", "I") and bool(re.match(r"\s+[a-z]", after)) and word.lower() != "article"
