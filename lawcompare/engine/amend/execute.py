"""Instructions carried out on the tree of a law, one after the other: each is executed whole, or refused and changes
nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lawcompare.engine.amend.base import OF_A_NODE, SECTIONS, Refusal, number_of
from lawcompare.engine.amend.instructions import ADDRESS, Instruction, Outcome, Spot, Step, Target
from lawcompare.engine.amend.new_provisions import (
    KHMER_ARTICLE,
    after_word,
    check_numbers,
    head_of,
    read_khmer,
    read_new,
    take_addresses,
    tidy,
)
from lawcompare.engine.amend.text_edits import (
    LOOKED_FOR,
    TextEdits,
    heading_field,
    leading_marks,
    lines_of,
    number_like,
    path_of,
    section_of,
)
from lawcompare.engine.amend.words import Place, as_law, cut, put
from lawcompare.engine.structure.numbering import read_number
from lawcompare.engine.structure.provisions import LEVEL_NAMES, MARK, LineReader, Node, definition_term, readings

OF_NEW = 500  # what it costs to read a letter of new words, of which lists are made, beside looking at one
TELLING = 12  # letters from which words say which provision is meant
_ITEM = re.compile(r"^(?:§+ ?|Sec\. )?\d[\w–.-]*\.[ \t\u2002]", re.MULTILINE)  # of a table of sections


class Executor(TextEdits):
    """Carries instructions out on a base, in order."""

    def run(self, instruction: Instruction) -> Outcome:
        """What became of one instruction."""
        self.touched = []
        self.keeps_order = False
        spot = instruction.old or instruction.anchor
        targets = spot.targets if spot and spot.kind in ("units", "sentence") else ()
        targets = targets or ((instruction.target,) if instruction.target else ())
        try:
            if instruction.reason:
                raise Refusal(instruction.reason, **instruction.values)
            targets = tuple(map(self._cited, targets))
            self.base.spend(OF_NEW * len(instruction.new))
            self._carry_out(instruction)
        except Refusal as refusal:
            targets = () if refusal.reason in ("no-target", "names-another-act", "not-understood") else targets
            refusal = self._of_a_slip(instruction, refusal)
            return Outcome(instruction, refusal.reason, refusal.values, (), targets)
        finally:
            if not self.keeps_order:
                self.base.forget()
        return Outcome(instruction, targets=targets)

    def _of_a_slip(self, instruction: Instruction, refusal: Refusal) -> Refusal:
        """The refusal; where no such provision is there, but its section has the words, that of a wrong number."""
        spot, where = instruction.old or instruction.anchor, refusal.values.get("where")
        words = spot.words[0] if spot and spot.kind == "words" and spot.words else ""
        if refusal.reason != "no-target" or not isinstance(where, Target) or len(words) < TELLING:
            return refusal
        beside = self._words_in(words, section_of(self.base.resolve(where)))
        return Refusal("does-not-fit", words=words, place=path_of(beside.node)) if beside else refusal

    def _cited(self, target: Target) -> Target:
        """The target; one that a person chose by its address as laws cite it."""
        if not target.steps or target.steps[0].kind != ADDRESS:
            return target
        return replace(path_of(self.base.at(target.steps[0].number)), part=target.part, nth=target.nth)

    def _carry_out(self, instruction: Instruction) -> None:
        target, old = instruction.target, instruction.old
        if target is None or (instruction.new and not instruction.new.strip()):
            raise Refusal("not-understood")
        if instruction.operation == "format":
            self.base.resolve(target)
        elif instruction.operation == "redesignate" and old is not None:
            self._redesignate(old, instruction)
        elif old is not None and old.kind == "units":
            targets = self._run_of(old)
            self._replace_units(instruction, targets) if instruction.new else self._remove_units(targets)
        elif old is not None and old.through is not None and old.kind != "words":
            raise Refusal("not-understood")
        elif old is not None and old.kind == "sentence":
            for each in old.targets:
                self._change_sentence(each, old.nth, instruction)
        elif old is not None and old.kind == "items":
            self._remove_items(old, instruction.new)
        elif old is not None:
            self._change_words(instruction, target, old)
        elif instruction.anchor is not None:
            self._insert_beside(instruction, target, instruction.anchor)
        else:
            self._add(instruction, target)

    def _run_of(self, old: Spot) -> tuple[Target, ...]:
        """The targets of units; ``paragraph (1) and all that follows through paragraph (3)`` is one with the last."""
        if old.through is None:
            return old.targets
        last, first = old.through.targets, old.targets
        if len(first) != 1 or len(last) != 1 or old.before_it or last[0].steps[:-1] != first[0].steps[:-1]:
            raise Refusal("not-understood")
        return (replace(first[0], until=last[0].steps[-1].number),)

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
                    raise Refusal("no-target", missing=Target((Step("", target.until),)), where=target)
                found += siblings[siblings.index(node) + 1 : siblings.index(last) + 1]
        return found

    def _remove_units(self, targets: Sequence[Target]) -> None:
        parts = {target.part for target in targets}
        if parts == {"heading"}:
            for node in self._units(targets):
                node.heading = ""
                self.touched.append(node)
            return
        if parts <= {"sentence", "before", "after"}:
            for target in targets:
                for scope in self._scopes(target)[1]:
                    self._set(scope, cut(scope.whole, scope.start, scope.end).rstrip("\n"))
            return
        if parts - {"", "with-heading", "heading-before"}:
            raise Refusal("not-understood")
        nodes = []
        for each in targets:
            if each.part:
                nodes += self._headings_before(self.base.resolve(replace(each, part="")))
            nodes += self._units([each]) if each.part != "heading-before" else []
        if any(node is self.base.root for node in nodes):
            raise Refusal("not-understood")
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
            raise Refusal("no-target", missing=replace(path_of(node), part="heading-before"))
        return siblings[start:at]

    def _replace_units(self, instruction: Instruction, targets: Sequence[Target]) -> None:
        target = targets[0]
        lines = lines_of(instruction.new)
        if target.part in ("heading", "designation"):
            node = self.base.resolve(target)
            named = LineReader(self.elements).read([(0, 0, line) for line in lines])
            is_numbered = bool(named and named[0].num and named[0].heading)  # "SEC. 5. HEADING."
            if target.part == "designation" and (not is_numbered or named[0].text):
                raise Refusal("not-understood")
            heading = as_law(named[0].heading if is_numbered else " ".join(lines)).strip("[]")
            setattr(node, heading_field(node), f"[{heading}]" if node.heading.startswith("[") else heading)
            node.num = named[0].num if target.part == "designation" else node.num
            self.touched.append(node)
            return
        if target.part == "sentence":
            self._change_sentence(replace(target, part=""), target.nth, instruction)
            return
        if target.part not in ("", "before", "with-heading", "heading-before"):
            raise Refusal("not-understood")
        nodes = self._units([replace(each, part="") for each in targets] if target.part != "before" else targets)
        if target.part in ("with-heading", "heading-before"):
            headings = self._headings_before(nodes[0])
            nodes = [*headings, *nodes] if target.part == "with-heading" else headings
            target = replace(target, part="")
        first = nodes[0]
        new = read_new(self.elements, lines, first.parent or self.base.root, [first], like=first)
        if target.part == "before":
            self._replace_portion(first, target, new)
            return
        if first is self.base.root:
            raise Refusal("not-understood")
        head = head_of(new)
        is_section = first.element in SECTIONS
        if first.num and first.element != "alinea" and (not head.num or is_section != (head.element in SECTIONS)):
            if head.num and all(place != (1,) for _, place in readings(head.label)):
                raise Refusal("does-not-fit", words=head.num)
            self._replace_contents(first, new)
            return
        own = {*map(number_of, nodes), target.section if is_section else ""}
        if first.num and not KHMER_ARTICLE.match(lines[0]) and number_of(head) not in own:
            raise Refusal("does-not-fit", words=head.num)
        parent = first.parent or self.base.root
        at, new[0].lead, head.title = parent.children.index(first), first.lead, first.title
        check_numbers(self.base, parent, at, new, nodes)
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
        for child in node.children:
            child.parent = None
        node.children = []
        node.text = as_law(text.text) if text else ""
        for child in new:
            node.add(child)
            tidy(child)
        self.touched += [inner for child in new for inner in child.walk()]

    def _replace_portion(self, node: Node, target: Target, new: list[Node]) -> None:
        """``The portion of paragraph (i) before subparagraph (i)``: the text of the paragraph, and what is before."""
        if len(new) != 1 or (new[0].num and new[0].label != node.label) or not target.edge:
            raise Refusal("does-not-fit", words=new[0].num if new else "")
        at = self._child_at(node, target.edge[0])
        for gone in node.children[:at]:
            self._detach(gone)
        node.text, node.heading = new[0].text, new[0].heading or node.heading
        for place, child in enumerate(new[0].children):
            node.add(child, place)
        self.touched += [node, *(inner for child in new[0].children for inner in child.walk())]

    def _remove_items(self, old: Spot, new: str) -> None:
        """Lines of a table of sections: "the item relating to section 5"."""
        places = [self._item(number) for number in old.words]
        if new and len(places) > 1:
            raise Refusal("not-understood")
        for place in sorted(places, key=lambda place: place.start, reverse=True):
            line = [as_law(new)] if new else []
            text = place.node.text
            lines = [text[: place.start].rstrip("\n"), *line, text[place.end :].lstrip("\n")]
            self._set(place, "\n".join(filter(None, lines)))

    def _item(self, number: str) -> Place:
        """The line of a section in a table of sections."""
        item = re.compile(rf"^(?:§+ ?|Sec\. )?{re.escape(number)}\.[ \t\u2002].*$", re.MULTILINE)
        nodes = self._walk(self.base.root)
        self.base.spend(sum(OF_A_NODE + LOOKED_FOR * len(node.text) for node in nodes))
        nodes = [node for node in nodes if number in node.text]
        found = [Place(node, "text", *match.span()) for node in nodes for match in item.finditer(node.text)]
        if len(found) != 1:
            reason = "several-places" if found else "no-target"
            raise Refusal(reason, missing=Target((Step("section", number),), part="table"), count=len(found))
        return found[0]

    def _redesignate(self, old: Spot, instruction: Instruction) -> None:
        numbers = instruction.numbers
        if old.kind == "end":  # "designating the existing text as paragraph (1)"
            node = self.base.resolve(instruction.target or Target())
            self._put_level(node, numbers[0].steps[-1].number, "", "")
            return
        if self._renumbers_act_alone(old.targets, numbers):
            return
        nodes = self._units(old.targets)
        new = [number.steps[-1] for number in numbers]
        if numbers[-1].until:
            raise Refusal("not-understood")
        if len(new) != len(nodes):
            raise Refusal("does-not-fit", old=len(nodes), new=len(new))
        if len(new) == 1 and len(numbers[0].steps) == len(old.targets[0].steps) + 1 and numbers[0].section:
            self._put_level(nodes[0], new[0].number, "", "")  # "section 35 is renumbered as subsection 35(1)"
            return
        index = self.base.numbered(nodes[0].parent or self.base.root)
        for step in new:
            is_level = step.kind in ("", nodes[0].element) or step.kind not in LEVEL_NAMES
            if is_level and any(node not in nodes for node in index.get(step.number, ())):
                raise Refusal("does-not-fit", words=f"({step.number})", taken="1")
        for node, step in zip(nodes, new, strict=True):
            self.base.leave(node)
            node.num = number_like(node.num, step.number)
            if step.kind in LEVEL_NAMES and node.element in LEVEL_NAMES:
                node.element = step.kind
            self.touched.append(node)
        for node in nodes:
            self.base.enter(node)

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

    def _insert_beside(self, instruction: Instruction, target: Target, anchor: Spot) -> None:
        is_after, new = instruction.side == "after", as_law(instruction.new)
        node, scopes = self._scopes(target) if anchor.kind in ("mark", "words") else (self.base.root, [])
        if anchor.kind == "units":
            self._insert_nodes(instruction, anchor.targets[-1 if is_after else 0])
            return
        if anchor.kind == "items":
            places = [self._item(anchor.words[-1])]
            new = f"\n{new}" if is_after else f"{new}\n"
        elif anchor.kind == "sentence":
            places = [self._sentence(anchor.targets[0], anchor.nth)]
            new = " ".join(lines_of(new))
        elif anchor.kind == "mark":
            places = [self._mark_at_end(anchor.words[0], scopes)]
            ending = places[0].node.text
            if is_after and ending[places[0].end :].strip():
                raise Refusal("does-not-fit", words=anchor.words[0], end=ending[-30:])
            new = " ".join(lines_of(new))
        elif anchor.kind == "words" and len(anchor.words) == 1:
            places = self._find(anchor.words[0], anchor, scopes, node)
            is_first = places[0].node is node and not node.text[: places[0].start].strip()
            if is_first and not is_after and (marks := leading_marks(new)):
                lines = LineReader(self.elements).read([(0, 0, new)])
                self._put_level(node, marks[0], lines[0].heading, lines[0].text)
                return
            if "\n" in new:
                raise Refusal("does-not-fit", words=anchor.words[0])
            self.keeps_order = True
        else:
            raise Refusal("not-understood")
        for place in reversed(places):
            self._set(place, put(place.whole, place.end if is_after else place.start, new))

    def _insert_nodes(self, instruction: Instruction, anchor: Target) -> None:
        node = self._units([replace(anchor, part="")])[-1]
        lines = lines_of(instruction.new)
        if anchor.part or node is self.base.root:
            raise Refusal("not-understood")
        parent = node.parent or self.base.root
        new = read_new(self.elements, lines, parent, [node], like=node)
        if node.num and not head_of(new).num:
            raise Refusal("does-not-fit", words=lines[0][:60])
        at = parent.children.index(node) + (instruction.side == "after")
        check_numbers(self.base, parent, at, new)
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
        new_words = as_law(instruction.new)
        if target.part == "table":
            self.base.spend(sum(OF_A_NODE + LOOKED_FOR * len(inner.text) for inner in self._walk(node)))
            tables = [inner for inner in self._walk(node) if _ITEM.search(inner.text)]
            if not tables:
                raise Refusal("no-target", missing=target)
            self._set(Place(tables[-1], "text"), f"{tables[-1].text}\n{new_words}")
        elif target.part == "heading":
            self._set(Place(node, "heading"), put(node.heading, len(node.heading), new_words))
        elif target.part == "sentence":
            place = self._sentence(replace(target, part=""), target.nth)
            text, end = place.node.text, place.end
            end -= text[end - 1 : end] in (".", ";") and new_words.strip()[-1:] not in (".", ";")
            self._set(place, put(text, end, new_words))
        elif target.part in ("before", "after"):
            _, scopes = self._scopes(target)
            if not scopes:
                raise Refusal("no-target", missing=target)
            last = scopes[-1].node
            self._set(Place(last, "text"), put(last.text, len(last.text.rstrip()), new_words))
        elif target.part:
            raise Refusal("not-understood")
        else:
            self._add_below(instruction, node)

    def _add_below(self, instruction: Instruction, node: Node) -> None:
        lines = lines_of(instruction.new)
        if not instruction.is_block and not MARK.match(lines[0]):
            text = as_law(" ".join(lines))
            self._add_words(node, text, instruction.side, is_line=text[:1].isupper())
            return
        inside = [child for child in node.children if child.element != "wrapUp"]  # words after a list stay after it
        new = read_new(self.elements, lines, node, inside, like=inside[-1] if inside else None)
        if instruction.side == "alphabetical":
            self._add_in_order(node, new)
            return
        if not new[0].num:
            if len(new) > 1 or new[0].children:
                raise Refusal("does-not-fit", words=lines[0][:60])
            self._add_words(node, new[0].text, instruction.side, is_line=True)
            return
        last = node.children.index(inside[-1]) + 1 if inside else len(node.children)
        at = 0 if instruction.side == "start" else last
        check_numbers(self.base, node, at, new)
        self._put_nodes(node, at, new)
        self.base.note(node, new)
        self.keeps_order = True

    def _insert_by_number(self, instruction: Instruction) -> None:
        """An article that comes where its number belongs: ``មាត្រា ៥ ស្ទួន`` after article 5."""
        new = read_khmer(lines_of(instruction.new))
        if len(new) != 1:
            raise Refusal("not-understood")
        value = read_number(after_word(new[0].num))
        before = None
        self.base.spend(6 * OF_A_NODE * sum(map(len, self.base.sections.values())))
        for nodes in self.base.sections.values():
            for node in nodes:
                own = read_number(after_word(node.num))
                if value and own == value:
                    raise Refusal("does-not-fit", words=new[0].num, taken="1")
                if value and own and own < value and (before is None or before[0] < own):
                    before = (own, node)
        if before is None:
            raise Refusal("no-target", missing=new[0].num)
        parent = before[1].parent or self.base.root
        self._put_nodes(parent, parent.children.index(before[1]) + 1, new)

    def _add_words(self, node: Node, new: str, side: str, *, is_line: bool = False) -> None:
        """Words at the end of a provision, below its list if it has one; or at its start."""
        if side in ("start", "before"):
            self._set(Place(node, "text"), put(node.text, 0, new))
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
        self._set(Place(last, "text"), put(text, len(text), new))

    def _add_in_order(self, node: Node, new: list[Node]) -> None:
        """Definitions in the order of the alphabet."""
        self.base.spend(OF_A_NODE * len(node.children) * (1 + len(new)))
        terms = {definition_term(child.text).lower() for child in node.children} - {""}
        if not terms:
            raise Refusal("no-target", missing=Target(part="definitions"), where=path_of(node))
        coming = [(definition_term(each.text).lower(), each) for each in new]
        for term, each in coming:
            if not term or term in terms:
                raise Refusal("does-not-fit", words=term or each.text[:60], taken="1" if term else "")
        for term, each in coming:
            named = [(at, definition_term(child.text).lower()) for at, child in enumerate(node.children)]
            after = [at for at, word in named if word > term]
            self._put_nodes(node, after[0] if after else max(at for at, word in named if word) + 1, [each])

    def _put_nodes(self, parent: Node, at: int, new: list[Node], same: dict[str, Node] | None = None) -> None:
        """New nodes at a place; one that takes the place of a provision of its number keeps that one's address."""
        for offset, node in enumerate(new):
            old = (same or {}).get(node.label) if node.num or len(new) == 1 else None
            if old is not None and old.eid:
                take_addresses(old, node)
            parent.add(node, at + offset)
            self.base.widest = max(self.base.widest, len(parent.children))
            self.base.enter(node)
            self.touched += list(node.walk())
