"""How laws in English name a provision: "paragraph (2)(A) of section 5 of such Act", "the matter preceding (1)"."""

import re
from dataclasses import replace

from lawcompare.engine.amend.instructions import Step, Target
from lawcompare.engine.structure.numbering import ORDINALS
from lawcompare.engine.structure.provisions import LEVEL_NAMES, expand

_KINDS = (
    *LEVEL_NAMES,
    *("article", "schedule", "chapter", "subchapter", "part", "subpart", "title", "subtitle", "division", "annex"),
    *("rule", "regulation", "sub-paragraph", "sub-section", "sub-clause", "subsubparagraph", "appendix"),
)
KIND = rf"(?:{'|'.join(sorted(_KINDS, key=len, reverse=True))})"
ORDINAL = rf"(?:{'|'.join(ORDINALS)}|last|final|next-to-last|penultimate)"
_NUMBER = r"(?>\d[\w.–-]*(?:\([\w.]+\))*|(?:\([\w.]+\))+|[IVXLC]+\b|[A-Z]{1,2}\b(?=\s|$|,))"
_NUMBERS = re.compile(rf"{_NUMBER}(?:(?:,? and |,? or |, | to | through ){_NUMBER})*")
_REFERENCE = re.compile(rf"^(?:each of |either of |both )?(?P<kind>{KIND})s?,? (?P<numbers>.+)$", re.IGNORECASE)
# "(33 U.S.C. 467j(a)(1))", "(Public Law 106–541; 33 U.S.C. 2201 note)", "(42 U.S.C. 1396a(e), 1396r–6(f))"
_CITED = re.compile(
    r"\((?:[^()]*[;,] )?(?P<title>\d+[A-Z]?) U\. ?S\. ?C\.(?: App\.)? ?(?P<places>(?:[^()]|\(\w+\))*)\)"
)
_CITED_PLACE = re.compile(r"^(?:§+ ?)?(?P<section>\d[\w–-]*)(?:\(\w+\))*(?P<rest>.*)$")
_ASIDE = re.compile(r"\s*\((?![\w.]{1,6}\))[^()]*(?:\([^()]*\)[^()]*)*\)")
_AS_AMENDED = re.compile(
    r",? (?:as|both as|each as) (?:so |previously |heretofore |in effect |most recently )*"
    r"(?:re)?(?:designated|numbered|added|amended|inserted|transferred|enacted|re-?lettered)(?: and [a-z]+)?"
    r"(?: (?:by|in|under|pursuant to|on) .*?)?(?=,? (?:is|are|in|by|of|to read)\b|,|$)"
)
_AS_AMENDED_WITHIN = re.compile(
    r", as (?:so |previously )?(?:re)?(?:designated|numbered|added|amended|inserted) (?:by|in|under) [^,]*,(?= of )"
)
_LAW = re.compile(
    r"(?:^|,? (?:of|to|in) )(?P<law>(?P<title>[Tt]itle (?P<number>\d+[A-Z]?)(?:,|\b)(?:(?: of"
    r" the)? United States Code)?,?)"
    r"|(?P<such>(?:such|that|the said|said|the same) (?:title|Act|Code|law|Law))"
    rf"|(?P<name>(?!(?:[Tt]he) (?:{KIND}|matter|portion|first|last|end|table|heading|definition|item|sentence)\b)"
    r"(?:[Tt]he|[Tt]his|An|that part of the) ?[A-Z1-9][^;:]*|Internal Revenue Code[^;:]*"
    r"|Pub(?:lic|\.) L(?:aw|\.) \d[^;:]*"
    rf"|(?!(?i:{KIND})s?\b|The )[A-Z][^;:]* (?:Act|Code|Law|Ordinance)(?: of \d{{4}})?))\s*$"
)
_SUCH = re.compile(rf"^(?:such|that|the said|said) (?P<kind>{KIND})s?$", re.IGNORECASE)
SENTENCE = re.compile(rf"^(?:in )?the (?P<nth>{ORDINAL}) sentences?(?: (?:of|in) (?P<of>.+))?$", re.IGNORECASE)
_SIDE = r"(?P<side>before|after|preceding|following)"
_PORTION = re.compile(rf"^(?:the )?portion of (?P<of>.+?) {_SIDE} (?P<edge>.+)$", re.IGNORECASE)
_MATTER = re.compile(
    rf"^(?:the )?(?:undesignated |flush )?(?:matter|text|language) {_SIDE} (?P<edge>.+)$", re.IGNORECASE
)
_HEADING = re.compile(
    rf"^(?:the )?(?:{KIND} )?(?:heading|title|caption|side ?note|marginal note)"
    rf"(?: (?:of|for|to) (?:that |such |the )?(?:{KIND}$|(?P<of>.+)))?$",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^(?:the )?definition(?P<many>s)? (?:of )?(?:the term )?(?P<terms>.+?)"
    r"(?:,? (?:in|of) (?P<of>(?:sub)?(?:section|paragraph)s? .+|that .+|the .+|such .+))?$",
    re.IGNORECASE,
)
_HEADING_BEFORE = re.compile(r"^(?:the )?headings? (?:before|preceding) (?P<of>.+)$", re.IGNORECASE)
_IN_DEFINITION = re.compile(r"^(?P<inner>.+?) of (?:the )?definition (?P<outer>.+)$", re.IGNORECASE)
_TABLE = re.compile(
    r"^(?:the )?(?:table of (?:sections|contents|chapters)|(?:chapter )?analysis|list of sections)"
    r"(?: (?:at the beginning|contained|set forth))?(?: (?:of|for|in) (?:the )?(?P<of>.+))?$",
    re.IGNORECASE,
)
_EDGE = {"preceding": "before", "before": "before", "following": "after", "after": "after"}
INTERNAL_REVENUE = "26"
# Letters of a reference, and provisions that it names; what is longer was not meant as one.
REFERENCE_MAX, TARGETS_MAX = 4_000, 500


