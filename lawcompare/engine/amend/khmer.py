"""The instructions of amending laws in Khmer.

Their frame: a title that names the articles, an article with the list of targets and one verb («ត្រូវបានកែប្រែដូចតទៅ»),
then each article whole under its new heading (ថ្មី, ថ្មី (មួយ), ថ្មីស្ទួន), then the law's own final articles. Single words
are not struck; what is below an article is changed or deleted by point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lawcompare.engine.amend.instructions import Instruction, Spot, Step, Target
from lawcompare.engine.amend.quotations import LETTERS_MAX, SENTENCE_MAX, STEPS_MAX, TooMuch
from lawcompare.engine.amend.references import TARGETS_MAX
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.structure.numbering import KHMER_LETTERS, NUMBER, from_khmer, number_part

_MODIFY = r"កែប្រែ|វិសោធនកម្ម|កែសម្រួល|កែតម្រូវ|ជំនួស|កែលម្អ"
_DELETE = r"លុបចោល|លុបបំបាត់|លុប|និរាករណ៍"
_ADD = r"បន្ថែម|បញ្ចូល"
_VERB = re.compile(
    rf"ត្រូវ(?:បាន|ទុកជា|ចាត់ទុកជា)?(?:ធ្វើ|ធ្វើការ)?(?P<verb>{_MODIFY}|{_DELETE}|{_ADD})|"
    rf"(?<!\S)(?P<other>{_MODIFY}|{_ADD})(?=មាត្រា|ប្រការ| )"
)
_ARTICLE_WORD = r"(?:មាត្រា|ប្រការ)"
_ARTICLE = re.compile(rf"{_ARTICLE_WORD}(?:ទី)?\s*(?P<num>{NUMBER}(?:\s*\((?:មួយ|ពីរ|បី|បួន|ប្រាំ)\))?)")
_BARE_NUMBER = re.compile(rf"(?:,|និង|ដល់)\s*(?P<num>{NUMBER})(?!\s*(?:ខែ|ឆ្នាំ|រាជ))")
_CHAPTER = re.compile(r"(?P<kind>ជំពូក|ផ្នែក)(?:ទី)?\s*(?P<num>[0-9០-៩]+)(?P<new>\s*ថ្មី)?")
_POINT = re.compile(
    rf"ចំណុច(?:ទី)?\s*(?P<list>[“«\"'(]?[{KHMER_LETTERS}0-9០-៩]{{1,2}}[”»\"')]?(?:\s*(?:,|និង|ដល់)\s*[“«\"'(]?[{KHMER_LETTERS}0-9០-៩]{{1,2}}[”»\"')]?)*)"
)
_AROUND = " “”«»\"'()-–.៖"
_LAW = re.compile(
    r"នៃ(?P<law>(?:ច្បាប់|រដ្ឋធម្មនុញ្ញ|ក្រម|អនុក្រឹត្យ|ប្រកាស|ព្រះរាជក្រឹត្យ)[^។៖,]{0,300}?)(?=\s*(?:ត្រូវ|និង(?:មាត្រា|ប្រការ)|$))"
)
# "មាត្រា ៦ ថ្មី នៃច្បាប់…" on a line of its own.
_NEW_HEADING = re.compile(
    rf"^[«“]?(?!.*ត្រូវ)({_ARTICLE_WORD}\s*[0-9០-៩]+\s*(?:ថ្មី|ស្ទួន)[^។៖\n]{{0,80}})[៖:]?$", re.MULTILINE
)
_FORMER = re.compile(rf"\((?:[^()]*?\s)?{_ARTICLE_WORD}\s*(?P<num>{NUMBER})[^()]*\)?")
_CONTRARY = re.compile(r"ផ្ទុយ")
_BECOMES = re.compile(
    rf"(?:មកជា|ទៅជា|ជា)\s*(?P<to>(?:ជំពូក|ផ្នែក)(?:ទី)?\s*[0-9០-៩]+(?:\s*ថ្មី)?|{_ARTICLE_WORD}\s*{NUMBER})"
)
_DIVISIONS = {"ជំពូក": "chapter", "ផ្នែក": "section"}
_NEW = ("ថ្មី", "ស្ទួន")
# Parts of an article of which nothing can be said here: what is said of them is not said of the whole article.
_PARTS = re.compile(r"កថាខណ្ឌ|វាក្យខណ្ឌ|ឃ្លា|ប្រយោគ|ល្បះ|ពាក្យ|ចំណងជើង|ឧបសម្ព័ន្ធ|តារាង")


def read_khmer(act: Document) -> list[Instruction]:
    """The instructions of an act in Khmer, in its order."""
    found: list[Instruction] = []
    listed: dict[str, Target] = {}  # targets of the frame whose new text is still to come, by number
    place = law = ""
    verb = ""
    room, steps = LETTERS_MAX, STEPS_MAX
    for clause, text in _articles(act):
        is_new = any(word in clause.num or word in clause.heading[:12] for word in _NEW)
        number = _plain(clause.num)
        if verb and (is_new or number in listed) and clause.num != place:
            found.append(_new_article(clause, text, listed, place, law, verb))
            continue
        if not _VERB.search(text) or _CONTRARY.search(text):
            continue
        _refuse_missing(found, listed, place)
        listed = {}
        place = clause.num
        points = {from_khmer(one.num).strip(_AROUND): one for one in reversed(act.children.get(clause.eid, ()))}
        for sentence in re.split(r"[។;]\s*|\n", text):
            if len(sentence) > SENTENCE_MAX:
                found.append(_instruction("not_understood", place, clause, sentence[:SENTENCE_MAX], []))
                continue
            said, before_it = _VERB.search(sentence), len(found)
            if not said:
                continue
            if (steps := steps - len(sentence) ** 2) < 0:
                raise TooMuch
            word = said["verb"] or said["other"]
            law = match["law"].strip() if (match := _LAW.search(sentence)) else law
            before = sentence[: said.start()]
            if _PARTS.search(before if before.strip() else sentence):
                found.append(_instruction("not_understood", place, clause, sentence, []))
            elif re.fullmatch(_DELETE, word):
                found.append(_instruction("repeal_unit", place, clause, sentence, _targets(sentence, law)))
            elif (becomes := _BECOMES.search(sentence, said.end())) is not None:
                found.append(_renumbered(before, becomes["to"], place, clause, law))
            else:
                verb = word
                for target in (said["verb"] and _targets(before, law)) or _targets(sentence, law):
                    if point := _new_point(points, target, place, verb):
                        found.append(point)
                    elif target.section:
                        listed["".join(step.number for step in target.steps)] = target
            room -= sum(one.length for one in found[before_it:])
            if room < 0:
                raise TooMuch
    _refuse_missing(found, listed, place)
    return found


def _articles(act: Document) -> list[tuple[Clause, str]]:
    """Each article with its words; one whose heading was read as a line of the article before it is set apart.

    "ជំពូកទី៣ … ត្រូវលុបចោល" is no heading of the act but what the article before it says.
    """
    found: list[tuple[Clause, str]] = []
    for clause in act.clauses:
        if clause.element in ("chapter", "section") and found and _VERB.search(clause.heading + clause.text):
            line = f"{clause.num} {clause.heading} {clause.text}"
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line}".strip())
        if clause.element != "article":
            continue
        parts = _NEW_HEADING.split(_whole_text(act, clause))
        found.append((clause, parts[0].strip()))
        for heading, text in zip(parts[1::2], parts[2::2], strict=True):
            match = _ARTICLE.match(heading)
            num = match[0] if match else heading
            found.append((replace(clause, num=num, heading=heading[len(num) :].strip()), text.strip(" \n»”")))
    return found


def _whole_text(act: Document, clause: Clause) -> str:
    """The words of an article with its points, a line each."""
    lines = [clause.text]
    for inner in list(act.subtree(clause.eid))[1:]:
        lines.append(f"{inner.num} {inner.heading} {inner.text}".replace("  ", " ").strip())
    return "\n".join(filter(None, lines))


def _plain(num: str) -> str:
    """The number without what counts its amendments: ``៨៨ ថ្មី (ពីរ)`` is 88."""
    return re.sub(r"new.*$", "", number_part(num))


def _new_article(clause: Clause, text: str, listed: dict[str, Target], place: str, law: str, verb: str) -> Instruction:
    """An article in full: it replaces that of its number, or the one that its heading names in brackets."""
    number = _plain(clause.num)
    former = _FORMER.search(f"{clause.num} {clause.heading}")
    if former and number not in listed and _plain(former["num"]) in listed:
        number = _plain(former["num"])
    target = listed.pop(number, None) or Target((Step("article", number),), law=law)
    heading = "" if clause.heading.startswith("នៃ") else clause.heading  # of which law the article is
    num = clause.num
    if former:
        num, heading = _FORMER.sub("", num).strip(), heading.replace(former[0], "").strip()
    new = "\n".join(filter(None, (f"{num} {heading}".strip(), text)))
    if re.fullmatch(_ADD, verb):
        return _instruction("insert_at", place, clause, text, [target], old=None, side="number", new=new, is_block=True)
    return _instruction("read_as_follows", place, clause, text, [target], new=new, is_block=True)


def _instruction(
    operation: str, place: str, clause: Clause | None, says: str, targets: list[Target], **fields: Any
) -> Instruction:
    eid, text = (clause.eid, clause.text) if clause else ("", "")
    if not targets:
        fields["reason"] = "not-understood"
    fields = {"old": Spot("units", targets=tuple(targets))} | fields
    return Instruction(place, operation, says, eid, (0, len(text)), targets[0] if targets else None, **fields)


def _new_point(points: Mapping[str, Clause], target: Target, place: str, verb: str) -> Instruction | None:
    """The new text of a point, where the article that lists it gives it at once."""
    inner = points.get(target.steps[1].number) if len(target.steps) > 1 else None
    if inner is None:
        return None
    new = f"{inner.num} {inner.text}"
    if re.fullmatch(_ADD, verb):
        whole = [replace(target, steps=target.steps[:1])]
        return _instruction("insert_at", place, inner, new, whole, old=None, new=new, is_block=True)
    return _instruction("read_as_follows", place, inner, new, [target], new=new, is_block=True)


def _targets(words: str, law: str) -> list[Target]:
    """Articles, and points of articles, that words name, each with the law named after it; else chapters."""
    found: list[Target] = []
    points: list[str] = []
    laws = [(match.start(), match["law"].strip()) for match in _LAW.finditer(words)]
    places = [*_POINT.finditer(words), *_ARTICLE.finditer(words)]
    for match in sorted(places, key=re.Match.start):
        if match.re is _POINT:
            points = [from_khmer(each.strip(_AROUND)) for each in re.split(r",|និង|ដល់", match["list"])]
            continue
        named = next((name for start, name in laws if start > match.start()), law)
        numbers = [match["num"]]
        after = match.end()
        while more := _BARE_NUMBER.match(words, after):
            numbers.append(more["num"])
            after = more.end()
        for number in numbers:
            article = Step("article", _plain(number))
            inner: list[tuple[Step, ...]] = [(Step("point", point),) for point in points] or [()]
            found += [Target((article, *steps), law=named) for steps in inner]
            if len(found) > TARGETS_MAX:
                return []
        points = []
    chapters = _CHAPTER.finditer(words) if not found else ()
    return found or [Target((Step(_DIVISIONS[one["kind"]], from_khmer(one["num"])),), law=law) for one in chapters]


def _renumbered(before: str, to: str, place: str, clause: Clause, law: str) -> Instruction:
    old = _targets(before, law)
    number = Target((Step("", re.sub(r"^\D*?(?=[0-9០-៩])", "", to)),), law=law)
    reason = "" if len(old) == 1 else "not-understood"
    return _instruction("redesignate", place, clause, before, old, numbers=(number,), reason=reason)


def _refuse_missing(found: list[Instruction], listed: dict[str, Target], place: str) -> None:
    """Articles that the frame lists and whose new text the act does not hold."""
    for target in listed.values():
        missing = {"reason": "does-not-fit", "values": {"missing": target}}
        found.append(_instruction("read_as_follows", place, None, "", [target], **missing))
