"""Instructions carried out on the tree of a law, one after the other: each is executed whole, or refused and changes
nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from lawcompare.engine.amend.base import SECTIONS, Base, Refusal, section_label
from lawcompare.engine.amend.instructions import Instruction, Outcome, Spot, Step, Target
from lawcompare.engine.amend.words import Place, Scope, as_law, cut, find, put, scopes_of, sentences, swap
from lawcompare.engine.structure.numbering import KHMER_LETTERS, read_number
from lawcompare.engine.structure.outline import Block
from lawcompare.engine.structure.provisions import (
    COMMONWEALTH_ELEMENTS,
    HEADING,
    LEVEL_NAMES,
    MARK,
    US_ELEMENTS,
    LineReader,
    Node,
    definition_term,
    follows,
    label,
    readings,
    style_of,
)
from lawcompare.engine.structure.segment import segment

_KHMER_ARTICLE = re.compile(r"(?:មាត្រា|ប្រការ)")
_ITEM = re.compile(r"^(?:§+ ?|Sec\. )?\d[\w–.-]*\.[ \t\u2002]", re.MULTILINE)  # of a table of sections
_NEAR = 8  # numbers of a list that tell its style
_WIDEST_GAP = 2  # between the last number of a list and the first that is added at its end
_SIDE_NOTE_LINE = re.compile(r"\[[^\[\]]{1,300}\]")


class Executor:
    """Carries instructions out on a base, in order."""

    def __init__(self, base: Base, *, is_us: bool) -> None:
        self.base = base
        self.elements = US_ELEMENTS if is_us else COMMONWEALTH_ELEMENTS
        self.touched: list[Node] = []
        self.keeps_order = False  # whether what is known of the order of the law is still right

    def run(self, instruction: Instruction) -> Outcome:
        """What became of one instruction."""
        self.touched = []
        self.keeps_order = False
        target = self._shown_target(instruction)
        try:
            if instruction.reason:
                raise Refusal(instruction.reason, **instruction.values)
            self._carry_out(instruction)
        except Refusal as refusal:
            shown = None if refusal.reason in ("no-target", "names-another-act", "not-understood") else target
            return Outcome(instruction, refusal.reason, refusal.values, (), shown)
        finally:
            if not self.keeps_order:
                self.base.forget()
        return Outcome(instruction, "", {}, self._eids(), target)

    def _shown_target(self, instruction: Instruction) -> str | None:
        spot = instruction.old or instruction.anchor
        targets = spot.targets if spot and spot.kind in ("units", "sentence") else ()
        first = targets[0] if targets else instruction.target
        return ", ".join(map(str, targets[:6])) if len(targets) > 1 else str(first) if first else None

    def _eids(self) -> tuple[str, ...]:
        """The addresses of what changed; nodes that are new get theirs when the clauses are made."""
        return tuple(dict.fromkeys(node.eid for node in self.touched if node.eid))

    def _carry_out(self, instruction: Instruction) -> None:
        target, old = instruction.target, instruction.old
        if target is None:
            raise Refusal("not-understood")
        if instruction.operation == "format":
            self.base.resolve(target)
        elif instruction.operation == "redesignate":
            self._redesignate(instruction)
        elif old is not None and old.kind == "units":
            self._replace_units(instruction, old.targets) if instruction.new else self._remove_units(old.targets)
        elif old is not None and old.kind == "sentence":
            for each in old.targets:
                self._change_sentence(each, old.nth, instruction)
        elif old is not None and old.kind == "items":
            self._remove_items(target, old, instruction.new)
        elif old is not None:
            self._change_words(instruction, target, old)
        elif instruction.anchor is not None:
            self._insert_beside(instruction, target, instruction.anchor)
        else:
            self._add(instruction, target)

    # --- words -----------------------------------------------------------------------------------------------------

    def _scopes(self, target: Target, words: str = "") -> tuple[Node, list[Scope]]:
        """Where the words of a target are: all of it, or what stands before a child, a sentence, the heading.

        Of a whole law only provisions that hold all of ``words``: it may have as many as an act instructions.
        """
        node = self.base.resolve(target)
        if target.part == "heading":
            return node, [Scope(node, _heading_field(node))]
        if target.part == "sentence":
            return node, [Scope(*self._sentence(replace(target, part=""), target.nth))]
        if target.part in ("before", "after"):
            if not target.edge:
                raise Refusal("not-understood")
            at = self._child_at(node, target.edge[0])
            chosen = node.children[:at] if target.part == "before" else node.children[at + 1 :]
            nodes = [inner for child in chosen for inner in child.walk()]
            own = [node] if target.part == "before" else []
            if target.part == "after" and not nodes:  # the words after a list may end its last item
                last = node.children[at].last()
                cut_at = last.text.rfind("\n")
                return node, [Scope(last, "text", cut_at + 1)] if cut_at >= 0 else []
            return node, scopes_of([*own, *nodes], "text")
        inside = self._walk(node)
        if not node.element and words:
            needed = re.findall(r"\w+", words)
            inside = [inner for inner in inside if all(each in inner.text for each in needed)]
        return node, scopes_of(inside, "text")

    def _walk(self, node: Node) -> list[Node]:
        if node is self.base.root:
            return self.base.all_nodes()
        return [inner for child in node.children for inner in child.walk()] if node.element == "" else list(node.walk())

    def _child_at(self, node: Node, step: Step) -> int:
        child = self.base.child(node, step)
        if child is None:
            raise Refusal("no-target", missing=f"{step.kind or 'provision'} ({step.number})", where="")
        while child.parent is not node and child.parent is not None:
            child = child.parent
        return node.children.index(child)

    def _sentence(self, target: Target, nth: int) -> Place:
        """A sentence of a provision: of its own text and the words after its list, or of a list that is all of it."""
        node = self.base.resolve(target)
        inside = [node, *(child for child in node.children if child.element == "wrapUp")]
        if target.part:
            inside = [scope.node for scope in self._scopes(target)[1]]
        elif not node.text.strip():
            inside = list(node.walk())
        found = [Place(each, "text", *span) for each in inside for span in sentences(each.text)]
        at = nth - 1 if nth > 0 else nth
        if not -len(found) <= at < len(found):
            raise Refusal("no-target", missing=f"sentence {nth}", where=str(target))
        return found[at]

    def _find(self, words: str, spot: Spot, scopes: list[Scope], node: Node) -> list[Place]:
        """The places of words as the instruction says them: one, each, the last; refused where that is not clear."""
        places = find(words, scopes)
        if spot.at_end:
            places = [place for place in places if self._ends(place, scopes)] or (
                places if len(places) == 1 and not scopes[-1].text.rstrip().endswith((".", ";")) else []
            )
            places = places[-1:]
        if not places and scopes and scopes[0].field != "heading":
            headings = scopes_of(list(dict.fromkeys(scope.node for scope in scopes)), "heading")
            places = find(words, headings) if not spot.at_end else []
        if not places:
            self._refuse_words(words, node)
        if spot.nth:
            at = spot.nth - 1 if spot.nth > 0 else spot.nth
            if not -len(places) <= at < len(places):
                self._refuse_words(words, node, count=len(places))
            return [places[at]]
        if len(places) > 1 and not spot.each:
            raise Refusal("several-places", words=words, count=len(places))
        return places

    def _ends(self, place: Place, scopes: list[Scope]) -> bool:
        last = scopes[-1]
        return place.node is last.node and not last.text[place.end :].strip(" .;,:")

    def _refuse_words(self, words: str, node: Node, **values: object) -> None:
        """Words that are not there: a slip of the act where they stand beside the target or nearly in it."""
        section = node
        while section.parent is not None and section.element not in SECTIONS and section.parent.parent is not None:
            section = section.parent
        if section is not node:
            beside = find(words, scopes_of(list(section.walk()), "text", "heading"))
            if beside:
                where = beside[0].node
                raise Refusal("does-not-fit", words=words, place=_path_of(where), **values)
        if near := _nearly(words, node):
            raise Refusal("does-not-fit", words=words, near=near, **values)
        raise Refusal("words-not-there", words=words, **values)

    def _change_words(self, instruction: Instruction, target: Target, old: Spot) -> None:
        node, scopes = self._scopes(target, "" if old.through or len(old.words) > 1 else old.words[0])
        new = as_law(instruction.new)
        if old.kind == "mark":
            if old.through:
                raise Refusal("not-understood")
            place = self._mark_at_end(old.words[0], scopes, node)
            self._set(place, swap(getattr(place.node, place.field), place.start, place.end, new))
            return
        number = MARK.match(old.words[0]) if len(old.words) == 1 else None
        if number and node.num and node.label == number[1]:
            rest = old.words[0][number.end() :].strip()
            named = HEADING.match(rest)
            rest = named["rest"] if named and named["heading"].lower() == node.heading.lower() else rest
            if not rest and not old.through:
                self._change_number(node, new)
                return
            # "striking “(a) The fee” and inserting “(a) Fees.—The fee”": the number is no part of the text here
            own = MARK.match(new)
            head = HEADING.match(new[own.end() :].strip()) if own and own[1] == number[1] else None
            if rest and own and own[1] == number[1] and node.text.startswith(rest.split()[0]):
                heading, node.heading = node.heading, head["heading"] if head else node.heading
                new = head["rest"] if head else new[own.end() :].strip()
                try:
                    places = replace(instruction, new=new, is_block=False)
                    self._change_words(places, target, replace(old, words=(rest,)))
                except Refusal:
                    node.heading = heading
                    raise
                return
        if old.through:
            if len(old.words) != 1:
                raise Refusal("not-understood")
            self._strike_through(old, scopes, node, instruction)
            return
        is_wrap = instruction.is_block or bool(MARK.match(new))
        if is_wrap and MARK.match(new) and self._wrap(node, old, scopes, new):
            return
        if instruction.is_block and "\n" in new:
            raise Refusal("does-not-fit", words=old.words[0])
        found = [place for words in old.words for place in self._find(words, old, scopes, node)]
        for place in sorted(found, key=lambda place: place.start, reverse=True):
            text = getattr(place.node, place.field)
            text = swap(text, place.start + old.kept, place.end, new)
            self._set(place, text[:1].upper() + text[1:] if place.field == "heading" else text)
        self.keeps_order = True

    def _set(self, place: Place, text: str) -> None:
        setattr(place.node, place.field, text)
        self.touched.append(place.node)

    def _mark_at_end(self, mark: str, scopes: list[Scope], node: Node) -> Place:
        """The period, semicolon … that ends the target."""
        if not scopes:
            raise Refusal("does-not-fit", words=mark)
        last = scopes[-1]
        text = last.text.rstrip()
        inner = text.rstrip('”"’)')
        for ending in (text, inner, re.sub(r" ?\b(?:and|or)$", "", text)):
            if ending.endswith(mark):
                return Place(last.node, last.field, len(ending) - len(mark), len(ending))
        raise Refusal("does-not-fit", words=mark, end=text[-30:])

    def _strike_through(self, old: Spot, scopes: list[Scope], node: Node, instruction: Instruction) -> None:
        """Strike from words on to other words, to the end of a sentence or of the target, over several provisions."""
        starts = self._find(old.words[0], replace(old, through=None), scopes, node)
        start = starts[0]._replace(start=starts[0].start + old.kept)
        order = [scope for scope in scopes if scope.field == start.field]
        at = next(index for index, scope in enumerate(order) if scope.node is start.node)
        stop = old.through
        assert stop is not None
        if stop.kind == "end":
            last = order[-1]
            end = Place(last.node, last.field, len(last.text), len(last.text))
        elif stop.kind == "mark":
            end = self._mark_at_end(stop.words[0], order, node)
        elif stop.kind == "words":
            after = [Scope(start.node, start.field, start.end, order[at].end), *order[at + 1 :]]
            places = find(stop.words[-1], after)
            if stop.at_end:
                places = places[-1:]
            if stop.nth and len(places) >= stop.nth:
                places = [places[stop.nth - 1]]
            if not places:
                self._refuse_words(stop.words[-1], node)
            end = places[0]
        else:
            raise Refusal("not-understood")
        stop_at = end.start if old.before_it else end.end
        new = as_law(instruction.new)
        if end.node is start.node:
            self._set(start, swap(getattr(start.node, start.field), start.start, stop_at, new))
            return
        between = [scope.node for scope in order[at + 1 :]]
        between = between[: between.index(end.node)]
        tail = getattr(end.node, end.field)[stop_at:]
        self._set(start, swap(start.node.text[: start.start] + tail, start.start, start.start, new))
        for gone in reversed([*between, end.node]):
            for child in list(gone.children):
                if child is not end.node and child not in between:
                    self._move_up(child, gone)
            self._detach(gone)

    def _move_up(self, child: Node, parent: Node) -> None:
        above = parent.parent
        if above is not None:
            parent.children.remove(child)
            above.add(child, above.children.index(parent) + 1)

    # --- numbers that come into a text ------------------------------------------------------------------------------

    def _change_number(self, node: Node, new: str) -> None:
        """``striking “(2)” and inserting “(2)(A)”``: a new number, or one level more."""
        marks = _leading_marks(new)
        if not marks or len(marks) > 2:
            raise Refusal("does-not-fit", words=node.num)
        rest = new[sum(len(mark) + 2 for mark in marks) + new.count(") (") :].strip()
        if len(marks) == 2:
            self._put_level(node, marks[1], "", "")
        node.num = _number_like(node.num, marks[0])
        if rest:
            node.children[0].text = put(node.children[0].text, 0, rest) if len(marks) == 2 else node.text
        self.touched.append(node)

    def _wrap(self, node: Node, old: Spot, scopes: list[Scope], new: str) -> bool:
        """``striking “The fee” and inserting “(1) In general.—The fee”``: a sentence becomes a level of its own.

        At the start of a text it is the first of a new list; after the first, which the list then has, the next.
        """
        places = [place for place in find(old.words[0], scopes) if place.field == "text"]
        lines = LineReader(self.elements).read([(0, 0, line) for line in new.split("\n") if line.strip()])
        if not places or len(lines) != 1 or lines[0].children:
            return False
        place, first = places[0], lines[0]
        owner, before = place.node, place.node.text[: place.start].rstrip()
        if not before and owner is node:
            owner.text = owner.text[place.end :]
            self._put_level(owner, first.label, first.heading, first.text)
            return True
        style = style_of(first.label, [owner.label])
        numbers = [dict(readings(each.label)).get(style) for each in (first, owner)] if owner.num else []
        if not before.endswith((".", ";")) or not all(numbers) or not follows(*numbers) or owner.parent is None:
            return False
        first.text = swap(owner.text[place.start :], 0, place.end - place.start, first.text)
        first.element, first.children, owner.text, owner.children = owner.element, owner.children, before, []
        for child in first.children:
            child.parent = first
        owner.parent.add(first, owner.parent.children.index(owner) + 1)
        self.touched += [owner, first]
        return True

    def _put_level(self, node: Node, number: str, heading: str, before: str) -> None:
        """Make the text of a node that of a new first child; lower lists go with it."""
        style = style_of(number, [child.label for child in node.children if child.num])
        child = Node(self._element(node, style, []), f"({number})", heading, put(before + node.text, len(before), ""))
        if before and node.text:
            child.text = before + ("" if node.text[:1] in " ,;:.—" else " ") + node.text
        lower = [each for each in node.children if not each.num or style_of(each.label) != style]
        for each in lower:
            node.children.remove(each)
            child.add(each)
        node.text = ""
        node.add(child, 0)
        self.touched += [node, child]

    # --- whole provisions -------------------------------------------------------------------------------------------

    def _units(self, targets: Sequence[Target]) -> list[Node]:
        """The provisions of targets, runs included; all of them or a refusal."""
        found: list[Node] = []
        for target in targets:
            node = self.base.resolve(target)
            found.append(node)
            if target.until:
                siblings = node.parent.children if node.parent else []
                last = self.base.child(node.parent or self.base.root, Step("", target.until))
                if last is None or last.parent is not node.parent:
                    raise Refusal("no-target", missing=f"({target.until})", where=str(target))
                found += siblings[siblings.index(node) + 1 : siblings.index(last) + 1]
        return found

    def _remove_units(self, targets: Sequence[Target]) -> None:
        parts = {target.part for target in targets}
        if parts == {"heading"}:
            for node in self._units(targets):
                node.heading = ""
                self.touched.append(node)
            return
        if parts - {"", "with-heading", "heading-before"}:
            self._remove_portion(targets)
            return
        nodes = []
        for each in targets:
            if each.part:
                nodes += self._headings_before(self.base.resolve(replace(each, part="")))
            nodes += self._units([each]) if each.part != "heading-before" else []
        if any(node is self.base.root for node in nodes):
            raise Refusal("does-not-fit", words="")
        for node in nodes:
            self._detach(node)

    def _headings_before(self, node: Node) -> list[Node]:
        """The headings that stand between the section before and this one."""
        siblings = node.parent.children if node.parent else []
        at = siblings.index(node)
        start = at
        while start and siblings[start - 1].element == "crossHeading":
            start -= 1
        if start == at:
            raise Refusal("no-target", missing=f"the heading before {node.num}", where="")
        return siblings[start:at]

    def _remove_portion(self, targets: Sequence[Target]) -> None:
        for target in targets:
            _, scopes = self._scopes(target)
            for scope in scopes:
                text = getattr(scope.node, scope.field)
                self._set(Place(scope.node, scope.field, 0, 0), cut(text, scope.start, len(scope.text)).rstrip("\n"))

    def _detach(self, node: Node) -> None:
        parent = node.parent
        if parent is None or node not in parent.children:
            return
        siblings = parent.children
        at = siblings.index(node)
        if node.lead:
            after = siblings[at + 1] if at + 1 < len(siblings) else None
            if after is not None:
                after.lead = "\n".join(filter(None, (node.lead, after.lead)))
            else:
                self.base.trailing[""] = "\n".join(filter(None, (node.lead, self.base.trailing[""])))
        siblings.pop(at)
        if node.element in SECTIONS:
            known = self.base.sections.get(section_label(node), [])
            if node in known:
                known.remove(node)
        self.touched += [inner for inner in node.walk() if inner.eid]

    def _replace_units(self, instruction: Instruction, targets: Sequence[Target]) -> None:
        target = targets[0]
        lines = _lines_of(instruction.new)
        if target.part in ("heading", "designation"):
            node = self.base.resolve(target)
            named = LineReader(self.elements).read([(0, 0, line) for line in lines])
            is_numbered = bool(named and named[0].num and named[0].heading)  # "SEC. 5. HEADING."
            if target.part == "designation" and (not is_numbered or named[0].text):
                raise Refusal("not-understood")
            heading = as_law(named[0].heading if is_numbered else " ".join(lines)).strip("[]")
            setattr(node, _heading_field(node), f"[{heading}]" if node.heading.startswith("[") else heading)
            node.num = named[0].num if target.part == "designation" else node.num
            self.touched.append(node)
            return
        if target.part == "sentence":
            self._change_sentence(replace(target, part=""), target.nth, instruction)
            return
        if target.part == "table":
            raise Refusal("not-understood")
        nodes = self._units([replace(each, part="") for each in targets] if target.part != "before" else targets)
        if target.part in ("with-heading", "heading-before"):
            headings = self._headings_before(nodes[0])
            nodes = [*headings, *nodes] if target.part == "with-heading" else headings
            target = replace(target, part="")
        first = nodes[0]
        new = self._read_new(lines, first.parent or self.base.root, [first], like=first)
        if target.part == "before":
            self._replace_portion(first, target, new)
            return
        if target.part:
            raise Refusal("not-understood")
        if first is self.base.root:
            raise Refusal("does-not-fit", words="")
        head = _head_of(new)
        is_section = first.element in SECTIONS
        if first.num and first.element != "alinea" and (not head.num or is_section != (head.element in SECTIONS)):
            self._replace_contents(first, new)
            return
        own = {section_label(node) if is_section else node.label for node in nodes} | {
            target.section if is_section else ""
        }
        if (
            first.num
            and not _KHMER_ARTICLE.match(lines[0])
            and (section_label(head) if is_section else head.label) not in own
        ):
            raise Refusal("does-not-fit", words=head.num, place=_path_of(first))
        parent = first.parent or self.base.root
        at, new[0].lead, head.title = parent.children.index(first), first.lead, first.title
        self._check_numbers(parent, at, new, nodes)
        first.lead = ""
        for node in nodes:
            self._detach(node)
        same = {node.label: node for node in nodes if node.num}
        if is_section or len(nodes) == len(new) == 1:
            same[head.label] = first
        self._put_nodes(parent, at, new, same)

    def _replace_contents(self, node: Node, new: list[Node]) -> None:
        """``Section 5 is amended to read as follows`` where the new text begins below its number."""
        text = new.pop(0) if not new[0].num else None
        self.touched += [inner for inner in node.walk() if inner.eid]
        node.children = []
        node.text = as_law(text.text) if text else ""
        for child in new:
            node.add(child)
            self._tidy(child)
        self.touched += [inner for child in new for inner in child.walk()]

    def _replace_portion(self, node: Node, target: Target, new: list[Node]) -> None:
        """``The portion of paragraph (i) before subparagraph (i)``: the text of the paragraph, and what is before."""
        if len(new) != 1 or (new[0].num and label(new[0].num) != label(node.num)) or not target.edge:
            raise Refusal("does-not-fit", words=new[0].num if new else "", place=node.num)
        at = self._child_at(node, target.edge[0])
        for gone in node.children[:at]:
            self._detach(gone)
        node.text, node.heading = new[0].text, new[0].heading or node.heading
        for place, child in enumerate(new[0].children):
            node.add(child, place)
        self.touched += [node, *(inner for child in new[0].children for inner in child.walk())]

    def _change_sentence(self, target: Target, nth: int, instruction: Instruction) -> None:
        place = self._sentence(target, nth)
        text = place.node.text
        if text[: place.end].endswith(("—", ":")):  # it goes on in a list
            raise Refusal("does-not-fit", words=text[place.start : place.end])
        new = " ".join(_lines_of(instruction.new))
        self._set(place, swap(text, place.start, place.end, as_law(new)).strip())

    def _remove_items(self, target: Target, old: Spot, new: str) -> None:
        """Lines of a table of sections: "the item relating to section 5"."""
        places = []
        for number in old.words:
            item = re.compile(rf"^(?:§+ ?|Sec\. )?{re.escape(number)}\.[ \t\u2002].*$\n?", re.MULTILINE)
            found = [
                (node, match)
                for node in self._walk(self.base.root)
                if number in node.text
                for match in item.finditer(node.text)
            ]
            if not found:
                raise Refusal("no-target", missing=f"the item of section {number}", where="")
            if len(found) > 1:
                raise Refusal("several-places", words=number, count=len(found))
            places.append((found[0][0], found[0][1].start(), found[0][1].end()))
        if new and len(places) > 1:
            raise Refusal("not-understood")
        for node, start, end in sorted(places, key=lambda place: place[1], reverse=True):
            node.text = (node.text[:start] + (as_law(new) + "\n" if new else "") + node.text[end:]).strip("\n")
            self.touched.append(node)

    def _redesignate(self, instruction: Instruction) -> None:
        old, numbers = instruction.old, instruction.numbers
        if old is not None and old.kind == "end":  # "designating the existing text as paragraph (1)"
            node = self.base.resolve(instruction.target or Target())
            self._put_level(node, numbers[0].steps[-1].number, "", "")
            return
        assert old is not None
        if self._renumbers_act_alone(old.targets, numbers):
            return
        nodes = self._units(old.targets)
        new = [number.steps[-1] for number in numbers]
        if numbers[-1].until:
            first = readings(new[0].number)
            if len(nodes) > 1 and len(first) == 0:
                raise Refusal("does-not-fit", words=new[0].number)
            siblings = old.targets[0]
            raise Refusal("not-understood", missing=str(siblings))
        if len(new) != len(nodes):
            raise Refusal("does-not-fit", old=len(nodes), new=len(new))
        if len(new) == 1 and len(numbers[0].steps) == len(old.targets[0].steps) + 1 and numbers[0].section:
            self._put_level(nodes[0], new[0].number, "", "")  # "section 35 is renumbered as subsection 35(1)"
            return
        parents = {id(node.parent) for node in nodes}
        if len(parents) == 1 and nodes[0].parent is not None:
            moving = {id(node) for node in nodes}
            staying = {label(node.num) for node in nodes[0].parent.children if node.num and id(node) not in moving}
            for step in new:
                if step.number in staying and (
                    not step.kind or step.kind == nodes[0].element or step.kind not in LEVEL_NAMES
                ):
                    raise Refusal("does-not-fit", words=f"({step.number})", place="", taken="1")
        for node, step in zip(nodes, new, strict=True):
            if node.element in SECTIONS:
                known = self.base.sections.get(section_label(node), [])
                if node in known:
                    known.remove(node)
            node.num = _number_like(node.num, step.number)
            if step.kind in LEVEL_NAMES and node.element in LEVEL_NAMES:
                node.element = step.kind
            self.touched.append(node)
        for node in nodes:
            if node.element in SECTIONS:
                self.base.sections.setdefault(section_label(node), []).append(node)

    def _renumbers_act_alone(self, targets: Sequence[Target], numbers: Sequence[Target]) -> bool:
        """Whether sections get new numbers that this text, a code, does not have: they stay where they are."""
        law, known = targets[0].law, self.base.known
        if not self.base.titles or not any(name == law for name, _ in known):
            return False
        if any(len(target.steps) != 1 or not target.section for target in (*targets, *numbers)):
            return False
        moved = {
            (law, new.section): known.pop((law, old.section), None) for old, new in zip(targets, numbers, strict=True)
        }
        known.update({place: found for place, found in moved.items() if found})
        return True

    # --- new provisions ---------------------------------------------------------------------------------------------

    def _insert_beside(self, instruction: Instruction, target: Target, anchor: Spot) -> None:
        new = as_law(instruction.new)
        if anchor.kind == "units":
            self._insert_nodes(instruction, anchor.targets[-1] if instruction.side == "after" else anchor.targets[0])
        elif anchor.kind == "items":
            self._insert_item(anchor, instruction)
        elif anchor.kind == "sentence":
            place = self._sentence(anchor.targets[0], anchor.nth)
            at = place.end if instruction.side == "after" else place.start
            self._set(place, put(place.node.text, at, " ".join(_lines_of(new))))
        elif anchor.kind == "mark":
            node, scopes = self._scopes(target)
            place = self._mark_at_end(anchor.words[0], scopes, node)
            if instruction.side == "after" and place.node.text[place.end :].strip():
                raise Refusal("does-not-fit", words=anchor.words[0], end=place.node.text[-30:])
            at = place.end if instruction.side == "after" else place.start
            self._set(place, put(place.node.text, at, " ".join(_lines_of(new))))
        elif anchor.kind == "words":
            node, scopes = self._scopes(target)
            if len(anchor.words) != 1:
                raise Refusal("not-understood")
            marks = _leading_marks(new)
            places = self._find(anchor.words[0], anchor, scopes, node)
            if (
                marks
                and instruction.side == "before"
                and places[0].node is node
                and not node.text[: places[0].start].strip()
            ):
                lines = LineReader(self.elements).read([(0, 0, new)])
                self._put_level(node, marks[0], lines[0].heading, lines[0].text)
                return
            if "\n" in new:
                raise Refusal("does-not-fit", words=anchor.words[0])
            for place in reversed(places):
                text = getattr(place.node, place.field)
                at = place.end if instruction.side == "after" else place.start
                self._set(place, put(text, at, new))
            self.keeps_order = True
        else:
            raise Refusal("not-understood")

    def _insert_item(self, anchor: Spot, instruction: Instruction) -> None:
        item = re.compile(rf"^(?:§+ ?|Sec\. )?{re.escape(anchor.words[-1])}\.[ \t\u2002].*$", re.MULTILINE)
        found = [(node, match) for node in self._walk(self.base.root) for match in item.finditer(node.text)]
        if not found:
            raise Refusal("no-target", missing=f"the item of section {anchor.words[-1]}", where="")
        if len(found) > 1:
            raise Refusal("several-places", words=anchor.words[-1], count=len(found))
        node, match = found[0]
        new = as_law(instruction.new)
        text = f"{match[0]}\n{new}" if instruction.side == "after" else f"{new}\n{match[0]}"
        self._set(Place(node, "text", 0, 0), node.text[: match.start()] + text + node.text[match.end() :])

    def _insert_nodes(self, instruction: Instruction, anchor: Target) -> None:
        node = self._units([replace(anchor, part="")])[-1]
        lines = _lines_of(instruction.new)
        if anchor.part or node is self.base.root:
            raise Refusal("not-understood")
        parent = node.parent or self.base.root
        new = self._read_new(lines, parent, [node], like=node)
        if node.num and not _head_of(new).num:
            raise Refusal("does-not-fit", words=lines[0][:60])
        at = parent.children.index(node) + (instruction.side == "after")
        self._check_numbers(parent, at, new)
        if instruction.side == "before" and node.lead:
            new[0].lead, node.lead = node.lead, ""
        self._put_nodes(parent, at, new)
        self.base.note(parent, new)
        self.keeps_order = True

    def _add(self, instruction: Instruction, target: Target) -> None:
        if instruction.side == "number":
            self._insert_by_number(instruction)
            return
        node = self.base.resolve(target)
        if target.part == "table":
            tables = [inner for inner in self._walk(node) if _ITEM.search(inner.text)]
            if not tables:
                raise Refusal("no-target", missing=str(target), where="")
            self._set(Place(tables[-1], "text", 0, 0), f"{tables[-1].text}\n{as_law(instruction.new)}")
            return
        if target.part == "heading":
            self._set(Place(node, "heading", 0, 0), put(node.heading, len(node.heading), as_law(instruction.new)))
            return
        if target.part == "sentence":
            place = self._sentence(replace(target, part=""), target.nth)
            text, end = place.node.text, place.end
            end -= text[end - 1 : end] in (".", ";") and instruction.new.strip()[-1:] not in (".", ";")
            self._set(place, put(text, end, as_law(instruction.new)))
            return
        if target.part in ("before", "after"):
            _, scopes = self._scopes(target)
            if not scopes:
                raise Refusal("no-target", missing=str(target), where="")
            last = scopes[-1].node
            self._set(Place(last, "text", 0, 0), put(last.text, len(last.text.rstrip()), as_law(instruction.new)))
            return
        if target.part:
            raise Refusal("not-understood")
        lines = _lines_of(instruction.new)
        if not instruction.is_block and not MARK.match(lines[0]):
            text = as_law(" ".join(lines))
            self._add_words(node, text, instruction.side, is_line=text[:1].isupper())
            return
        new = self._read_new(lines, node, node.children, like=node.children[-1] if node.children else None)
        if instruction.side == "alphabetical":
            self._add_in_order(node, new)
            return
        if not new[0].num:
            if len(new) > 1 or new[0].children:
                raise Refusal("does-not-fit", words=lines[0][:60])
            self._add_words(node, new[0].text, instruction.side, is_line=True)
            return
        at = 0 if instruction.side == "start" else self._end_of_list(node)
        self._check_numbers(node, at, new)
        self._put_nodes(node, at, new)
        self.base.note(node, new)
        self.keeps_order = True

    def _end_of_list(self, node: Node) -> int:
        """After the last child that has a number: words after a list stay after it."""
        at = len(node.children)
        while at and node.children[at - 1].element == "wrapUp":
            at -= 1
        return at or len(node.children)

    def _insert_by_number(self, instruction: Instruction) -> None:
        """An article that comes where its number belongs: ``មាត្រា ៥ ស្ទួន`` after article 5."""
        new = _read_khmer(_lines_of(instruction.new))
        if len(new) != 1:
            raise Refusal("not-understood")
        value = read_number(_after_word(new[0].num))
        before = None
        for nodes in self.base.sections.values():
            for node in nodes:
                own = read_number(_after_word(node.num))
                if value and own == value:
                    raise Refusal("does-not-fit", words=new[0].num, place="", taken="1")
                if value and own and own < value and (before is None or before[0] < own):
                    before = (own, node)
        if before is None:
            raise Refusal("no-target", missing=new[0].num, where="")
        parent = before[1].parent or self.base.root
        self._put_nodes(parent, parent.children.index(before[1]) + 1, new)

    def _add_words(self, node: Node, new: str, side: str, *, is_line: bool = False) -> None:
        """Words at the end of a provision, below its list if it has one; or at its start."""
        if side in ("start", "before"):
            self._set(Place(node, "text", 0, 0), put(node.text, 0, new))
            return
        if is_line and node.children:
            line = Node("wrapUp", text=new)
            node.add(line)
            self.touched += [node, line]
            return
        last = node.last()
        text = last.text.rstrip()
        if re.search(r"\b(?:and|or)$", text) and new in ("and", "or"):
            raise Refusal("does-not-fit", words=new, end=text[-30:])
        self._set(Place(last, "text", 0, 0), put(text, len(text), new))

    def _add_in_order(self, node: Node, new: list[Node]) -> None:
        """Definitions in the order of the alphabet."""
        for each in new:
            term = definition_term(each.text).lower()
            if not term:
                raise Refusal("does-not-fit", words=each.text[:60])
            terms = [(at, definition_term(child.text).lower()) for at, child in enumerate(node.children)]
            named = [(at, word) for at, word in terms if word]
            if not named:
                raise Refusal("no-target", missing="a list of definitions", where=node.num)
            if any(word == term for _, word in named):
                raise Refusal("does-not-fit", words=term, place=node.num, taken="1")
            at = next((at for at, word in named if word > term), named[-1][0] + 1)
            self._put_nodes(node, at, [each])

    def _read_new(self, lines: list[str], parent: Node, siblings: Sequence[Node], like: Node | None) -> list[Node]:
        """New provisions, on the level of the siblings beside which they come."""
        if not lines:
            raise Refusal("not-understood")
        if _KHMER_ARTICLE.match(lines[0]):
            return _read_khmer(lines)
        if (
            like is not None
            and (point := re.match(rf"{re.escape(like.label)}\s*[-–.)៖]*\s*", lines[0]))
            and like.label in KHMER_LETTERS
        ):
            return [Node(like.element, like.num, "", "\n".join([lines[0][point.end() :], *lines[1:]]))]
        marks = [match for line in lines if (match := MARK.match(line))]
        numbered = [child.label for child in siblings if child.num]
        style = style_of(marks[0][1], numbered[-3:]) if marks and MARK.match(_first_text(lines)) else ""
        nodes = LineReader(self.elements, first_style=style).read([(0, 0, line) for line in lines])
        if not nodes:
            raise Refusal("not-understood")
        for node in nodes:
            self._tidy(node)
        if like is not None and like.element in (*SECTIONS, "crossHeading"):
            for node in nodes:
                if not node.num and not node.children and len(node.text) < 120:
                    node.element, node.heading, node.text = "crossHeading", node.text, ""
        first = _head_of(nodes)
        if first.element == "section" and like is not None:
            if like.element in SECTIONS:
                for node in nodes:
                    node.element = like.element
            elif not any(child.element in SECTIONS for child in parent.children):
                # "41.12 (1)" for a subsection: the number of its section is printed again.
                if len(nodes) == 1 and first.children and label(first.children[0].num) == label(like.num):
                    inner = first.children[0]
                    inner.heading = inner.heading or first.heading
                    inner.parent = None
                    first.children.remove(inner)
                    nodes = [inner, *first.children]
                else:
                    raise Refusal("does-not-fit", words=first.num, place=like.num)
        elif first.num and like is not None and like.num:
            own, its = style_of(label(first.num), numbered[-3:]), style_of(like.label, [label(first.num)])
            if (
                own != its
                and like.element not in SECTIONS
                and like.element != "alinea"
                and not _is_same_style(like, first)
            ):
                raise Refusal("does-not-fit", words=first.num, place=like.num)
            for node in nodes:
                if node.num and node.element not in SECTIONS and like.element not in SECTIONS:
                    self._set_element(node, like.element)
        if len({node.num for node in nodes if node.num}) < sum(1 for node in nodes if node.num):
            raise Refusal("does-not-fit", words=first.num, place="", taken="1")
        return nodes

    def _set_element(self, node: Node, element: str) -> None:
        """The level of a new provision and of those under it, counted down from its neighbour's."""
        if element not in LEVEL_NAMES:
            node.element = element
            return
        node.element = element
        below = LEVEL_NAMES[min(LEVEL_NAMES.index(element) + 1, len(LEVEL_NAMES) - 1)]
        for child in node.children:
            if child.num:
                self._set_element(child, below)

    def _tidy(self, node: Node) -> None:
        for inner in node.walk():
            inner.text, inner.heading = as_law(inner.text), as_law(inner.heading)

    def _element(self, parent: Node, style: str, siblings: Sequence[Node]) -> str:
        if siblings:
            return siblings[0].element
        if parent.element in LEVEL_NAMES[1:-1]:
            return LEVEL_NAMES[LEVEL_NAMES.index(parent.element) + 1]
        return self.elements.get(style, "paragraph")

    def _check_numbers(self, parent: Node, at: int, new: list[Node], leaving: Sequence[Node] = ()) -> None:
        """Refuse new provisions whose numbers stand there already, or do not belong at the place in the list."""
        gone = {id(node) for node in leaving}
        head = _head_of(new)
        if head.element in SECTIONS:
            here = (node for each in new for node in self.base.sections.get(section_label(each), ()) if each.num)
            if not self.base.titles and any(id(node) not in gone for node in here):
                raise Refusal("does-not-fit", words=head.num, place="", taken="1")
            return
        index = self.base.numbered(parent)
        there = (node.num for node in new for old in index.get(node.label, ()) if node.num and id(old) not in gone)
        if clash := next(there, ""):
            raise Refusal("does-not-fit", words=clash, place=_path_of(parent), taken="1")
        if not head.num:
            return
        near = range(max(0, at - _NEAR), min(len(parent.children), at + len(leaving) + _NEAR))
        beside = [(place < at, parent.children[place]) for place in near]
        beside = [(is_before, child) for is_before, child in beside if child.num and id(child) not in gone]
        style = style_of(head.label, [child.label for _, child in beside])
        place, last = (
            dict(readings(node.label)).get(style, ()) for node in (head, [node for node in new if node.num][-1])
        )
        known = [(is_before, dict(readings(child.label)).get(style)) for is_before, child in beside]
        before = next((each for is_before, each in reversed(known) if is_before and each), None)
        after = next((each for is_before, each in known if not is_before and each), None)
        fits = (before is None or before < place) and (after is None or last < after)
        if after is None and not leaving:  # at the end of a list, or the first of a new one
            fits = fits and (place[0] <= before[0] + _WIDEST_GAP if before else place == (1,))
        if not fits:
            raise Refusal("does-not-fit", words=head.num, place=_path_of(parent), order="1")

    def _put_nodes(self, parent: Node, at: int, new: list[Node], same: dict[str, Node] | None = None) -> None:
        """New nodes at a place; one that takes the place of a provision of its number keeps that one's address."""
        for offset, node in enumerate(new):
            old = (same or {}).get(node.label) if node.num or len(new) == 1 else None
            if old is not None and old.eid:
                self._take_addresses(old, node)
            parent.add(node, at + offset)
            if node.element in SECTIONS:
                self.base.sections.setdefault(section_label(node), []).append(node)
            self.touched += list(node.walk())

    def _take_addresses(self, old: Node, new: Node) -> None:
        new.eid, new.line = old.eid, old.line
        if old.element == new.element or old.element in SECTIONS:
            new.element = old.element
        new.attributes = dict(old.attributes)
        before = {(child.element, label(child.num)): child for child in old.children if child.num}
        for child in new.children:
            match = before.get((child.element, label(child.num))) if child.num else None
            if match is not None and match.eid:
                self._take_addresses(match, child)