class References:
    """Reads references in the order of an act; remembers the law named last, for "such Act" and "the Act"."""

    def __init__(self) -> None:
        self.law = ""
        self.title = ""
        self.last: Target | None = None

    def read(self, words: str) -> list[Target]:
        """The targets that words name, none where they name none.

        >>> [str(each) for each in References().read("Paragraphs 3(2.1)(a) and (b) of the Act")]
        ['section 3(2.1)(a)', 'section 3(2.1)(b)']
        >>> str(References().read("Section 14(a)(1) of the Dam Act (33 U.S.C. 467j(a)(1)) (as so redesignated)")[0])
        'section 14(a)(1)'
        """
        text = " ".join(words.split()).strip(" ,")
        if len(text) > REFERENCE_MAX:
            return []
        citations: list[tuple[str, str, str]] = []
        if cited := _CITED.search(text):
            for place in re.split(r", (?:and )?| and ", cited["places"]):
                if match := _CITED_PLACE.match(place.strip()):
                    section = match["section"].replace("–", "-")
                    citations.append((cited["title"], section, match["rest"].strip(" .,")))
            text = f"{text[: cited.start()].rstrip()} {text[cited.end() :].lstrip()}".rstrip()
        text = _AS_AMENDED.sub("", _AS_AMENDED_WITHIN.sub("", _ASIDE.sub("", text))).strip(" ,")
        text = re.sub(r"\b(?:of|in) the English version (?=of )", "", text)
        text = re.sub(r"^(?:each|either|both|any) of (?=\w)", "", text, flags=re.IGNORECASE)
        text, with_heading = re.subn(
            r",? and the headings? (?:before|preceding) (?:it|that \w+|them|\w*section [\d.]+)(?= of |$)", "", text
        )
        found = self._read(text)
        if citations and not found and not text:
            found = [Target()]
        if with_heading and found:
            found[0] = replace(found[0], part="with-heading")
        sections = list(dict.fromkeys(each.section for each in found))
        if len(citations) == len(sections):
            found = [replace(each, cited=citations[sections.index(each.section)]) for each in found]
        elif len(sections) == 1 and citations:
            found = [replace(each, cited=citations[0]) for each in found]
        if found:
            self.last = found[-1]
        return found

    def _read(self, text: str) -> list[Target]:
        text = text.strip(" ,")
        if match := SENTENCE.match(text):
            return [replace(each, part="sentence", nth=nth_of(match["nth"])) for each in self._rest(match["of"])]
        if match := _PORTION.match(text):
            side, edges = _EDGE[match["side"].lower()], self._read(match["edge"])[:1]
            return [replace(each, part=side, edge=edge.steps) for edge in edges for each in self._read(match["of"])]
        if match := _MATTER.match(text):
            side, edges = _EDGE[match["side"].lower()], self._read(match["edge"])
            return [replace(one, part=side, edge=one.steps[-1:], steps=one.steps[:-1]) for one in edges if one.steps]
        if match := _HEADING.match(text):
            return [replace(each, part="heading") for each in self._rest(match["of"])]
        if match := _DEFINITION.match(text):
            terms = re.split(r",? and |, ", match["terms"]) if match["many"] else [match["terms"]]
            steps = [Step("definition", term.strip('“”‘’" ')) for term in terms]
            return [replace(each, steps=(*each.steps, step)) for each in self._rest(match["of"]) for step in steps]
        if match := _HEADING_BEFORE.match(text):
            return [replace(each, part="heading-before") for each in self._read(match["of"])]
        if match := _IN_DEFINITION.match(text):
            outer = self._read(f"the definition {match['outer']}")
            return [each.inside(outer[0]) if outer else each for each in self._read(match["inner"])]
        if match := _TABLE.match(text):
            return [replace(each, part="table") for each in self._rest(match["of"])]
        law = _LAW.search(text)
        if law:
            name, title = self._law(law)
            inner = text[: law.start()].strip(" ,")
            if not inner:
                return [Target(law=name, title=title)]
            return [replace(each, law=name, title=title) for each in self._chain(inner)]
        return self._chain(text)

    def _rest(self, words: str | None) -> list[Target]:
        return self._read(words) if words else [Target()]

    def _law(self, found: re.Match[str]) -> tuple[str, str]:
        """The law's name and its title of the US Code; "such Act" is the one named before."""
        if found["number"]:
            self.law, self.title = f"title {found['number']}", found["number"]
        elif found["name"]:
            if re.match(r"[Tt]his (?:Act|Law|Code)\b", found["name"]):
                return "this Act", ""
            name = re.sub(r"^(?:[Tt]he|[Tt]his) ", "", found["name"].strip(" ,"))
            name = re.sub(r"^[Tt]itle [IVXLC]+ of (?:the )?", "", name)
            if name not in ("Act", "Code", "Law", "Regulations", "principal Act", "Principal Act"):
                self.law, self.title = name, INTERNAL_REVENUE if name.startswith("Internal Revenue Code") else ""
        return self.law, self.title

    def _chain(self, text: str) -> list[Target]:
        """``paragraph (2) of subsection (a) of section 5``: the parts from the inside out."""
        if such := _SUCH.match(text):
            if self.last is None:
                return []
            kinds = [step.kind.lower() for step in self.last.steps]
            wanted = such["kind"].lower()
            depth = kinds.index(wanted) + 1 if wanted in kinds else 1 if wanted == "section" else len(kinds)
            return [replace(self.last, steps=self.last.steps[:depth], part="", edge=(), nth=0, until="")]
        parts = re.split(r",? (?:of|in) (?=(?:such |that )?(?:the )?" + KIND + r")", text, flags=re.IGNORECASE)
        targets = [Target()]
        for part in reversed(parts):
            words = re.sub(r"^the ", "", part.strip(" ,"))
            if such := _SUCH.match(words):
                inner = self._chain(words)
            elif self.last is not None and re.match(rf"(?:such|that|said) {KIND}s? [\d(]", words, re.IGNORECASE):
                same = self.last
                inner = [
                    replace(
                        each, law=same.law, title=same.title, cited=same.cited if each.section == same.section else None
                    )
                    for each in read_steps(words.partition(" ")[2])
                ]
            elif re.match(r"(?:title|part|subpart|division|subtitle) [IVXLCA-Z]+$", words) and part is not parts[0]:
                continue  # which title of an act: its sections are counted through
            else:
                inner = read_steps(words)
            if not inner or len(inner) * len(targets) > TARGETS_MAX:
                return []
            targets = [each.inside(outer) if outer.steps else each for outer in targets for each in inner]
        return targets


