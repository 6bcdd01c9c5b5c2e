"""The instructions of amending acts in English: of the United States, and of Canada and others of the Commonwealth.

An act is read unit by unit (its clauses). What a unit says before its verbs is the target, which the units under it
share: "Section 1030 of title 18 is amended— (1) in subsection (a)— (A) in paragraph (2), by striking …". Quoted words
are set aside first, so that the verbs in them are none of the act's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lawcompare.engine.amend.instructions import Instruction, Spot, Step, Target
from lawcompare.engine.amend.references import KIND, ORDINAL, References, nth_of, read_steps
from lawcompare.engine.structure.provisions import MARK

_VERBS = {
    "strike": r"strik(?:e|ing)(?: out)?|delet(?:e|ing)|omit(?:ting)?|remov(?:e|ing)|leav(?:e|ing) out",
    "insert": r"insert(?:ing)?",
    "add": r"add(?:ing)?",
    "substitute": r"substitut(?:e|ing)",
    "redesignate": r"redesignat(?:e|ing)|renumber(?:ing)?|re-?letter(?:ing)?",
    "designate": r"designat(?:e|ing)",
    "repeal": r"repeal(?:ing)?|revok(?:e|ing)",
    "replace": r"replac(?:e|ing)",
    "move": r"mov(?:e|ing)|transfer(?:ring)?|(?:adjust|realign|indent)(?:ing)?|align(?:ing)?",
    "amend": r"amend(?:ing)?",
}
_VERB = re.compile(r"\b(?:" + "|".join(f"(?P<{name}>{forms})" for name, forms in _VERBS.items()) + r")(?![\w-])", re.I)
_START_OF_VERB = re.compile(
    r"(?:^|\bby |\band |\bthen |, |; |: |—|\) )(?=(?:" + "|".join(_VERBS.values()) + r")\b(?! by\b))", re.IGNORECASE
)
_AMENDED = re.compile(
    r"^(?P<what>.+?),? (?:is|are|shall be)(?: (?:each|hereby|further|also|both|accordingly))*"
    r" amended\b[,:]?(?P<rest>.*)$",
    re.DOTALL,
)
_GONE = re.compile(
    r"^(?P<what>.+?),? (?:is|are|shall be)(?: (?:each|hereby|also|both))* (?:repealed|deleted"
    r"|omitted|revoked|struck(?: out)?)\b(?P<rest>.*)$",
    re.DOTALL,
)
_REPLACED = re.compile(r"^(?P<what>.+?),? (?:is|are) (?:replaced|substituted) (?:by|with|for) (?P<rest>.*)$", re.DOTALL)
_RENUMBERED = re.compile(
    r"^(?P<what>.+?),? (?:is|are)(?: each| hereby)* (?:re)?(?:designated|numbered|lettered) as (?P<rest>.*)$", re.DOTALL
)
_RENUMBERED_AND = re.compile(
    r"^(?P<first>.+? (?P<law>of the [A-Z][^,]*?) (?:is|are) (?:renumbered|redesignated) as "
    r"(?P<number>\w+ [\d.]+(?:\(\w+\))+))"
    r"(?: and| —)? (?P<rest>(?:is|are) amended.*)$",
    re.DOTALL,
)
_SUBSTITUTE_UNIT = re.compile(
    rf"^(?:In (?P<where>[^⟦]+?),? )?for (?P<what>(?:the )?(?:{KIND}|definition"
    r"|heading)[^⟦]*?),? (?:there (?:is|shall be) )?substituted?\b(?P<rest>.*)$",
    re.DOTALL | re.I,
)
_NEXT_PLACE = re.compile(
    r"(?:[,;]? and in (?P<where>(?!lieu|alphabetical|place )[^⟦⟧]+?),?(?: by)?|[,;] in (?P<where2>[^⟦⟧]+?),? by)[ ,]*$",
    re.IGNORECASE,
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
_AT_END = r"at the end(?: (?:thereof|of (?:such|that) \w+))?"
_EACH = re.compile(
    r"(?:in )?(?:each|every|any|both|all) (?:of the )?(?:place|time|instance"
    r"|occurrence)s?|wherever|where(?:ver)? (?:it|that|they|such)|throughout|(?:each|both)"
    r" places?",
    re.I,
)
_NTH = re.compile(rf"the (?P<nth>{ORDINAL}) (?:place|time|instance|occurrence)", re.IGNORECASE)
_IN_FRENCH = re.compile(r"\b(?:French|Khmer|Chinese|Welsh|Spanish) (?:language )?version\b", re.IGNORECASE)
_QUOTE = re.compile(r"⟦(\d+)⟧")
_INNER_PLACE = re.compile(
    rf",? in (?=the (?:matter|portion|{ORDINAL} sentence|(?:\w+ )?heading))|, in (?=(?:each of )?{KIND}s? )",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\bitems?\b.* relating to (?P<what>.+)$", re.IGNORECASE)
_SENTENCE = re.compile(rf"^the (?P<nth>{ORDINAL}) sentences?(?: (?:of|in) (?P<of>.+))?$", re.IGNORECASE)
_NOT_OF_TEXT = re.compile(r"\b(?:margins?|indent\w*|conforming|appropriate(?:ly)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """A clause of an act: its place as acts are cited, its depth, its text with the quotations in it."""

    act: str
    text: str
    depth: int = 0
    eid: str = ""
    has_parts: bool = False


@dataclass(slots=True)
class _Context:
    """What the units above have said: the targets, and whether they amend."""

    depth: int
    targets: list[Target]


@dataclass(slots=True)
class Masked:
    """A text with each quotation replaced by ``⟦n⟧``."""

    text: str
    quotes: list[str]
    unclosed: str = ""

    def words_of(self, text: str) -> list[str]:
        return [self.quotes[int(match[1])] for match in _QUOTE.finditer(text)]


def mask(text: str) -> Masked:
    """Set quotations aside. Of several lines each begins with a quotation mark, the last alone ends with one.

    >>> mask("by striking “and” at the end").text, mask("add: “(a) One.\\n“(b) Two.”.").quotes
    ('by striking ⟦0⟧ at the end', ['(a) One.\\n(b) Two.'])
    """
    text = straighten(text)
    out: list[str] = []
    quotes: list[str] = []
    start = -1
    for at, character in enumerate(text):
        if character == "“" and start < 0:
            start = at
        elif character == "”" and start >= 0:
            body = re.sub(r"[ \u2001]*\n[ \u2001]*“?", "\n", text[start + 1 : at])
            quotes.append(re.sub(r"[ \u2001]*“", "\n", body).strip("\u2001\n"))
            out.append(f"⟦{len(quotes) - 1}⟧")
            start = -1
        elif start < 0:
            out.append(character)
    return Masked("".join(out), quotes, text[start:] if start >= 0 else "")


def straighten(text: str) -> str:
    """Quotation marks as printed ones: ``"x"`` and ``` ``x'' ``` become “x”."""
    text = text.replace("``", "“").replace("''", "”")
    if '"' in text:
        text = re.sub(r'(?:(?<=^)|(?<=[\s(\[—–-]))"(?=\S)', "“", text, flags=re.MULTILINE).replace('"', "”")
    return text


class EnglishReader:
    """Reads the units of one act in order."""

    def __init__(self, *, is_us: bool) -> None:
        self.is_us = is_us
        self.references = References()
        self.contexts: list[_Context] = []
        self.found: list[Instruction] = []

    def read(self, units: Iterable[Unit]) -> list[Instruction]:
        for unit in units:
            while self.contexts and self.contexts[-1].depth >= unit.depth:
                self.contexts.pop()
            self._unit(unit)
        return self.found

    def _unit(self, unit: Unit) -> None:
        masked = mask(unit.text)
        context = self.contexts[-1] if self.contexts else None
        before = len(self.found)
        if masked.unclosed and (context or re.search(r"\b(?:amended|strik|insert|replac)", masked.text)):
            beginning = " ".join(masked.unclosed[1:].split()[:8])
            self._refuse(unit, context, "not-understood", unclosed=beginning)
            return
        payload = ""
        text = masked.text
        if not self.is_us and (cut := re.search(r":[ \u2001]*\n", text)):
            text, payload = text[: cut.start() + 1], text[cut.end() :]
            payload = re.sub(_QUOTE, lambda found: f"“{masked.quotes[int(found[1])]}”", payload)
        for sentence in re.split(r"(?<=[\w⟧)]\.)(?<!div\.)(?<!Pub\.)(?<! L\.)(?<!No\.)\s+(?=[A-Z])", text):
            self._sentence(unit, sentence.strip(), masked, payload, context)
        said = len(self.found) > before
        if context and not said and self.contexts[-1] is context and not unit.has_parts and masked.text.strip(" .;—"):
            is_law = not _VERB.search(masked.text) and not masked.quotes
            if not is_law:
                self._refuse(unit, context, "not-understood")

    def _refuse(self, unit: Unit, context: _Context | None, reason: str, **values: str) -> None:
        target = context.targets[0] if context and context.targets else None
        says = " ".join(unit.text.split())
        self.found.append(
            Instruction(
                unit.act, "not_understood", says, unit.eid, (0, len(unit.text)), target, reason=reason, values=values
            )
        )

    # --- a sentence: target and verbs ------------------------------------------------------------------------------

    def _sentence(self, unit: Unit, sentence: str, masked: Masked, payload: str, context: _Context | None) -> None:
        flat = " ".join(sentence.split())
        outer = context.targets if context else [Target()]
        if match := _RENUMBERED_AND.match(flat):
            self._sentence(unit, match["first"], masked, "", context)
            above = re.sub(r"\(\w+\)$", "", match["number"])
            above = above if "(" in above else f"section {above.split()[-1]}"
            self._sentence(unit, f"{above} {match['law']} {match['rest']}", masked, payload, context)
            return
        if re.match(r"If\b", flat) and context is None:  # what happens where another act comes into force
            if _VERB.search(flat) and re.search(r"\b(?:amended|replaced|repealed)\b", flat):
                self._unknown(unit, flat, flat, masked)
            return
        if match := _AMENDED.match(flat):
            if re.search(r"\b(?:if|when|where|until|before|after)\b.{0,60}$", match["what"]) and not context:
                return
            targets = self._targets(match["what"], masked, outer)
            rest = match["rest"].strip()
            if not targets:
                self._unknown(unit, match["what"], flat, masked)
                targets = [Target(law="?")]
                if rest in ("—", "", "by—", "as follows:"):
                    self.contexts.append(_Context(unit.depth, targets))
                return
            self._verbs(unit, rest, masked, payload, targets)
            return
        if match := _SUBSTITUTE_UNIT.match(flat):
            inner = self._targets(match["where"], masked, outer) if match["where"] else outer
            targets = self._targets(match["what"], masked, inner)
            if targets:
                self._replace_units(unit, targets, masked, match["rest"], payload)
                return
        for pattern, act in ((_REPLACED, self._replaced), (_GONE, self._gone), (_RENUMBERED, self._renumbered)):
            if (match := pattern.match(flat)) and not _START_OF_VERB.match(flat):
                targets = self._targets(match["what"], masked, outer)
                if targets:
                    act(unit, targets, masked, match["rest"], payload)
                elif re.search(rf"^(?:the )?{KIND}s? ", match["what"], re.I) or context:
                    self._unknown(unit, match["what"], flat, masked)
                return
        flat = self._as_gerunds(flat)
        is_amending = context is not None or re.match(
            r"^in (?:the )?(?:\w+ )?(?:sub)?(?:section|paragraph|clause|article|schedule)", flat, re.I
        )
        if is_amending and not (context is None and not _START_OF_VERB.search(flat)):
            self._verbs(unit, flat, masked, payload, outer)

    def _unknown(self, unit: Unit, what: str, flat: str, masked: Masked) -> None:
        says = _QUOTE.sub(lambda found: f"“{masked.quotes[int(found[1])]}”", flat)
        values = {"words": what[:120]}
        self.found.append(
            Instruction(
                unit.act, "not_understood", says, unit.eid, (0, len(unit.text)), reason="not-understood", values=values
            )
        )

    def _as_gerunds(self, flat: str) -> str:
        """The forms of the Commonwealth in those of the United States: "for X substitute Y", "after X insert Y"."""
        flat = re.sub(r"\bthere (?:is|are|shall be) (insert|substitut|add)ed\b", r"\1", flat)
        flat = re.sub(r"\b[Ff]or (⟦\d+⟧[^⟦]*?),? substitute? (⟦\d+⟧)", r"striking \1 and inserting \2", flat)
        flat = re.sub(
            r"\b(?:[Aa]fter|[Bb]efore) ((?:⟦\d+⟧|(?:sub)?\w+ \([\w.]+\)|the \w+)[^⟦—:]*?),? insert\b[ :—]*(⟦\d+⟧)",
            lambda m: f"inserting {m[2]} {m[0].split()[0].lower()} {m[1]}",
            flat,
        )
        return re.sub(
            r"\b[Aa]t the (end|beginning),? (?:insert|add)\b[ :—]*(⟦\d+⟧)", r"adding at the \1 the following: \2", flat
        )

    def _targets(self, words: str, masked: Masked, outer: list[Target]) -> list[Target]:
        """Targets that words name, each inside each of the outer ones."""
        words = _QUOTE.sub(lambda found: masked.quotes[int(found[1])], words)
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
            outer = [each.inside(one) for one in outer for each in self._beside(piece.strip(" ,"))]
        return outer

    def _beside(self, words: str) -> list[Target]:
        """``in paragraph (1) and in paragraph (2)``, ``subsection (a) and paragraph (3) of subsection (b)``."""
        pieces = re.split(r",? and (?=in )|; (?=in )", words)
        if len(pieces) == 1 and re.search(rf"\) (?:and|or) (?:the )?{KIND}", words):
            tails = re.split(r",? (?:and|or) (?=(?:the )?" + KIND + r"s? )", words)
            if all(self._is_reference(tail) for tail in tails):
                pieces = tails
        found = []
        for piece in pieces:
            found += self.references.read(re.sub(r"^in ", "", piece))
        return found

    def _is_reference(self, words: str) -> bool:
        return bool(re.match(rf"^(?:the )?{KIND}s? ", words.strip(), re.IGNORECASE))

    # --- sentences without verbs in -ing ---------------------------------------------------------------------------

    def _replaced(self, unit: Unit, targets: list[Target], masked: Masked, rest: str, payload: str) -> None:
        self._replace_units(unit, targets, masked, rest, payload)

    def _replace_units(self, unit: Unit, targets: list[Target], masked: Masked, rest: str, payload: str) -> None:
        quoted = masked.words_of(rest)
        new = payload or "\n".join(quoted)
        is_portion = targets[0].part in ("before", "after") or re.match(r"\W*(?:the )?portion of", unit.text, re.I)
        operation = "replace_portion" if is_portion else "replace_unit"
        operation = "replace_heading" if targets[0].part in ("heading", "heading-before") else operation
        spot = Spot("units", targets=tuple(targets))
        self._say(
            unit,
            operation,
            masked,
            targets[0],
            old=spot,
            new=new,
            is_block=True,
            reason="" if new else "not-understood",
        )

    def _gone(self, unit: Unit, targets: list[Target], masked: Masked, rest: str, payload: str) -> None:
        spot = Spot("units", targets=tuple(targets))
        if re.search(r"\b(?:and|the following).{0,30}\bsubstituted\b", rest) or payload:
            self._replace_units(unit, targets, masked, rest, payload)
        else:
            self._say(unit, "repeal_unit" if self.is_us else "repeal", masked, targets[0], old=spot)

    def _renumbered(self, unit: Unit, targets: list[Target], masked: Masked, rest: str, payload: str) -> None:
        numbers = tuple(self.references.read(re.sub(r",? respectively.*", "", rest).rstrip(" .;,")))
        self._redesignation(unit, masked, targets, numbers)

    def _redesignation(self, unit: Unit, masked: Masked, old: list[Target], numbers: tuple[Target, ...]) -> None:
        fits = numbers and (len(numbers) == len(old) or (old and old[-1].until and numbers[-1].until))
        reason = "" if fits else "does-not-fit" if numbers else "not-understood"
        values = {"old": str(len(old)), "new": str(len(numbers))} if reason == "does-not-fit" else {}
        spot = Spot("units", targets=tuple(old))
        self._say(
            unit,
            "redesignate",
            masked,
            old[0] if old else None,
            old=spot,
            numbers=numbers,
            reason=reason,
            values=values,
        )

    # --- verbs in -ing ---------------------------------------------------------------------------------------------

    def _verbs(self, unit: Unit, rest: str, masked: Masked, payload: str, targets: list[Target]) -> None:
        rest = self._as_gerunds(rest.strip(" ,"))
        if re.match(r"^(?:so as )?to read(?: as follows)?\b", rest) or (
            re.search(r",? (?:so as )?to\s+read as follows\b", rest)
            and not _START_OF_VERB.search(rest.partition("to read")[0])
        ):
            where, _, tail = rest.partition("to read")
            where = (
                re.sub(r"^by (?:amending|revising) ", "", where.removesuffix("so as ").strip(" ,"))
                .removeprefix("in ")
                .strip(" ,")
            )
            inner = self._targets(where, masked, targets) if where else targets
            new = payload or "\n".join(masked.words_of(tail))
            reason = "" if inner and new else "not-understood"
            for target in inner or targets[:1]:
                self._say(
                    unit,
                    "read_as_follows",
                    masked,
                    target,
                    old=Spot("units", targets=(target,)),
                    new=new,
                    is_block=True,
                    reason=reason,
                )
            return
        starts = [match.end() for match in _START_OF_VERB.finditer(rest)]
        head = rest[: starts[0]] if starts else rest
        where = re.sub(r"(?:—|,)? ?\b(?:by|as follows)?[ ,:—]*$", "", head).strip(" ,—:.")
        if where:
            inner = self._targets(re.sub(r"^(?:by |and )", "", where), masked, targets)
            if not inner:
                if starts or unit.has_parts:
                    self._unknown(unit, where, rest, masked)
                    if unit.has_parts:
                        self.contexts.append(_Context(unit.depth, [Target(law="?")]))
                return
            targets = inner
        if not starts:
            if unit.has_parts or rest.endswith("—"):
                self.contexts.append(_Context(unit.depth, targets))
            return
        phrases = []
        for start, end in zip(starts, [*starts[1:], len(rest)], strict=True):
            verb = _VERB.match(rest, start)
            if verb and verb.lastgroup:
                phrases.append((verb.lastgroup, rest[verb.end() : end]))
        self._phrases(unit, phrases, masked, payload, targets)
        if (unit.has_parts and not self.contexts) or (unit.has_parts and self.contexts[-1].depth < unit.depth):
            self.contexts.append(_Context(unit.depth, targets))

    def _phrases(
        self, unit: Unit, phrases: list[tuple[str, str]], masked: Masked, payload: str, outer: list[Target]
    ) -> None:
        """One verb after the other; "striking … and inserting …" is one instruction."""
        targets = outer
        at = 0
        while at < len(phrases):
            verb, tail = phrases[at]
            tail, following = self._next_place(tail, masked, outer)
            pair = None
            if verb in ("strike", "substitute") and not following and at + 1 < len(phrases):
                other, after_it = self._next_place(phrases[at + 1][1], masked, outer)
                has_place = re.search(r"\b(?:after|before|at the end|immediately)\b", _QUOTE.sub("", other))
                if phrases[at + 1][0] in ("insert", "substitute", "add") and not has_place:
                    pair, following = other, after_it
            for target in targets:
                if pair is None:
                    getattr(self, f"_{verb}")(unit, tail, masked, payload, target)
                else:
                    self._strike(unit, tail, masked, payload, target, pair)
            targets = following or targets
            at += 1 if pair is None else 2

    def _next_place(self, tail: str, masked: Masked, outer: list[Target]) -> tuple[str, list[Target] | None]:
        """A phrase without "and in paragraph (2), by", which says where the next one is carried out."""
        following = None
        match = _NEXT_PLACE.search(tail)
        where = (match["where"] or match["where2"]) if match else ""
        if self._names_place(where):
            following = self._targets(where, masked, outer) or None
        if match and following:
            tail = tail[: match.start()]
        return re.sub(r"(?:[ ,;:—]|\band\b|\bby\b|\bthen\b)*$", "", tail.strip(" ,;.")).strip(), following

    def _names_place(self, words: str) -> bool:
        return bool(
            re.match(rf"(?:the )?(?:{KIND}s? |matter |{ORDINAL} sentence|heading|definition|each )", words, re.I)
        )

    # --- what each verb does ---------------------------------------------------------------------------------------

    def _strike(
        self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target, new: str | None = None
    ) -> None:
        tail, target = self._placed(tail, masked, target)
        old = self._spot(tail, masked, target)
        if old is None:
            self._say(unit, "strike", masked, target, reason="not-understood")
            return
        is_unit = old.kind in ("units", "items", "sentence", "heading", "matter")
        if new is None:
            operation = (
                ("repeal_unit" if is_unit else "strike_through" if old.through else "strike")
                if self.is_us
                else ("repeal" if is_unit else "strike_words")
            )
            self._say(unit, operation, masked, target, old=old)
            return
        words, is_block = self._new(new, masked, payload)
        after = _QUOTE.sub("", new)
        if old.kind == "words" and (_EACH.search(after) or _NTH.search(after)):
            nth = nth_of(match["nth"]) if (match := _NTH.search(after)) else 0
            old = replace(old, each=not nth, nth=nth)
        operation = "replace_unit" if is_unit else "strike_through_insert" if old.through else "strike_insert"
        self._say(
            unit,
            operation,
            masked,
            target,
            old=old,
            new=words,
            is_block=is_block,
            reason="" if words else "not-understood",
        )

    def _insert(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        words, is_block = self._new(tail, masked, payload)
        match = re.search(
            r"(?:,? ?\b(?P<near>immediately|directly) )?\b(?P<side>after|before|following|preceding)\b (?P<what>.+)$",
            self._without_new(tail),
        )
        at_end = re.search(rf"\b{_AT_END}", self._without_new(tail))
        in_order = re.search(
            r"\bin (?:the appropriate |proper )?(?:alphabetical|numerical)(?: order)?\b|\bin (?:the"
            r" )?appropriate place",
            tail,
        )
        operation = "insert_after_or_before" if self.is_us else "insert_at"
        if match and not in_order:
            side = "before" if match["side"] in ("before", "preceding") else "after"
            what, target = self._placed(match["what"].strip(" ,:"), masked, target)
            anchor = self._spot(what, masked, target)
            reason = "" if anchor and words else "not-understood"
            self._say(
                unit, operation, masked, target, anchor=anchor, side=side, new=words, is_block=is_block, reason=reason
            )
        elif at_end or in_order or (is_block and not self._without_new(tail).strip(" ,:")):
            self._add(unit, tail, masked, payload, target)
        else:
            self._say(unit, operation, masked, target, new=words, reason="not-understood")

    def _add(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        rest = self._without_new(tail)
        if re.search(
            r"\b(?:after|before|following|preceding) (?:the |that |such |those )?(?:⟦|\w*(?:section|paragraph|clause"
            r"|article|definition|item|schedule|sentence|period|part|heading)\b)",
            rest,
        ) and not re.search(r"alphabetical", rest):
            self._insert(unit, tail, masked, payload, target)
            return
        words, is_block = self._new(tail, masked, payload)
        in_order = re.search(r"alphabetical", tail)
        at_start = re.search(r"at the beginning", tail)
        if match := re.search(r"\bat the end(?: thereof)? of (?P<of>[^:⟦]+)", rest):
            inner = self._targets(match["of"], masked, [target])
            target = inner[0] if inner else target
            reason = "" if inner else "not-understood"
        else:
            reason = ""
        if is_block:
            operation = "add_at_end" if self.is_us else "insert_at"
        else:
            operation = "add_at_end" if self.is_us else "add_words"
        side = "alphabetical" if in_order else "start" if at_start else "end"
        self._say(
            unit,
            operation,
            masked,
            target,
            side=side,
            new=words,
            is_block=is_block,
            reason=reason if words else "not-understood",
        )

    def _substitute(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        """``substituting “x” for “y”``."""
        match = re.match(r"^(?P<new>.+?) for (?P<old>.+)$", tail)
        if match:
            self._strike(unit, match["old"], masked, payload, target, match["new"])
        else:
            self._say(unit, "strike_insert", masked, target, reason="not-understood")

    def _replace(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        match = re.match(r"^(?P<old>.+?),? (?:with|by)\b(?P<new>.*)$", tail)
        if match:
            self._strike(unit, match["old"], masked, payload, target, match["new"])
        else:
            self._say(unit, "strike_insert", masked, target, reason="not-understood")

    def _repeal(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        self._strike(unit, tail, masked, payload, target)

    def _redesignate(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        match = re.match(
            r"^(?P<old>.+?),? as (?P<new>.+?)(?:,? respectively.*|,? and (?:adjust|mov|realign|indent|by ).*)?$", tail
        )
        old = self._targets(match["old"], masked, [target]) if match else []
        numbers = tuple(self.references.read(match["new"].strip(" ,;."))) if match else ()
        self._redesignation(unit, masked, old, numbers)

    def _designate(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        match = re.match(
            r"^(?:the )?(?:existing |undesignated |current )?(?:text|matter|provisions?|language"
            r"|paragraph|sentence)s?(?: thereof)? as (?P<new>.+)$",
            tail,
        )
        numbers = tuple(read_steps(match["new"].strip(" ,;."))) if match else ()
        self._say(
            unit,
            "redesignate",
            masked,
            target,
            old=Spot("end"),
            numbers=numbers,
            reason="" if numbers else "not-understood",
        )

    def _move(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        """Margins change no word; provisions that move to another place are not carried out."""
        if not _NOT_OF_TEXT.search(tail) and not re.search(r"\bems?\b", tail):
            self._say(unit, "transfer", masked, target, reason="not-understood")
        elif not self.found or self.found[-1].eid != unit.eid:
            self._say(unit, "format", masked, target, old=Spot("margins"))

    def _amend(self, unit: Unit, tail: str, masked: Masked, payload: str, target: Target) -> None:
        match = re.match(r"^(?P<what>.+?),? (?:so as )?to read(?: as follows)?\b(?P<rest>.*)$", tail)
        inner = self._targets(match["what"], masked, [target]) if match else []
        new = payload or ("\n".join(masked.words_of(match["rest"])) if match else "")
        for each in inner or [target]:
            self._say(
                unit,
                "read_as_follows",
                masked,
                each,
                old=Spot("units", targets=(each,)),
                new=new,
                is_block=True,
                reason="" if inner and new else "not-understood",
            )

    # --- what is struck, and beside what is inserted ---------------------------------------------------------------

    def _placed(self, tail: str, masked: Masked, target: Target) -> tuple[str, Target]:
        """``“or” at the end of subparagraph (i)``, ``“x” in paragraph (2)``: the words, and the target inside."""
        if match := re.match(r"^,? ?in (?P<of>[^⟦]+?), (?P<what>⟦.*)$", tail):
            inner = self._targets(match["of"], masked, [target])
            return (match["what"], inner[0]) if inner else (tail, target)
        tail = re.sub(r"^,? ?at the end(?: thereof)?,? (⟦\d+⟧)$", r"\1 at the end", tail)
        tail = re.sub(r"^(⟦\d+⟧) (?:after|following) the (?:semicolon|comma)(?: at the end)?$", r"\1 at the end", tail)
        tail = re.sub(rf"^(⟦\d+⟧) after ({KIND} \(\S+)$", r"\1 at the end of \2", tail)
        if match := re.search(
            r"^(?P<what>.*(?:⟧|period|semicolon|comma|sentence))(?P<end> at the end)?,? (?:of|in) "
            rf"(?P<of>(?:the )?(?:{KIND}s? |matter |heading|{ORDINAL} sentence|portion |definition |such"
            r" |that ).*)$",
            tail,
            re.IGNORECASE,
        ):
            words = re.sub(r",? (?:each|both) (?:place|time)s?.*$|,? wherever.*$", "", match["of"])
            if inner := self._targets(words, masked, [target]):
                return f"{match['what']}{match['end'] or ''}{match['of'][len(words) :]}", inner[0]
        return tail, target

    def _spot(self, tail: str, masked: Masked, target: Target) -> Spot | None:
        tail = re.sub(
            r"^(?:the (?:words?|terms?|phrases?|figures?|expressions?|dollar amount)s? )", "", tail.strip(" ,:;.")
        )
        if match := re.match(r"^all (?:that (?:follows|appears after)|after) (?P<first>⟦\d+⟧)(?P<rest>.*)$", tail):
            spot = self._through(match["first"], match["rest"], masked, target)
            return replace(spot, kept=len(spot.words[0])) if spot else None
        if match := re.match(r"^(?P<first>.+?),? and all that follows(?P<rest>.*)$", tail):
            return self._through(match["first"], match["rest"], masked, target)
        if match := re.match(r"^(?P<first>.+?),? through (?P<rest>.*(?:⟦|period|semicolon|comma|end\b).*)$", tail):
            return self._through(match["first"], f" through {match['rest']}", masked, target)
        quoted = masked.words_of(tail)
        bare = _QUOTE.sub("", tail)
        each = bool(_EACH.search(bare))
        nth = nth_of(match["nth"]) if (match := _NTH.search(bare)) else 0
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
            return Spot("words", tuple(quoted), each=each, nth=nth, at_end=at_end)
        if match := _ITEMS.search(tail):
            numbers = re.findall(r"\b\d[\w–.-]*", match["what"].partition("of title")[0])
            return (
                Spot("items", tuple(numbers), targets=tuple(self.references.read(match["what"]))) if numbers else None
            )
        if match := _SENTENCE.match(tail):
            inner = self._targets(match["of"], masked, [target]) if match["of"] else [target]
            return Spot("sentence", targets=tuple(inner), nth=nth_of(match["nth"])) if inner else None
        if re.match(r"^(?:the )?(?:\w+ )?heading\b", tail):
            inner = self._targets(tail, masked, [target])
            return Spot("units", targets=tuple(inner)) if inner else None
        if quoted and not re.match(r"^(?:the )?definition", tail):
            return None
        inner = self._targets(tail, masked, [target])
        return Spot("units", targets=tuple(inner)) if inner else None

    def _through(self, first: str, rest: str, masked: Masked, target: Target) -> Spot | None:
        """From words on to other words, to the period at the end, or to the end of the target."""
        start = self._spot(first, masked, target)
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
        stop = self._spot(to, masked, target)
        return replace(start, through=stop, before_it=before) if stop else None

    def _without_new(self, tail: str) -> str:
        """A phrase without the words that are to come in: the quotation that no "after" or "before" goes before."""
        text = re.sub(r"\bthe following\b(?:(?!\b(?:after|before|following)\b)[^⟦]){0,80}⟦\d+⟧", " ", tail, count=1)
        if text == tail:
            text = re.sub(r"\bthe following(?: new)?(?: (?!after|before|at|in)\w+)?", " ", tail, count=1)
        if text == tail:
            text = re.sub(r"^[^⟦]{0,3}⟦\d+⟧(?: and ⟦\d+⟧)?", " ", tail, count=1)
        return text

    def _new(self, tail: str, masked: Masked, payload: str) -> tuple[str, bool]:
        """The words that come in, and whether they are whole provisions."""
        text = tail.strip(" ,;")
        if match := re.search(r"\bthe following\b[^⟦]*(?P<quote>⟦\d+⟧)", text):
            new = masked.words_of(match["quote"])[0]
            rest = text[match.end() :].strip(" ,;.")
            more = masked.words_of(rest) if rest.startswith("⟦") else []
            new = "\n".join([new, *more])
            return new, bool(MARK.match(new)) or "\n" in new or bool(
                re.match(r"(?:SEC|§|\[|CHAPTER|TITLE|PART)", new)
            ) or "new" in match[0]
        if re.search(r"\bthe following\b", text) and payload:
            return payload, True
        if match := re.match(r"^(?:in (?:lieu|place) thereof|instead)?,? ?(?P<quote>⟦\d+⟧)", text):
            return masked.words_of(match["quote"])[0], False
        if match := re.match(rf"^(?:in (?:lieu|place) thereof )?{_MARKS}\b", text, re.I):
            return _PUNCTUATION[match["mark"].lower()], False
        if match := re.search(r"(?P<quote>⟦\d+⟧)", text):
            return masked.words_of(match["quote"])[0], False
        return payload, bool(payload)

    def _say(self, unit: Unit, operation: str, masked: Masked, target: Target | None, **fields: object) -> None:
        says = " ".join(unit.text.split())
        if target is not None and target.part == "other-language":
            fields["reason"] = "other-language"
        self.found.append(
            Instruction(unit.act, operation, says, unit.eid, (0, len(unit.text)), target, **fields)  # type: ignore[arg-type]
        )


__all__ = ["EnglishReader", "Masked", "Step", "Unit", "mask", "straighten"]