def _heading_field(node: Node) -> str:
    """Where the heading is: a reader takes "(a) Fees", above a list, for the text of (a)."""
    is_text = node.children and not node.heading and "\n" not in node.text and node.text[-1:].isalnum()
    return "text" if is_text and len(node.text) < 120 else "heading"


def _head_of(nodes: Sequence[Node]) -> Node:
    """The first that has a number: headings may come before it."""
    return next((node for node in nodes if node.num), nodes[0])


def _lines_of(new: str) -> list[str]:
    """The lines of new provisions, without the spaces by which they are indented."""
    return [line.strip(" \t\u2001\u2003") for line in new.split("\n") if line.strip(" \t\u2001\u2003")]


def _after_word(num: str) -> str:
    """``មាត្រា ២៨`` -> ``២៨``."""
    return num.split(None, 1)[-1]


def _read_khmer(lines: list[str]) -> list[Node]:
    """New articles in Khmer, read as a law is."""
    document = segment([Block(line) for line in lines], "km")
    nodes = Base.of(document).root.children
    for node in nodes:
        node.parent = None
        for inner in node.walk():
            inner.eid, inner.line = "", 0
    return nodes


def _first_text(lines: list[str]) -> str:
    return next((line for line in lines if not _SIDE_NOTE_LINE.fullmatch(line)), "")


