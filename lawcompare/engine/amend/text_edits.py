"""Words of provisions struck, replaced and put in; numbers that words bring along; and the tree that they change."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from lawcompare.engine.amend.base import LOOKED_AT, OF_A_NODE, SECTIONS, Base, Refusal, section_label
from lawcompare.engine.amend.instructions import ADDRESS, Instruction, Spot, Step, Target
from lawcompare.engine.amend.words import Place, as_law, find, put, scopes_of, sentences, swap
from lawcompare.engine.structure.provisions import (
    COMMONWEALTH_ELEMENTS,
    HEADING,
    LEVEL_NAMES,
    MARK,
    US_ELEMENTS,
    LineReader,
    Node,
    follows,
    label,
    readings,
    style_of,
)

LOOKED_FOR = 12  # what it costs to look for words in a letter, set beside copying one
NEEDED_MAX = 10  # words of those looked for that a provision must have to be looked through
HINT_MAX = 1_000  # letters of words that are looked for nearly
_ALIKE = 70  # of a hundred letters


class TextEdits:
    """Edits of the words of a base; ``touched`` are the provisions that an instruction changed."""

    def __init__(self, base: Base, *, is_us: bool) -> None:
        self.base = base
        self.elements = US_ELEMENTS if is_us else COMMONWEALTH_ELEMENTS
        self.touched: list[Node] = []
        self.keeps_order = False  # whether what is known of the order of the law is still right

    def _scopes(self, target: Target, words: str = "") -> tuple[Node, list[Place]]:
        """Where the words of a target are: all of it, or what stands before a child, a sentence, the heading.

        Of a whole law only provisions that hold all of ``words``: it may have as many as an act instructions.
        """
        node = self.base.resolve(target)
        if target.part == "heading":
            return node, [Place(node, heading_field(node))]
        if target.part == "sentence":
            return node, [self._sentence(replace(target, part=""), target.nth)]
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
                return node, [Place(last, "text", cut_at + 1)] if cut_at >= 0 else []
            return node, scopes_of([*own, *nodes], "text")
        inside = self._walk(node)
        if not node.element and words:
            needed = re.findall(r"\w+", words)[:NEEDED_MAX]
            self.base.spend(sum(OF_A_NODE + len(inner.text) for inner in inside))
            inside = [inner for inner in inside if all(each in inner.text for each in needed)]
        return node, scopes_of(inside, "text")

    def _walk(self, node: Node) -> list[Node]:
        if node is self.base.root:
            found = self.base.all_nodes()
        else:
            found = [inner for child in node.children for inner in child.walk()] if not node.element else [*node.walk()]
        self.base.spend(OF_A_NODE // 4 * len(found))
        return found

    def _child_at(self, node: Node, step: Step) -> int:
        child = self.base.child(node, step)
        if child is None:
            raise Refusal("no-target", missing=Target((step,)))
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
        self.base.spend(sum(OF_A_NODE + LOOKED_FOR * len(each.text) for each in inside))
        found = [Place(each, "text", *span) for each in inside for span in sentences(each.text)]
        at = nth - 1 if nth > 0 else nth
        if not -len(found) <= at < len(found):
            raise Refusal("no-target", missing=Target(part="sentence", nth=nth), where=target)
        return found[at]

    def _find(self, words: str, spot: Spot, scopes: list[Place], node: Node) -> list[Place]:
        """The places of words as the instruction says them: one, each, the last; refused where that is not clear."""
        places = self._look(words, scopes)
        if spot.at_end:
            places = [place for place in places if self._ends(place, scopes)] or (
                places if len(places) == 1 and not scopes[-1].until_end.rstrip().endswith((".", ";")) else []
            )
            places = places[-1:]
        if not places and scopes and scopes[0].field != "heading":
            headings = scopes_of(list(dict.fromkeys(scope.node for scope in scopes)), "heading")
            places = self._look(words, headings) if not spot.at_end else []
        if not places:
            self._refuse_words(words, node)
        if spot.nth:
            at = spot.nth - 1 if spot.nth > 0 else spot.nth
            if not -len(places) <= at < len(places):
                raise Refusal("words-not-there", words=words)
            return [places[at]]
        if len(places) > 1 and not spot.each:
            raise Refusal("several-places", words=words, count=len(places))
        return places

    def _look(self, words: str, scopes: list[Place]) -> list[Place]:
        self.base.spend(sum(OF_A_NODE + LOOKED_FOR * len(scope.whole) for scope in scopes))
        return find(words, scopes)

    def _ends(self, place: Place, scopes: list[Place]) -> bool:
        last = scopes[-1]
        return place.node is last.node and not last.until_end[place.end :].strip(" .;,:")

    def _refuse_words(self, words: str, node: Node) -> None:
        """Words that are not there: a slip of the act where they stand beside the target or nearly in it."""
        if (section := section_of(node)) is not node and (beside := self._words_in(words, section)):
            raise Refusal("does-not-fit", words=words, place=path_of(beside.node))
        if near := self._nearly(words, node):
            raise Refusal("does-not-fit", words=words, near=near)
        raise Refusal("words-not-there", words=words)

    def _words_in(self, words: str, node: Node) -> Place | None:
        """The first place of the words in a provision and all in it, headings too."""
        scopes = scopes_of(list(node.walk()), "text", "heading")
        is_short = self.base.may_hint(OF_A_NODE * len(scopes) + sum(len(scope.whole) for scope in scopes))
        return next(iter(find(words, scopes)), None) if is_short else None

    def _nearly(self, words: str, node: Node) -> str:
        """Words of a provision that differ from those looked for by little, empty where there are none."""
        wanted = words.lower().split()
        if not 2 <= len(wanted) <= 60 or len(words) > HINT_MAX or not node.element:
            return ""
        for inner in node.walk():
            have = inner.text.split()
            if not self.base.may_hint(OF_A_NODE + len(words) + len(have) * len(wanted)):
                return ""
            block = SequenceMatcher(None, inner.text.lower().split(), wanted, autojunk=False).find_longest_match()
            if block.size * 2 < len(wanted) and block.size < 4:
                continue
            shown = " ".join(have[max(0, block.a - block.b) :][: len(wanted)])[:HINT_MAX]
            same = sum(each.size for each in SequenceMatcher(None, shown.lower().split(), wanted).get_matching_blocks())
            if same >= 0.6 * len(wanted) or fuzz.ratio(shown.lower(), words.lower()) >= _ALIKE:
                return shown
        return ""

    def _change_words(self, instruction: Instruction, target: Target, old: Spot) -> None:
        node, scopes = self._scopes(target, "" if old.through or len(old.words) > 1 else old.words[0])
        new = as_law(instruction.new)
        if old.kind == "mark":
            if old.through:
                raise Refusal("not-understood")
            place = self._mark_at_end(old.words[0], scopes)
            self._set(place, swap(place.whole, place.start, place.end, new))
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
            self._strike_through(old, old.through, scopes, node, instruction)
            return
        is_wrap = instruction.is_block or bool(MARK.match(new))
        if is_wrap and MARK.match(new) and self._wrap(node, old, scopes, new):
            return
        if instruction.is_block and "\n" in new:
            raise Refusal("does-not-fit", words=old.words[0])
        found = [place for words in old.words for place in self._find(words, old, scopes, node)]
        for place in sorted(found, key=lambda place: place.start, reverse=True):
            text = swap(place.whole, place.start + old.kept, place.end, new)
            self._set(place, text[:1].upper() + text[1:] if place.field == "heading" else text)
        self.keeps_order = True

    def _set(self, place: Place, text: str) -> None:
        self.base.spend(len(text))
        setattr(place.node, place.field, text)
        self.touched.append(place.node)

    def _mark_at_end(self, mark: str, scopes: list[Place]) -> Place:
        """The period, semicolon … that ends the target."""
        if not scopes:
            raise Refusal("does-not-fit", words=mark)
        last = scopes[-1]
        text = last.until_end.rstrip()
        inner = text.rstrip('”"’)')
        for ending in (text, inner, re.sub(r" ?\b(?:and|or)$", "", text)):
            if ending.endswith(mark):
                return Place(last.node, last.field, len(ending) - len(mark), len(ending))
        raise Refusal("does-not-fit", words=mark, end=text[-30:])

    def _strike_through(self, old: Spot, stop: Spot, scopes: list[Place], node: Node, instruction: Instruction) -> None:
        """Strike from words on to other words, to the end of a sentence or of the target, over several provisions."""
        starts = self._find(old.words[0], replace(old, through=None), scopes, node)
        start = starts[0]._replace(start=starts[0].start + old.kept)
        order = [scope for scope in scopes if scope.field == start.field]
        at = next(index for index, scope in enumerate(order) if scope.node is start.node)
        if stop.kind == "end":
            last = order[-1]
            end = Place(last.node, last.field, len(last.until_end), len(last.until_end))
        elif stop.kind == "mark":
            end = self._mark_at_end(stop.words[0], order)
        elif stop.kind == "words":
            after = [Place(start.node, start.field, start.end, order[at].end), *order[at + 1 :]]
            places = self._look(stop.words[-1], after)
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
            self._set(start, swap(start.whole, start.start, stop_at, new))
            return
        nodes = [scope.node for scope in order[at + 1 :]]
        struck = dict.fromkeys(nodes[: nodes.index(end.node) + 1])
        tail = end.whole[stop_at:]
        self._set(start, swap(start.node.text[: start.start] + tail, start.start, start.start, new))
        for gone in reversed(struck):
            for child in [child for child in reversed(gone.children) if child not in struck]:
                if (above := gone.parent) is not None:  # what was not struck moves up
                    self.base.spend(LOOKED_AT * (len(gone.children) + len(above.children)))
                    gone.children.remove(child)
                    above.add(child, above.children.index(gone) + 1)
            self._detach(gone)

    def _change_number(self, node: Node, new: str) -> None:
        """``striking “(2)” and inserting “(2)(A)”``: a new number, or one level more."""
        marks = leading_marks(new)
        if not marks or len(marks) > 2:
            raise Refusal("does-not-fit", words=node.num)
        rest = new[sum(len(mark) + 2 for mark in marks) + new.count(") (") :].strip()
        if len(marks) == 2:
            self._put_level(node, marks[1], "", "")
        node.num = number_like(node.num, marks[0])
        if rest:
            node.children[0].text = put(node.children[0].text, 0, rest) if len(marks) == 2 else node.text
        self.touched.append(node)

    def _wrap(self, node: Node, old: Spot, scopes: list[Place], new: str) -> bool:
        """``striking “The fee” and inserting “(1) In general.—The fee”``: a sentence becomes a level of its own.

        At the start of a text it is the first of a new list; after the first, which the list then has, the next.
        """
        places = [place for place in self._look(old.words[0], scopes) if place.field == "text"]
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
        own, previous = (dict(readings(each.label)).get(style, ()) if each.num else () for each in (first, owner))
        is_next = own and previous and follows(own, previous)
        if not (before.endswith((".", ";")) and is_next and owner.parent):
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
        child = Node(self._element(node, style), f"({number})", heading, put(before + node.text, len(before), ""))
        if before and node.text:
            child.text = before + ("" if node.text[:1] in " ,;:.—" else " ") + node.text
        lower = [each for each in node.children if not each.num or style_of(each.label) != style]
        for each in lower:
            node.children.remove(each)
            child.add(each)
        node.text = ""
        node.add(child, 0)
        self.touched += [node, child]

    def _change_sentence(self, target: Target, nth: int, instruction: Instruction) -> None:
        place = self._sentence(target, nth)
        text = place.node.text
        if text[: place.end].endswith(("—", ":")):  # it goes on in a list
            raise Refusal("does-not-fit", words=text[place.start : place.end])
        new = " ".join(lines_of(instruction.new))
        self._set(place, swap(text, place.start, place.end, as_law(new)).strip())

    def _element(self, parent: Node, style: str) -> str:
        if parent.element in LEVEL_NAMES[1:-1]:
            return LEVEL_NAMES[LEVEL_NAMES.index(parent.element) + 1]
        return self.elements.get(style, "paragraph")

    def _detach(self, node: Node) -> None:
        parent = node.parent
        if parent is None or node not in parent.children:
            return
        siblings = parent.children
        self.base.spend(LOOKED_AT * len(siblings))
        at = siblings.index(node)
        if node.lead:
            after = siblings[at + 1] if at + 1 < len(siblings) else None
            if after is not None:
                after.lead = "\n".join(filter(None, (node.lead, after.lead)))
            else:
                self.base.trailing = "\n".join(filter(None, (node.lead, self.base.trailing)))
        siblings.pop(at).parent = None
        self.base.leave(node)
        self.touched += [inner for inner in node.walk() if inner.eid]


def heading_field(node: Node) -> str:
    """Where the heading is: a reader takes "(a) Fees", above a list, for the text of (a)."""
    is_text = node.children and not node.heading and "\n" not in node.text and node.text[-1:].isalnum()
    return "text" if is_text and len(node.text) < 120 else "heading"


def lines_of(new: str) -> list[str]:
    """The lines of new provisions, without the spaces by which they are indented."""
    return [line.strip(" \t\u2001\u2003") for line in new.split("\n") if line.strip(" \t\u2001\u2003")]


def leading_marks(text: str) -> list[str]:
    """The numbers with which words begin: ``(2)(A) The fee`` -> ``["2", "A"]``."""
    marks: list[str] = []
    at = 0
    while match := MARK.match(text, at):
        marks.append(match[1])
        at = match.end()
    return marks


def number_like(old: str, number: str) -> str:
    """A number printed as the one it replaces: ``(3)`` for ``(2)``, ``§ 5`` for ``§ 4``."""
    bare = re.escape(label(old)) or "$"
    found = re.search(rf"{bare}(?=\W*$)", old) or re.search(r"[0-9០-៩].*$", old)
    return f"{old[: found.start()]}{number}{old[found.end() :]}" if old and found else f"({number})"


def section_of(node: Node) -> Node:
    """The section or article in which a provision stands, itself where it is one."""
    while node.parent is not None and node.element not in SECTIONS and node.parent.parent is not None:
        node = node.parent
    return node


def path_of(node: Node) -> Target:
    """The provision as laws cite it, in the section in which it stands."""
    steps: list[Step] = []
    walked: Node | None = node
    while walked is not None and walked.element not in SECTIONS:
        if walked.num:
            steps.insert(0, Step(walked.element, walked.label))
        walked = walked.parent
    if walked is not None:
        steps.insert(0, Step(walked.element, section_label(walked)))
    return Target(tuple(steps) or (Step(ADDRESS, node.heading or node.eid),))
