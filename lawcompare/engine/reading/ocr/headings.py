"""Slips of recognition in headings, repaired where the sequence of their numbers proves what stands there.

Headings are set in other faces than the text and are read worst: បាត្រា for មាត្រា, 9 for ១. A line that looks like a
heading is a candidate. Over all candidates the numbers are found that explain best what was read, one more each time;
what is then not what was read is repaired, with a warning. A number that no neighbour proves stays as it was read, and
so does one that every look has read alike: what its neighbours suggest is proposed beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from lawcompare.engine.structure.numbering import SUFFIX_ALONE, from_khmer, to_khmer

# The words of headings that a law counts through; the longest slip that is still the word, in letters.
WORDS = {"មាត្រា": 2, "ប្រការ": 2, "ជំពូកទី": 2, "ជំពូក": 1, "ផ្នែកទី": 2}
ARTICLES = ("មាត្រា", "ប្រការ")
SOLE = ("តែមួយ", "តែ១")
LONGEST_SOLE = 8
NEW = "ថ្មី"
SPELLED = {"មួយ": 1, "ពីរ": 2, "បី": 3, "បួន": 4, "ប្រាំ": 5, "ប្រាំមួយ": 6, "ប្រាំពីរ": 7, "ប្រាំបី": 8, "ប្រាំបួន": 9, "ដប់": 10}

# What a digit is read as by mistake, beside itself.
LIKE = {
    "១": "9១@9ៗ1ទុខ)", "២": "២6ឮ", "៣": "៣ពាឈតព៧n", "៤": "៤៥៨k", "៥": "៥៤៨", "៦": "៦៩", "៧": "៧ន៣",
    "៨": "៨៤៥៣", "៩": "៩6៦៤", "០": "០0oOo១",
}  # fmt: skip
SAME, ALIKE, OTHER = 0.0, 0.25, 1.0

# The costs of an explanation, in slips of one digit.
GAP = 1.2  # a number that is left out
START = 0.6  # a first number that is not one: the text of an amendment, or a part of a law
AGAINST = 0.4  # another number than a heading without a slip has
BEGIN_AGAIN = 2.0  # one after any number: another law in the file, or numbers that begin anew in each chapter
ASIDE = 1.6  # a candidate that is no heading of the sequence
ASIDE_EXACT = 2.6  # the same where it was read without a slip
MOST_SLIPS = 2.0  # of a candidate: more were read into it
PROVEN = 0.6  # slips of digits at the most where only one neighbour proves a number
MOST_GAP = 3

_START = re.compile(r"^[\W_]{0,4}(?:[0-9០-៩] ?)?")
_NUMBER = re.compile(
    r"\s*(?:ទី\s*)?(?P<number>[^\s.~:_;,=+\-–—។៖ៈ()*|]{1,12}?)(?P<after>\s*(?:[.~:_;,=+\-–—។៖ៈ*|]|$|\s).*)$", re.DOTALL
)
_DASH = re.compile(r"^\s*(?:=+\s*)?[.:_~,;+*|'\"”“-]{0,6}[-–—._~:,ៈ៖]{1,6}[\s.|'\"*]*")
_EQUALS = re.compile(r"\s*=[\s.:_~=-]*")
_NEW_MISREAD = re.compile(r"[^\s.~:_-]{2,5}ី(?=[\s.~:_-]|$)")
_DIGITS = re.compile(r"[០-៩]{1,4}")


@dataclass(slots=True)
class _Candidate:
    line: int
    word: str
    word_slips: int
    raw: str
    rest: str
    is_new: bool = False
    is_sole: bool = False
    has_dash: bool = False
    is_double: bool = False
    is_put_in: bool = False  # "(ស្ទួន ១)" after its number: beside the sequence
    readings: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def exact(self) -> int | None:
        if self.raw in SPELLED:
            return SPELLED[self.raw]
        return int(from_khmer(self.raw)) if _DIGITS.fullmatch(self.raw) else None

    @property
    def is_legible(self) -> bool:
        """Whether every look at the line, and more than one, has the same number: no guess may change it."""
        return self.exact is not None and len(self.readings) > 1 and set(self.readings) == {self.raw}


@dataclass(frozen=True, slots=True)
class Repair:
    """A heading that was corrected: the index of its line, what was read, what stands there now.

    ``is_proposed``: it was left as it was read, and what the numbers around it suggest is a proposal.
    """

    line: int
    read: str
    repaired: str
    is_proposed: bool = False

    @property
    def changes_letters(self) -> bool:
        """Whether it is more than spaces and signs."""
        return _letters(self.read) != _letters(self.repaired)


def _letters(words: str) -> str:
    return "".join(letter for letter in words if letter.isalnum() or "\u1780" <= letter <= "\u17d3")


def repair_headings(
    lines: Sequence[str], readings: Sequence[Sequence[str]]
) -> tuple[list[str], list[Repair], set[int]]:
    """The lines with their headings corrected, what was changed, and the indexes of the lines that are headings.

    ``readings`` are for each line what else was read of it.

    >>> texts = ["មាត្រា ១.- គោលបំណង", "បាត្រា ២.-", "មាគ្រា 9..", "មាត្រា ៤.-"]
    >>> repaired, repairs, headings = repair_headings(texts, [()] * 4)
    >>> repaired
    ['មាត្រា ១.- គោលបំណង', 'មាត្រា ២.-', 'មាត្រា ៣.-', 'មាត្រា ៤.-']
    >>> [repair.read for repair in repairs]
    ['បាត្រា ២.-', 'មាគ្រា 9..']
    >>> headings == {0, 1, 2, 3}
    True
    """
    candidates = [candidate for at, line in enumerate(lines) if (candidate := _candidate(at, line, readings[at]))]
    repaired = list(lines)
    repairs: list[Repair] = []
    headings = {each.line for each in candidates if each.is_sole or (each.exact and (each.is_new or each.is_put_in))}
    for word in ARTICLES:
        own = [each for each in candidates if each.word == word and not (each.is_new or each.is_sole or each.is_put_in)]
        _number(own)
        for at, candidate in enumerate(own):
            if not _is_proven(own, at):
                continue
            headings.add(candidate.line)
            number = to_khmer(candidate.number)
            if candidate.is_legible and candidate.exact != candidate.number:
                read = lines[candidate.line]
                repairs.append(Repair(candidate.line, read, f"{candidate.word} {number}", is_proposed=True))
                number = candidate.raw
            _write(candidate, number, repaired, repairs)
    for candidate in candidates:
        if candidate.is_sole:
            _write(candidate, SOLE[0], repaired, repairs)
        elif candidate.is_new and candidate.exact:
            _write(candidate, f"{candidate.raw} {NEW}{' ស្ទួន' if candidate.is_double else ''}", repaired, repairs)
        elif candidate.word not in ARTICLES and candidate.exact:
            _write(candidate, candidate.raw, repaired, repairs)
    repairs.sort(key=lambda repair: repair.line)
    return repaired, repairs, headings


def is_doubtful_heading(readings: Sequence[str]) -> bool:
    """Whether some reading of a line begins with the word of a heading, and not all have that word and its number.

    >>> is_doubtful_heading(["មាត្រា ១.-", "បាត្រា 9.-"]), is_doubtful_heading(["មាត្រា ១.-", "មាត្រា ១.- "])
    (True, False)
    >>> is_doubtful_heading(["ច្បាប់នេះ"])
    False
    """
    starts = [_START.sub("", reading, count=1) for reading in readings]
    if not any(_word(start) for start in starts):
        return False
    candidates = [_parse(0, reading) for reading in readings]
    numbers = {each.exact if each is not None and not each.word_slips else None for each in candidates}
    return numbers == {None} or len(numbers) > 1


def _write(candidate: _Candidate, number: str, lines: list[str], repairs: list[Repair]) -> None:
    line = lines[candidate.line]
    if candidate.raw in SPELLED and candidate.exact == candidate.number and not candidate.word_slips:
        end = line.find(candidate.raw) + len(candidate.raw)
        stray = _EQUALS.match(line, end)  # the end of the word, worn, or show-through
        if candidate.has_dash and stray is not None:
            lines[candidate.line] = f"{line[:end]} : {line[stray.end() :].lstrip()}".rstrip()
            repairs.append(Repair(candidate.line, line, lines[candidate.line]))
        return
    is_read = not (candidate.word_slips or candidate.is_new or candidate.is_sole) and candidate.raw == number
    is_read = is_read and line.lstrip().startswith(candidate.word)  # and not in another look alone
    has_dash = candidate.word in ARTICLES and candidate.has_dash  # the readers of text expect it in this form
    if is_read and not has_dash:
        return
    separator = ".- " if has_dash or (candidate.word in ARTICLES and not candidate.rest) else " "
    lines[candidate.line] = f"{candidate.word} {number}{separator}{candidate.rest}".rstrip()
    if not is_read:
        repairs.append(Repair(candidate.line, line, lines[candidate.line]))


def _candidate(at: int, line: str, readings: Sequence[str]) -> _Candidate | None:
    """A line that looks like a heading; where only another reading of it does, that one."""
    best: _Candidate | None = None
    for text in (line, *readings):
        candidate = _parse(at, text)
        if candidate is not None:
            candidate.readings = [candidate.raw]
            if best is None:
                best = candidate
            else:
                best.readings.append(candidate.raw)
                if best.exact is None and candidate.exact is not None:
                    best.raw, best.is_new = candidate.raw, candidate.is_new
                best.word_slips = min(best.word_slips, candidate.word_slips)
                best.has_dash = best.has_dash or candidate.has_dash
    if best is not None and _parse(at, line) is None and best.rest and not best.has_dash:
        return None
    return best


def _parse(at: int, line: str) -> _Candidate | None:
    start = _START.match(line)
    text = line[start.end() :] if start else line
    bare = re.sub(r"(?<=[\u1780-\u17d3]) (?=[\u17b6-\u17d3])", "", text)
    match = _word(bare)
    if match is None:
        return None
    word, slips, after = match
    rest = after.lstrip()
    rest = rest.removeprefix("ទី").lstrip() if not word.endswith("ទី") else rest
    numbered = _NUMBER.match(rest)
    if numbered is None:
        return None
    raw, tail = numbered["number"], numbered["after"]
    dash = _DASH.match(tail)
    words = tail[dash.end() :] if dash else tail.strip()
    candidate = _Candidate(at, word, slips, raw, words.strip(), has_dash=dash is not None)
    # តែ is read as anything with its consonant; no number but one comes after it.
    is_sole = raw in SOLE or (raw.endswith("មួយ") and "ត" in raw[:-3] and len(raw) <= LONGEST_SOLE)
    candidate.is_sole = is_sole and word == "មាត្រា"
    candidate.is_put_in = SUFFIX_ALONE.match(tail.strip()) is not None
    digits = _DIGITS.match(raw)
    suffix = raw[digits.end() :] if digits else raw
    double = suffix.removesuffix("ស្ទួន")
    if not candidate.is_sole and len(double) >= 2 and "ី" in double and Levenshtein.distance(double, NEW) <= 2:
        candidate.is_new, candidate.raw = True, raw[: len(raw) - len(suffix)]
        candidate.is_double = double != suffix
    elif digits and not dash and (again := _NEW_MISREAD.match(words)) and Levenshtein.distance(again[0], NEW) <= 2:
        words = words[again.end() :]
        dash = _DASH.match(words)
        candidate.is_new, candidate.has_dash = True, dash is not None
        candidate.rest = (words[dash.end() :] if dash else words).strip()
    is_number = _DIGITS.fullmatch(candidate.raw) or candidate.raw in SPELLED or candidate.is_new or candidate.is_sole
    # Words after a reference go on as a sentence: "មាត្រា ៦ នៃច្បាប់នេះ".
    if (
        not candidate.has_dash
        and not candidate.is_put_in
        and candidate.rest
        and (slips or not is_number or re.match("នៃ|និង|ឬ|ខាង", candidate.rest))
    ):
        return None
    if not is_number and len(candidate.raw) > 4 and not candidate.has_dash:
        return None
    return candidate


def _word(text: str) -> tuple[str, int, str] | None:
    """The heading word that a line begins with, the slips in it, and what comes after."""
    best: tuple[str, int, str] | None = None
    for word, most in WORDS.items():
        for length in range(len(word) - 1, len(word) + 2):
            slips = Levenshtein.distance(text[:length], word, score_cutoff=most)
            following = text[length : length + 1]
            if slips > most or "\u17b6" <= following <= "\u17d3":
                continue
            if best is None or slips < best[1] or (slips == best[1] and len(word) > len(best[0])):
                best = word, slips, text[length:]
    return best


def _number(candidates: Sequence[_Candidate]) -> None:
    """Give each candidate the number that explains best what was read of all; 0 where it is none of the sequence."""
    # The best explanation so far that ends with a number: cost, and the numbers given.
    states: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for candidate in candidates:
        exact = candidate.exact
        is_sure = exact is not None and not candidate.word_slips and candidate.has_dash
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        aside = ASIDE_EXACT if exact is not None and candidate.word_slips == 0 else ASIDE
        for last, (cost, given) in states.items():
            offered = [(last, cost + aside, (*given, 0))]
            numbers = {last + step: GAP * (step - 1) for step in range(1, MOST_GAP + 2)}
            numbers.setdefault(1, BEGIN_AGAIN)
            if exact is not None and exact > last:
                numbers.setdefault(exact, START if last == 0 else GAP * (MOST_GAP + 1))
            for number, jump in numbers.items():
                slips = _slips(candidate, number)
                if is_sure and number != exact:
                    slips += AGAINST
                if slips <= MOST_SLIPS:
                    offered.append((number, cost + jump + slips, (*given, number)))
            for number, price, numbers_given in offered:
                if number not in following or price < following[number][0]:
                    following[number] = price, numbers_given
        cheapest = min(cost for cost, _ in following.values())
        states = {last: state for last, state in following.items() if state[0] < cheapest + 6}
    given = min(states.values())[1]
    for candidate, number in zip(candidates, given, strict=True):
        candidate.number = number


def _slips(candidate: _Candidate, number: int) -> float:
    """How far what was read is from a number, the best of all readings of the line, a little of the others."""
    if SPELLED.get(candidate.raw) == number:
        return SAME
    costs = sorted(_digit_slips(raw, to_khmer(number)) for raw in set(candidate.readings))
    agreeing = sum(_digit_slips(raw, to_khmer(number)) == SAME for raw in candidate.readings)
    doubt = 0.3 * (1 - agreeing / max(len(candidate.readings), 1))
    return costs[0] + doubt


def _digit_slips(raw: str, digits: str) -> float:
    """An edit distance in which digits that are taken for each other are near."""
    row = [float(at) * OTHER for at in range(len(digits) + 1)]
    for letter in raw:
        before, row[0] = row[0], row[0] + 0.8
        for at, digit in enumerate(digits, 1):
            same = SAME if letter == digit else ALIKE if letter in LIKE[digit] else OTHER
            before, row[at] = row[at], min(before + same, row[at] + 0.8, row[at - 1] + OTHER)
    return row[-1]


def _is_proven(candidates: Sequence[_Candidate], at: int) -> bool:
    """Whether the neighbours prove a number, or it was read so."""
    candidate = candidates[at]
    if not candidate.number:
        return False
    if candidate.exact == candidate.number:
        return True
    numbers = [each.number for each in candidates if each.number]
    place = sum(1 for each in candidates[:at] if each.number)
    before = (place > 0 and numbers[place - 1] == candidate.number - 1) or candidate.number == 1
    after = place + 1 < len(numbers) and numbers[place + 1] == candidate.number + 1
    return (before and after) or ((before or after) and _slips(candidate, candidate.number) <= PROVEN + ALIKE)
