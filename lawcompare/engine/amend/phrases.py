"""The parts of an instruction in English: where, what is struck, beside what is inserted, the new words."""

import re
from dataclasses import replace

from lawcompare.engine.amend.instructions import Instruction, Spot, Target
from lawcompare.engine.amend.quotations import QUOTE, Said
from lawcompare.engine.amend.references import KIND, ORDINAL, SENTENCE, TARGETS_MAX, References, nth_of
from lawcompare.engine.structure.provisions import MARK

_NEXT_PLACE = re.compile(
    r"(?:[,;]? and in (?P<where>(?!lieu|alphabetical|place )[^⟦⟧]+?),?(?: by)?|[,;] in (?P<where2>[^⟦⟧]+?),? by)[ ,]*$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    rf"(?:the |such |that )?(?:{KIND}s? |matter |{ORDINAL} sentence|heading|definition|each )", re.IGNORECASE
)
_PUNCTUATION = {
    "period": ".",
    "semicolon": ";",
    "comma": ",",
    "colon": ":",
    "dash": "—",
    "em dash": "—",
    "full stop": ".",
    "hyphen": "-",
    "semi-colon": ";",
}
_MARKS = rf"(?:the|a|an) (?:final |closing )?(?P<mark>{'|'.join(sorted(_PUNCTUATION, key=len, reverse=True))})"
EACH = re.compile(
    r"(?:in )?(?:each|every|any|both|all) (?:of the )?(?:place|time|instance"
    r"|occurrence)s?|wherever|where(?:ver)? (?:it|that|they|such)|throughout|(?:each|both)"
    r" places?",
    re.I,
)
_EACH_PLACE = r"(?:each|every) (?:place|time|instance)s?(?: (?:it|they|such terms?|that terms?) (?:appears?|occurs?))?"
_ELSEWHERE = re.compile(r"\b(?:in|other than|except|but not|unless)\b")
_JOINT, _JOINT_MAX = re.compile(r"\b(?:and|by|then)\Z"), 40
_IN_SEVERAL = "in several: "  # of words in several provisions at once, which are not carried out
NTH = re.compile(rf"the (?P<nth>{ORDINAL}) (?:place|time|instance|occurrence)", re.IGNORECASE)
_IN_FRENCH = re.compile(r"\b(?:French|Khmer|Chinese|Welsh|Spanish) (?:language )?version\b", re.IGNORECASE)
_INNER_PLACE = re.compile(
    rf",? in (?=the (?:matter|portion|{ORDINAL} sentence|(?:\w+ )?heading))|, in (?=(?:each of )?{KIND}s? )",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\bitems?\b.* relating to (?P<what>.+)$", re.IGNORECASE)


def is_elsewhere(text: str) -> bool:
    """Whether "each place it appears" goes on to say of which: "in subsections (a) and (b)", "except in …"."""
    each = EACH.search(text)
    return bool(each and _ELSEWHERE.search(text, each.end()))


class Phrases:
    """Reads parts of instructions; ``references`` remembers which law and provision was named last."""

    def __init__(self, *, is_us: bool) -> None:
        self.is_us = is_us
        self.references = References()
        self.found: list[Instruction] = []

    def _targets(self, said: Said, words: str, outer: list[Target]) -> list[Target]:
        """Targets that words name, each inside each of the outer ones."""
        words = QUOTE.sub(lambda found: said.quotes[int(found[1])], words)
        words = re.sub(
            r"^(?:(?:Effective|Beginning|On and after|Not later than)\b[^,]*(?:, \d{4})?, )", "", words.strip()
        )
        words = re.sub(r"^[Ii]n (?=[a-z(])", "", words)
        if _IN_FRENCH.search(words):
            words = re.sub(r"(?:in )?the \w+ (?:language )?version of ", "", words, flags=re.I)
            inner = self.references.read(words)
            return [replace(each.inside(one), part="other-language") for one in outer for each in inner] or [
                Target(part="other-language")
            ]
        for piece in _INNER_PLACE.split(words):
            outer = [each.inside(one) for one in outer for each in self._beside(piece.strip(" ,"))][:TARGETS_MAX]
        return outer

    def _beside(self, words: str) -> list[Target]:
        """``in paragraph (1) and in paragraph (2)``, ``subsection (a) and paragraph (3) of subsection (b)``."""
        pieces = re.split(r",? and (?=in )|; (?=in )", words)
        if len(pieces) == 1 and re.search(rf"\) (?:and|or) (?:the )?{KIND}", words):
            tails = re.split(r",? (?:and|or) (?=(?:the )?" + KIND + r"s? )", words)
            if all(re.match(rf"(?:the )?{KIND}s? ", tail.strip(), re.IGNORECASE) for tail in tails):
                pieces = tails
        return [each for piece in pieces for each in self.references.read(piece.removeprefix("in "))]

    def _next_place(self, said: Said, tail: str, outer: list[Target]) -> tuple[str, list[Target] | None]:
        """A phrase without "and in paragraph (2), by", which says where the next one is carried out."""
        following = None
        tail = re.sub(r"[;,]\s*(?:and|or)?\s*\(\w{1,4}\)\s*$", "", tail)  # the mark of the next phrase
        match = _NEXT_PLACE.search(tail)
        where = (match["where"] or match["where2"]) if match else ""
        if _PLACE.match(where):
            following = self._targets(said, where, outer) or None
        if match and following:
            tail = tail[: match.start()]
        tail = tail.strip(" ,;.")
        while (rest := _JOINT.sub("", tail[-_JOINT_MAX:].rstrip(" ,;:—"))) != tail[-_JOINT_MAX:]:
            tail = tail[:-_JOINT_MAX] + rest
        return tail.strip(), following

    def _placed(self, said: Said, tail: str, target: Target) -> tuple[str, Target]:
        """``“or” at the end of subparagraph (i)``, ``“x” in paragraph (2)``: the words, and the target inside."""
        if match := re.match(r"^,? ?in (?P<of>[^⟦]+?), (?P<what>⟦.*)$", tail):
            inner = self._targets(said, match["of"], [target])
            return (match["what"], inner[0]) if len(inner) == 1 else (f"{_IN_SEVERAL}{tail}", target)
        tail = re.sub(r"^,? ?at the end(?: thereof)?,? (⟦\d+⟧)$", r"\1 at the end", tail)
        tail = re.sub(r"^(⟦\d+⟧) (?:after|following) the (?:semicolon|comma)(?: at the end)?$", r"\1 at the end", tail)
        tail = re.sub(rf"^(⟦\d+⟧) after ({KIND} \(\S+)$", r"\1 at the end of \2", tail)
        tail = re.sub(rf"^(⟦\d+⟧) ({_EACH_PLACE}) (in {_PLACE.pattern}.*)$", r"\1 \3 \2", tail, flags=re.IGNORECASE)
        if match := re.search(
            r"^(?P<what>.*(?:⟧|period|semicolon|comma|sentence))(?P<end> at the end)?,? (?:of|in) "
            rf"(?P<of>(?:the )?(?:{KIND}s? |matter |heading|{ORDINAL} sentence|portion |definition |such"
            r" |that ).*)$",
            tail,
            re.IGNORECASE,
        ):
            words = re.sub(r",? (?:each|both) (?:place|time)s?.*$|,? wherever.*$", "", match["of"])
            if len(inner := self._targets(said, words, [target])) > 1:
                return f"{_IN_SEVERAL}{tail}", target
            if inner:
                return f"{match['what']}{match['end'] or ''}{match['of'][len(words) :]}", inner[0]
        return tail, target

    def _spot(self, said: Said, tail: str, target: Target) -> Spot | None:
        tail = re.sub(
            r"^(?:the (?:words?|terms?|phrases?|figures?|expressions?|dollar amount)s? )", "", tail.strip(" ,:;.")
        )
        if match := re.match(r"^all (?:that (?:follows|appears after)|after) (?P<first>⟦\d+⟧)(?P<rest>.*)$", tail):
            spot = self._through(said, match["first"], match["rest"], target)
            return replace(spot, kept=len(spot.words[0])) if spot else None
        if match := re.match(r"^(?P<first>.+?),? and all that follows(?P<rest>.*)$", tail):
            return self._through(said, match["first"], match["rest"], target)
        if match := re.match(r"^(?P<first>.+?),? through (?P<rest>.*(?:⟦|period|semicolon|comma|end\b).*)$", tail):
            return self._through(said, match["first"], f" through {match['rest']}", target)
        quoted = said.words_of(tail)
        bare = QUOTE.sub("", tail)
        each = bool(EACH.search(bare))
        nth = nth_of(match["nth"]) if (match := NTH.search(bare)) else 0
        at_end = bool(re.search(r"\bat the end\b", bare))
        if match := re.match(
            rf"^{_MARKS} (?:after|following|that follows) (?:the (?:words?|terms?|phrases?) )?⟦", tail, re.I
        ):
            words = quoted[0] + _PUNCTUATION[match["mark"].lower()]
            return Spot("words", (words,), each=each, nth=nth, kept=len(quoted[0]))
        if re.match(rf"^the (?:{KIND} )?designation and (?:{KIND} )?heading$", tail):
            return Spot("units", targets=(replace(target, part="designation"),))
        if match := re.match(rf"^{_MARKS}\b(?P<rest>.*)$", tail, re.I):
            if quoted and re.match(r"^ (?:after|before|following)", match["rest"]):
                return None
            return Spot("mark", (_PUNCTUATION[match["mark"].lower()],), at_end=True, nth=nth, each=each)
        if quoted and re.match(r"^⟦", tail):
            if match := re.match(
                r"^⟦\d+⟧ (?:immediately )?(?:after|following) (?:the (?:words?|phrase) )?⟦\d+⟧$", tail
            ):
                return Spot("words", (f"{quoted[1]} {quoted[0]}",), kept=len(quoted[1]))
            if not re.match(r"^⟦\d+⟧(?:(?:,? and|,? or|,) ⟦\d+⟧)*(?!.*⟦)", tail):
                return None
            left = re.sub(r"^[\s,]*(?:and|or|[,;\s])*", "", re.split(r"⟧(?!.*⟧)", tail)[-1])
            if left and not (
                each or nth or at_end or re.match(r"^(?:and inserting|as it appears|, as|where|the place|\()", left)
            ):
                return None
            if is_elsewhere(left):
                return None
            return Spot("words", tuple(quoted), each=each, nth=nth, at_end=at_end)
        if match := _ITEMS.search(tail):
            numbers = re.findall(r"\b\d[\w–.-]*", match["what"].partition("of title")[0])
            return (
                Spot("items", tuple(numbers), targets=tuple(self.references.read(match["what"]))) if numbers else None
            )
        if match := SENTENCE.match(tail):
            inner = self._targets(said, match["of"], [target]) if match["of"] else [target]
            return Spot("sentence", targets=tuple(inner), nth=nth_of(match["nth"])) if inner else None
        if re.match(r"^(?:the )?(?:\w+ )?heading\b", tail):
            inner = self._targets(said, tail, [target])
            return Spot("units", targets=tuple(inner)) if inner else None
        if quoted and not re.match(r"^(?:the )?definition", tail):
            return None
        inner = self._targets(said, tail, [target])
        return Spot("units", targets=tuple(inner)) if inner else None

    def _through(self, said: Said, first: str, rest: str, target: Target) -> Spot | None:
        """From words on to other words, to the period at the end, or to the end of the target."""
        start = self._spot(said, first, target)
        if start is None:
            return None
        rest = rest.strip(" ,.;")
        if not rest:
            return replace(start, through=Spot("end"))
        match = re.match(
            r"^(?P<how>(?:up )?(?:through|to|before|until|preceding)|down through)\b(?: and including)? (?P<to>.+)$",
            rest,
        )
        if not match:
            return None
        to = match["to"]
        before = match["how"] in ("before", "until", "preceding") or bool(re.match(r"^(?:but )?not including", to))
        if re.match(rf"^the end(?: of (?:the |such |that )?(?:{KIND}|sentence|text).*)?$", to):
            return replace(start, through=Spot("end"))
        stop = self._spot(said, to, target)
        return replace(start, through=stop, before_it=before) if stop else None

    def _without_new(self, tail: str) -> str:
        """A phrase without the words that are to come in: the quotation that no "after" or "before" goes before."""
        text = re.sub(r"\bthe following\b(?:(?!\b(?:after|before|following)\b)[^⟦]){0,80}⟦\d+⟧", " ", tail, count=1)
        if text == tail:
            text = re.sub(r"\bthe following(?: new)?(?: (?!after|before|at|in)\w+)?", " ", tail, count=1)
        if text == tail:
            text = re.sub(r"^[^⟦]{0,3}⟦\d+⟧(?: and ⟦\d+⟧)?", " ", tail, count=1)
        return text

    def _new(self, said: Said, tail: str) -> tuple[str, bool]:
        """The words that come in, and whether they are whole provisions."""
        text = tail.strip(" ,;")
        if match := re.search(r"\bthe following\b[^⟦]*(?P<quote>⟦\d+⟧)", text):
            new = said.words_of(match["quote"])[0]
            rest = text[match.end() :].strip(" ,;.")
            more = said.words_of(rest) if rest.startswith("⟦") else []
            new = "\n".join([new, *more])
            return new, bool(MARK.match(new)) or "\n" in new or bool(
                re.match(r"(?:SEC|§|\[|CHAPTER|TITLE|PART)", new)
            ) or "new" in match[0]
        if re.search(r"\bthe following\b", text) and said.payload:
            return said.payload, True
        if match := re.match(r"^(?:in (?:lieu|place) thereof|instead)?,? ?(?P<quote>⟦\d+⟧)", text):
            return said.words_of(match["quote"])[0], False
        if match := re.match(rf"^(?:in (?:lieu|place) thereof )?{_MARKS}\b", text, re.I):
            return _PUNCTUATION[match["mark"].lower()], False
        if match := re.search(r"(?P<quote>⟦\d+⟧)", text):
            return said.words_of(match["quote"])[0], False
        return said.payload, bool(said.payload)
