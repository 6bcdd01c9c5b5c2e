"""The instructions of amending acts in English: of the United States, and of Canada and others of the Commonwealth.

An act is read unit by unit (its clauses). What a unit says before its verbs is the target, which the units under it
share: "Section 1030 of title 18 is amended— (1) in subsection (a)— (A) in paragraph (2), by striking …".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from lawcompare.engine.amend.instructions import Instruction, Spot, Target
from lawcompare.engine.amend.phrases import EACH, NTH, Phrases, is_elsewhere
from lawcompare.engine.amend.quotations import LETTERS_MAX, QUOTE, SENTENCE_MAX, STEPS_MAX, Said, TooMuch, Unit, mask
from lawcompare.engine.amend.references import KIND, nth_of, read_steps

# Two provisions printed on one line: "…; or(b)the person".
_RUN_TOGETHER = re.compile(r"(?<=[\w;,.])(?=\([a-z]{1,4}(?:\.\d)?\)[a-z])")
_SENTENCES = re.compile(r"(?<=[\w⟧)]\.)(?<!div\.)(?<!Pub\.)(?<! L\.)(?<!No\.)\s+(?=[A-Z])")
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
_TO_READ = re.compile(r"^(?P<where>.*?),? ?(?:so as )?\bto read(?P<follows> as follows)?\b(?P<rest>.*)$")
_SUBSTITUTED = re.compile(r"\b(?:and|the following).{0,30}\bsubstituted\b")
_AT_END = re.compile(r"\bat the end\b")
_IN_ORDER = re.compile(r"\bin (?:the appropriate |proper )?numerical\b|\bin (?:the )?appropriate place")
_BESIDE = re.compile(r"\b(?P<side>after|before|following|preceding)\b (?P<what>.+)$")
_ADDED_BESIDE = re.compile(
    r"\b(?:after|before|following|preceding) (?:the |that |such |those )?(?:⟦|\w*(?:section|paragraph|clause|article"
    r"|definition|item|schedule|sentence|period|part|heading)\b)"
)
_WITH = re.compile(r"^(?P<old>.+?),? (?:with|by)\b(?P<new>.*)$")
_FOR = re.compile(r"^(?P<new>.+?) for (?P<old>.+)$")
_AS = re.compile(r"^(?P<old>.+?),? as (?P<new>.+?)(?:,? respectively.*|,? and (?:adjust|mov|realign|indent|by ).*)?$")
_TEXT_AS = re.compile(
    r"^(?:the )?(?:existing |undesignated |current )?(?:text|matter|provisions?|language|paragraph|sentence)s?"
    r"(?: thereof)? as (?P<new>.+)$"
)
_NOT_OF_TEXT = re.compile(r"\b(?:margins?|indent\w*|conforming|appropriate(?:ly)?)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Context:
    """What the units above have said: the targets, and whether they amend."""

    depth: int
    targets: list[Target]


class EnglishReader(Phrases):
    """Reads the units of one act in order."""

    def __init__(self, *, is_us: bool) -> None:
        super().__init__(is_us=is_us)
        self.contexts: list[_Context] = []
        self.unit, self.says, self.letters, self.steps = Unit("", ""), "", 0, 0

    def read(self, units: Iterable[Unit]) -> list[Instruction]:
        for unit in units:
            while self.contexts and self.contexts[-1].depth >= unit.depth:
                self.contexts.pop()
            self._unit(unit)
        return self.found

    def _unit(self, unit: Unit) -> None:
        said = mask(unit)
        context = self.contexts[-1] if self.contexts else None
        before = len(self.found)
        target = context.targets[0] if context and context.targets else None
        if said.unclosed and (context or re.search(r"\b(?:amended|strik|insert|replac)", said.text)):
            beginning = " ".join(said.unclosed[1:].split()[:8])
            self._say(said, "not_understood", target, reason="not-understood", values={"unclosed": beginning})
            return
        if not self.is_us and (cut := re.search(r":[ \u2001]*\n", said.text)):
            payload = QUOTE.sub(lambda found: f"“{said.quotes[int(found[1])]}”", said.text[cut.end() :])
            payload = _RUN_TOGETHER.sub("\n", payload)
            said = replace(said, text=said.text[: cut.start() + 1], payload=payload)
        for sentence in _SENTENCES.split(said.text):
            self._sentence(said, sentence.strip(), context)
        is_open = context and self.contexts[-1] is context and not unit.has_parts and said.text.strip(" .;—")
        if is_open and len(self.found) == before and (_VERB.search(said.text) or said.quotes):
            self._say(said, "not_understood", target, reason="not-understood")

    # --- a sentence: target and verbs ------------------------------------------------------------------------------

    def _sentence(self, said: Said, sentence: str, context: _Context | None) -> None:
        flat = " ".join(sentence.split())
        if len(flat) > SENTENCE_MAX:
            self._unknown(said, flat)
            return
        self.steps += len(flat) ** 2
        if self.steps > STEPS_MAX:
            raise TooMuch
        outer = context.targets if context else [Target()]
        if match := _RENUMBERED_AND.match(flat):
            self._sentence(replace(said, payload=""), match["first"], context)
            above = re.sub(r"\(\w+\)$", "", match["number"])
            above = above if "(" in above else f"section {above.split()[-1]}"
            self._sentence(said, f"{above} {match['law']} {match['rest']}", context)
            return
        if re.match(r"If\b", flat) and context is None:  # what happens where another act comes into force
            if _VERB.search(flat) and re.search(r"\b(?:amended|replaced|repealed)\b", flat):
                self._unknown(said, flat)
            return
        if match := _AMENDED.match(flat):
            if re.search(r"\b(?:if|when|where|until|before|after)\b.{0,60}$", match["what"]) and not context:
                return
            targets = self._targets(said, match["what"], outer)
            rest = match["rest"].strip()
            if not targets:
                self._unknown(said, match["what"])
                targets = [Target(law="?")]
                if rest in ("—", "", "by—", "as follows:"):
                    self.contexts.append(_Context(said.unit.depth, targets))
                return
            self._verbs(said, rest, targets)
            return
        if match := _SUBSTITUTE_UNIT.match(flat):
            inner = self._targets(said, match["where"], outer) if match["where"] else outer
            targets = self._targets(said, match["what"], inner)
            if targets:
                self._replace_units(said, targets, match["rest"])
                return
        for pattern in (_REPLACED, _GONE, _RENUMBERED):
            if (match := pattern.match(flat)) and not _START_OF_VERB.match(flat):
                targets = self._targets(said, match["what"], outer)
                is_replaced = pattern is _REPLACED or said.payload or _SUBSTITUTED.search(match["rest"])
                if not targets:
                    if re.search(rf"^(?:the )?{KIND}s? ", match["what"], re.I) or context:
                        self._unknown(said, match["what"])
                elif pattern is _RENUMBERED:
                    self._redesignation(said, targets, re.sub(r",? respectively.*", "", match["rest"]))
                elif is_replaced:
                    self._replace_units(said, targets, match["rest"])
                else:
                    self._say(said, "repeal_unit" if self.is_us else "repeal", targets[0], old=_units(targets))
                return
        flat = self._as_gerunds(flat)
        is_amending = context is not None or re.match(
            r"^in (?:the )?(?:\w+ )?(?:sub)?(?:section|paragraph|clause|article|schedule)", flat, re.I
        )
        if is_amending and not (context is None and not _START_OF_VERB.search(flat)):
            self._verbs(said, flat, outer)

    def _unknown(self, said: Said, what: str) -> None:
        self._say(said, "not_understood", None, reason="not-understood", values={"words": what[:120]})

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

    # --- sentences without verbs in -ing ---------------------------------------------------------------------------

    def _replace_units(self, said: Said, targets: list[Target], rest: str) -> None:
        new = said.payload or "\n".join(said.words_of(rest))
        is_portion = targets[0].part in ("before", "after") or re.match(r"\W*(?:the )?portion of", said.unit.text, re.I)
        operation = "replace_portion" if is_portion else "replace_unit"
        operation = "replace_heading" if targets[0].part in ("heading", "heading-before") else operation
        self._say(said, operation, targets[0], old=_units(targets), new=new, is_block=True)

    def _redesignation(self, said: Said, old: list[Target], rest: str) -> None:
        numbers = tuple(self.references.read(rest.strip(" ,;.")))
        fits = not numbers or len(numbers) == len(old) or (old and old[-1].until and numbers[-1].until)
        counts = {} if fits else {"reason": "does-not-fit", "values": {"old": len(old), "new": len(numbers)}}
        self._say(said, "redesignate", old[0] if old else None, old=_units(old), numbers=numbers, **counts)

    def _reads(self, said: Said, targets: list[Target], where: str, rest: str) -> None:
        """``section 5 is amended to read as follows``, ``by amending paragraph (2) to read as follows``."""
        inner = self._targets(said, where, targets) if where else targets
        new = said.payload or "\n".join(said.words_of(rest))
        for target in inner or targets[:1]:
            reason = "" if inner else "not-understood"
            self._say(said, "read_as_follows", target, old=_units([target]), new=new, is_block=True, reason=reason)

    # --- verbs in -ing ---------------------------------------------------------------------------------------------

    def _verbs(self, said: Said, rest: str, targets: list[Target]) -> None:
        rest = self._as_gerunds(rest.strip(" ,"))
        reads = _TO_READ.match(rest)
        if reads and (not reads["where"] or reads["follows"]) and not _START_OF_VERB.search(reads["where"]):
            where = re.sub(r"^(?:by (?:amending|revising) )?(?:in )?", "", reads["where"]).strip(" ,")
            self._reads(said, targets, where, reads["rest"])
            return
        starts = [match.end() for match in _START_OF_VERB.finditer(rest)]
        head = re.sub(r"—\s*\(\w{1,4}\)\s*$", "", rest[: starts[0]]) if starts else rest
        where = re.sub(r"(?:—|,)? ?\b(?:by|as follows)?[ ,:—.]*$", "", head).strip(" ,—:.")
        if where:
            inner = self._targets(said, re.sub(r"^(?:by |and )", "", where), targets)
            if not inner:
                if starts or said.unit.has_parts:
                    self._unknown(said, where)
                    if said.unit.has_parts:
                        self.contexts.append(_Context(said.unit.depth, [Target(law="?")]))
                return
            targets = inner
        if not starts:
            if said.unit.has_parts or rest.endswith("—"):
                self.contexts.append(_Context(said.unit.depth, targets))
            return
        phrases = []
        for start, end in zip(starts, [*starts[1:], len(rest)], strict=True):
            verb = _VERB.match(rest, start)
            if verb and verb.lastgroup:
                phrases.append((verb.lastgroup, rest[verb.end() : end]))
        self._phrases(said, phrases, targets)
        if said.unit.has_parts and (not self.contexts or self.contexts[-1].depth < said.unit.depth):
            self.contexts.append(_Context(said.unit.depth, targets))

    def _phrases(self, said: Said, phrases: list[tuple[str, str]], outer: list[Target]) -> None:
        """One verb after the other; "striking … and inserting …" is one instruction."""
        targets = outer
        at = 0
        while at < len(phrases):
            verb, tail = phrases[at]
            tail, following = self._next_place(said, tail, outer)
            pair = None
            if verb in ("strike", "substitute") and not following and at + 1 < len(phrases):
                other, after_it = self._next_place(said, phrases[at + 1][1], outer)
                has_place = re.search(r"\b(?:after|before|at the end|immediately)\b", QUOTE.sub("", other))
                if phrases[at + 1][0] in ("insert", "substitute", "add") and not has_place:
                    pair, following = other, after_it
            for target in targets:
                if pair is None:
                    getattr(self, f"_{verb}")(said, tail, target)
                else:
                    self._strike(said, tail, target, pair)
            targets = following or targets
            at += 1 if pair is None else 2

    # --- what each verb does ---------------------------------------------------------------------------------------

    def _strike(self, said: Said, tail: str, target: Target, new: str | None = None) -> None:
        tail, target = self._placed(said, tail, target)
        old = self._spot(said, tail, target)
        if old is None:
            self._say(said, "strike", target, reason="not-understood")
            return
        is_unit = old.kind in ("units", "items", "sentence")
        if new is None:
            operation = "repeal_unit" if is_unit else "strike_through" if old.through else "strike"
            if not self.is_us:
                operation = "repeal" if is_unit else "strike_words"
            self._say(said, operation, target, old=old)
            return
        words, is_block = self._new(said, new)
        after = QUOTE.sub("", new)
        several = said.words_of(new) if old.kind == "words" and "following" not in new else []
        if is_elsewhere(after) or (len(several) > 1 and len(several) != len(old.words)):
            self._say(said, "strike_insert", target, reason="not-understood")
            return
        if len(several) > 1:  # "“x” and “y” and inserting “v” and “w”, respectively"
            for one, words in zip(old.words, several, strict=True):
                self._say(said, "strike_insert", target, old=replace(old, words=(one,)), new=words)
            return
        if old.kind == "words" and (EACH.search(after) or NTH.search(after)):
            nth = nth_of(match["nth"]) if (match := NTH.search(after)) else 0
            old = replace(old, each=not nth, nth=nth)
        operation = "replace_unit" if is_unit else "strike_through_insert" if old.through else "strike_insert"
        self._say(said, operation, target, old=old, new=words, is_block=is_block)

    _repeal = _strike

    def _insert(self, said: Said, tail: str, target: Target, *, is_added: bool = False) -> None:
        """Beside what the words name; else at the end, at the beginning or in the order of the alphabet."""
        rest = self._without_new(tail)
        words, is_block = self._new(said, tail)
        in_order = "alphabetical" in tail or _IN_ORDER.search(tail)
        beside = None if in_order or (is_added and not _ADDED_BESIDE.search(rest)) else _BESIDE.search(rest)
        operation = "insert_after_or_before" if self.is_us else "insert_at"
        if beside:
            side = "before" if beside["side"] in ("before", "preceding") else "after"
            what, target = self._placed(said, beside["what"].strip(" ,:"), target)
            anchor = self._spot(said, what, target)
            self._say(said, operation, target, anchor=anchor, side=side, new=words, is_block=is_block)
            return
        if not (is_added or in_order or _AT_END.search(rest) or (is_block and not rest.strip(" ,:"))):
            self._say(said, operation, target, new=words, reason="not-understood")
            return
        reason = ""
        if match := re.search(r"\bat the end(?: thereof)? of (?P<of>[^:⟦]+)", rest):
            inner = self._targets(said, match["of"], [target])
            target, reason = (inner[0], "") if inner else (target, "not-understood")
        operation = "add_at_end" if self.is_us else "insert_at" if is_block else "add_words"
        side = "alphabetical" if "alphabetical" in tail else "start" if "at the beginning" in tail else "end"
        self._say(said, operation, target, side=side, new=words, is_block=is_block, reason=reason)

    def _add(self, said: Said, tail: str, target: Target) -> None:
        self._insert(said, tail, target, is_added=True)

    def _replace(self, said: Said, tail: str, target: Target, pattern: re.Pattern[str] = _WITH) -> None:
        """``replacing “x” with “y”``, ``substituting “y” for “x”``."""
        if match := pattern.match(tail):
            self._strike(said, match["old"], target, match["new"])
        else:
            self._say(said, "strike_insert", target, reason="not-understood")

    def _substitute(self, said: Said, tail: str, target: Target) -> None:
        self._replace(said, tail, target, _FOR)

    def _redesignate(self, said: Said, tail: str, target: Target) -> None:
        match = _AS.match(tail)
        old = self._targets(said, match["old"], [target]) if match else []
        self._redesignation(said, old, match["new"] if match else "")

    def _designate(self, said: Said, tail: str, target: Target) -> None:
        match = _TEXT_AS.match(tail)
        numbers = tuple(read_steps(match["new"].strip(" ,;."))) if match else ()
        self._say(said, "redesignate", target, old=Spot("end"), numbers=numbers)

    def _move(self, said: Said, tail: str, target: Target) -> None:
        """Margins change no word; provisions that move to another place are not carried out."""
        if not _NOT_OF_TEXT.search(tail) and not re.search(r"\bems?\b", tail):
            self._say(said, "transfer", target, reason="not-understood")
        elif not self.found or self.found[-1].eid != said.unit.eid:
            self._say(said, "format", target, old=Spot("margins"))

    def _amend(self, said: Said, tail: str, target: Target) -> None:
        if match := _TO_READ.match(tail):
            self._reads(said, [target], match["where"] or "?", match["rest"])
        else:
            self._say(said, "read_as_follows", target, new="")

    def _say(self, said: Said, operation: str, target: Target | None, **fields: Any) -> None:
        """An instruction; what of its parts was looked for and not found was not understood."""
        if target is not None and target.part == "other-language":
            fields["reason"] = "other-language"
        elif not all(fields[name] for name in ("old", "anchor", "new", "numbers") if name in fields):
            fields["reason"] = fields.get("reason") or "not-understood"
        unit = said.unit
        if unit is not self.unit:
            self.unit, self.says = unit, " ".join(unit.text.split())
        self.found.append(Instruction(unit.act, operation, self.says, unit.eid, (0, len(unit.text)), target, **fields))
        self.letters += self.found[-1].length
        if self.letters > LETTERS_MAX:
            raise TooMuch


def _units(targets: list[Target]) -> Spot:
    return Spot("units", targets=tuple(targets))