def _is_same_style(one: Node, other: Node) -> bool:
    mine, its = dict(readings(one.label)), dict(readings(other.label))
    return any(style in its for style in mine)


def _leading_marks(text: str) -> list[str]:
    """The numbers with which words begin: ``(2)(A) The fee`` -> ``["2", "A"]``."""
    marks: list[str] = []
    at = 0
    while match := MARK.match(text, at):
        marks.append(match[1])
        at = match.end()
    return marks


def _number_like(old: str, number: str) -> str:
    """A number printed as the one it replaces: ``(3)`` for ``(2)``, ``§ 5`` for ``§ 4``."""
    bare = re.escape(label(old)) or "$"
    found = re.search(rf"{bare}(?=\W*$)", old) or re.search(r"[0-9០-៩].*$", old)
    return f"{old[: found.start()]}{number}{old[found.end() :]}" if old and found else f"({number})"


def _path_of(node: Node) -> str:
    parts: list[str] = []
    walked: Node | None = node
    while walked is not None and walked.element not in SECTIONS:
        if walked.num:
            parts.append(walked.num)
        walked = walked.parent
    section = f"section {section_label(walked)}" if walked is not None else ""
    return (section + "".join(reversed(parts))) or node.heading or node.eid


def _nearly(words: str, node: Node) -> str:
    """Words of a provision that differ from those looked for by little, empty where there are none."""
    wanted = words.lower().split()
    if not 2 <= len(wanted) <= 60 or not node.element:
        return ""
    for inner in node.walk():
        have = inner.text.split()
        block = SequenceMatcher(None, inner.text.lower().split(), wanted, autojunk=False).find_longest_match()
        if block.size * 2 < len(wanted) and block.size < 4:
            continue
        shown = " ".join(have[max(0, block.a - block.b) :][: len(wanted)])
        same = sum(each.size for each in SequenceMatcher(None, shown.lower().split(), wanted).get_matching_blocks())
        if same >= 0.6 * len(wanted) or SequenceMatcher(None, shown.lower(), words.lower()).ratio() >= 0.7:
            return shown
    return ""