def nth_of(word: str) -> int:
    """Of an ordinal word the number; -1 for the last.

    >>> nth_of("second"), nth_of("last")
    (2, -1)
    """
    word = word.lower()
    return ORDINALS.index(word) + 1 if word in ORDINALS else -2 if word in ("penultimate", "next-to-last") else -1


def read_steps(words: str) -> list[Target]:
    """``paragraphs 3(2.1)(a) and (b)``, ``sections 11 through 13``: one target each, a run of decimals as one.

    >>> [str(each) for each in read_steps("subsections 41.12(4) to (7)")]
    ['section 41.12(4)', 'section 41.12(5)', 'section 41.12(6)', 'section 41.12(7)']
    """
    found = _REFERENCE.match(words.strip(" ,"))
    if not found or not _NUMBERS.fullmatch(found["numbers"].strip(" ,")):
        return []
    kind = found["kind"].lower().replace("-", "")
    pieces = re.split(r"(,? and |,? or |, | to | through )", found["numbers"].strip(" ,"))
    numbers = [re.findall(r"\([\w.]+\)|[^()\s]+", piece.strip(" ,")) for piece in pieces[::2]]
    joints = [""] + [each.strip(" ,") for each in pieces[1::2]]
    targets: list[Target] = []
    for joint, own in zip(joints, numbers, strict=True):
        first = numbers[0]
        path = own if len(own) >= len(first) or own[0][:1] != "(" else first[: len(first) - len(own)] + own
        steps = _steps(kind, path)
        if joint in ("to", "through") and targets:
            low, high = targets[-1].steps[-1].number, steps[-1].number
            run = expand(
                low, high, is_roman=kind in ("clause", "subclause") or (kind == "subparagraph" and low.islower())
            )
            if (len(run) == 2 and run != [low, high]) or any("." in each for each in (low, high)):
                targets[-1] = replace(targets[-1], until=high)
                continue
            targets += [Target((*steps[:-1], Step(steps[-1].kind, each))) for each in run[1:]]
        else:
            targets.append(Target(steps))
    return targets


def _steps(kind: str, path: list[str]) -> tuple[Step, ...]:
    """The last number is of the kind that is named; a first one without brackets is that of the section."""
    outer = "section" if kind in LEVEL_NAMES else kind
    steps = []
    for at, part in enumerate(path):
        is_last = at == len(path) - 1
        number = part.strip("()").replace("–", "-")
        if part[:1] != "(":
            steps.append(Step(kind if is_last and kind != "paragraph" else outer, number))
        elif kind == "section" and at > 0:
            steps.append(Step("", number))
        else:
            steps.append(Step(kind if is_last else "", number))
    if kind not in ("section", "article", "schedule") and len(path) > 1 and path[0][:1] == "(":
        steps = [Step(kind, steps[0].number), *(Step("", step.number) for step in steps[1:])]
    return tuple(steps)
