"""What the items of a memo say today, and what changed in them since somebody last took note of it."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import batched, chain
from operator import attrgetter
from typing import Any

from django.db.models import Prefetch, Q, Sum, prefetch_related_objects
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Person
from lawcompare.comparisons.access import find_comparison, lead_in_words, pinned_comparison, subject_rows
from lawcompare.comparisons.exports import paragraphs_of
from lawcompare.comparisons.models import ClausePair, Comparison, Level, matched_by
from lawcompare.core.seen import digest_of_words
from lawcompare.crosswalk.access import organisation_of, visible_correspondences, visible_values, without_words
from lawcompare.crosswalk.exports import (
    cited,
    clause_blocks,
    matrix_blocks,
    page_line,
    place_row,
    subject_blocks,
    topic_blocks,
)
from lawcompare.crosswalk.provisions import TopicRow, page_of_topic, provisions_of, side_by_side, sides_of, texts_inside
from lawcompare.crosswalk.topics.matrix import build_matrix, matrix_title
from lawcompare.engine.diff import diff
from lawcompare.engine.errors import EngineError
from lawcompare.engine.writing.redline import Paragraph
from lawcompare.engine.writing.report import Block, Facts, Grid, Line, Prose, Redline, ReportHeading, StyledText, plain
from lawcompare.laws.access import TITLE, proposal_of_law, titled, visible_clauses, visible_versions
from lawcompare.laws.citing import cite, plain_address
from lawcompare.laws.models import Clause, Version
from lawcompare.memos.models import ItemKind, MemoItem
from lawcompare.publishing.concerns.outcomes import concern_blocks, survival

# What a text without its redline has: neither words struck out nor those that moved away.
_GONE = {"delete", "moved-from"}


def lines_of(blocks: Sequence[Block], *, is_marked: bool, names: bool = True) -> list[str]:
    """Each paragraph, row and heading as a line; of a redline with its marks (``is_marked``), else the new words.
    ``names`` false: without who said something.
    """

    def words(line: Line) -> str:
        return "".join(one.text for one in line if names or not one.is_credit)

    lines: list[str] = []
    for block in blocks:
        match block:
            case ReportHeading(text):
                lines.append(text)
            case Prose(line):
                lines.append(words(line))
            case Grid(_heads, rows):
                lines += [" | ".join(" ".join(map(words, cell)) for cell in row) for row in rows]
            case Facts(rows):
                lines += [": ".join(row) for row in rows]
            case Redline(paragraphs):
                lines += [
                    "".join(_run(op, words, is_marked) for op, words in one.runs if op != "note") for one in paragraphs
                ]
    return [line for line in lines if line.strip()]


def _run(op: str, words: str, is_marked: bool) -> str:
    if not is_marked:
        return "" if op in _GONE else words
    return {"delete": f"[-{words}-]", "insert": f"{{+{words}+}}"}.get(op, words)


@dataclass
class ChangeSince:
    """That something changed, in a sentence, and how: ``blocks`` is empty where that is not known."""

    sentence: str
    blocks: list[Block] = field(default_factory=list)
    # Whose words stand in the blocks.
    texts: list[Version] = field(default_factory=list)


@dataclass
class ShownItem:
    """An item with what it is called and says; ``gone`` where it may not be shown, and what changed since."""

    item: MemoItem
    title: str = ""
    address: str = ""
    blocks: list[Block] = field(default_factory=list)
    texts: list[Version] = field(default_factory=list)
    gone: str = ""
    changes: list[ChangeSince] = field(default_factory=list)
    # Keys of the texts that came since.
    later: list[int] = field(default_factory=list)
    # By key of a text, the eIds of the clauses that it is about; empty of what is about many.
    places: dict[int, list[str]] = field(default_factory=dict)
    # What its content is made of, the same in every language, and the digest of that.
    basis: str = ""
    digest: str = ""
    # Whether its words are printed on the page of the memo.
    is_printed: bool = True

    @property
    def printed(self) -> list[Block]:
        """Its blocks as a file has them: its name, what changed since, what it says."""
        marks: list[Block] = []
        for change in self.changes:
            marks += [Prose((StyledText(change.sentence, italic=True),), "Remark"), *change.blocks]
        return [*self.blocks[:1], *marks, *self.blocks[1:]]

    @property
    def is_words(self) -> bool:
        return self.item.kind == ItemKind.WORDS


# Of a longer part no words are kept: the memo states that it changed, and not how. Each clause counts for letters too.
KEPT_MAX, LINES_MAX, OF_A_CLAUSE = 100_000, 2_000, 20
NOT_KEPT = {ItemKind.WORDS, ItemKind.COMPARISON, ItemKind.CONCERNS}

# Of a text and a later one, the redline of a part that stands on some clauses of the former; None where none is known.
RedlineBetween = Callable[[ShownItem, Version, Version], Redline | None]


def words_to_keep(shown: ShownItem) -> list[str]:
    """The lines of a part that are kept to be compared with those of another day: without its name and who said what,
    who may take their names back.
    """
    if shown.gone or ItemKind(shown.item.kind) in NOT_KEPT:
        return []
    lines = lines_of(shown.blocks[1:], is_marked=False, names=False)
    return lines if len(lines) <= LINES_MAX and sum(map(len, lines)) <= KEPT_MAX else []


def seen_of(shown: Iterable[ShownItem]) -> str:
    """What tells what the parts say, with what came since, from other words to who takes note of it (``core.seen``)."""
    return digest_of_words([(one.item.pk, one.digest, sorted(one.later)) for one in shown])


def mark(
    user: Person, shown: Iterable[ShownItem], redline_between: RedlineBetween, wants: Callable[[int], bool]
) -> None:
    """Set ``changes`` of each part. ``wants`` says of which, by key, the redlines are wanted.

    Two queries; two more where a part says something else than it did.
    """
    rows = [one for one in shown if not one.gone and not one.is_words]
    laws = {version.law_id for one in rows for version in one.texts}
    known = visible_versions(user).standing().without_proposals()
    later = list(known.filter(law__in=laws, published_at__isnull=False))
    for one in rows:
        for version, text, sentence in _later_texts(one, later):
            one.later.append(text.pk)
            change = ChangeSince(sentence % {"text": version.name, "by": text.name})
            if wants(one.item.pk):
                change = _with_redline(change, redline_between(one, version, text), text)
            if change.sentence not in {other.sentence for other in one.changes}:
                one.changes.append(change)
    _mark_changed_words(user, [one for one in rows if one.item.seen_digest not in ("", one.digest)], wants)


def _later_texts(one: ShownItem, later: Sequence[Version]) -> Iterable[tuple[Version, Version, str]]:
    """(text, the one that came since, the sentence) of the texts of a part."""
    since = one.item.seen_at
    for version in one.texts:
        for text in later:
            if not text.published_at or text.published_at <= since or text == version:
                continue
            if text.corrects_id == version.pk:
                yield version, text, _("“%(text)s” was corrected since: “%(by)s”.")
            elif (text.law_id, text.language) == (version.law_id, version.language) and _is_later(text, version):
                yield version, text, _("There is a newer text than “%(text)s” since: “%(by)s”.")


def _with_redline(change: ChangeSince, redline: Redline | None, text: Version) -> ChangeSince:
    if redline is None:
        return change
    ops = {op for paragraph in redline.paragraphs for op, _words in paragraph.runs}
    if ops <= {"equal", "slip", "note", "label"}:
        return ChangeSince(f"{change.sentence} {_('This part reads the same there.')}")
    return ChangeSince(change.sentence, [redline], [text])


def _mark_changed_words(user: Person, changed: Sequence[ShownItem], wants: Callable[[int], bool]) -> None:
    if not changed:
        return
    kept: dict[int, tuple[dict[str, list[str]], list[int]]] = {
        pk: (words, texts)
        for pk, words, texts in MemoItem.objects.filter(pk__in=[one.item.pk for one in changed if wants(one.item.pk)])
        .values_list("pk", "seen_words", "seen_texts")
        .order_by()
    }
    texts_kept = {pk for _words, texts in kept.values() for pk in texts}
    visible = visible_versions(user).in_bulk(texts_kept) if texts_kept else {}
    for one in changed:
        words, texts = kept.get(one.item.pk, ({}, []))
        change = ChangeSince(_("This has changed since."))
        before, now = words.get(get_language() or "en", []), words_to_keep(one)
        if before and now and len(before) <= LINES_MAX and all(pk in visible for pk in texts):
            paragraphs = compare_lines(before, now)
            if paragraphs:
                change.blocks = [Redline(paragraphs, timezone.now(), get_language() or "en")]
                change.texts = [visible[pk] for pk in texts]
        one.changes.append(change)


def compare_lines(old: Sequence[str], new: Sequence[str]) -> list[Paragraph]:
    """The lines that differ, as paragraphs of a redline.

    >>> [paragraph.runs for paragraph in compare_lines(["A fine.", "Kept."], ["A fee.", "Kept."])]
    [[('equal', 'A '), ('delete', 'fine'), ('insert', 'fee'), ('equal', '.')]]
    """
    paragraphs: list[Paragraph] = []
    language = get_language() or "en"
    for op, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if op == "equal":
            continue
        both = min(b - a, d - c)
        for one, other in zip(old[a : a + both], new[c : c + both], strict=True):
            paragraphs.append(
                Paragraph([(run, words) for run, words, _noise in diff(one, other, language=language).changes])
            )
        paragraphs += [Paragraph([("delete", line)], "delete") for line in old[a + both : b]]
        paragraphs += [Paragraph([("insert", line)], "insert") for line in new[c + both : d]]
    return paragraphs


def _is_later(text: Version, than: Version) -> bool:
    return not text.unchecked_of and (text.date, text.slug) > (than.date, than.slug)


class MemoReader:
    """Reads items for a person: each pair of texts, each topic and each law once."""

    def __init__(self, user: Person, root: str = "", *, writes_whole: bool = False) -> None:
        """``writes_whole``: whether whole comparisons are wanted with their words, which only a file has."""
        self.user, self.root, self.writes_whole = user, root, writes_whole
        self.rows: dict[tuple[int, int], dict[int, TopicRow]] = {}
        self.insides: dict[tuple[int, int], Any] = {}
        self.comparisons: dict[tuple[int, int], Comparison | None] = {}
        self.paragraphs: dict[int, list[Paragraph]] = {}
        self.letters = self.words = self.counted = 0
        self.topics: dict[int, tuple[Any, ...]] = {}
        self.changed: dict[int, dict[tuple[str, str], ClausePair]] = {}
        self.matched: dict[int, dict[int, list[str]]] = {}

    def read(
        self,
        items: Sequence[MemoItem],
        report: Callable[[int], None] = lambda done: None,
        wants_redline: Callable[[int], bool] = lambda key: True,
    ) -> list[ShownItem]:
        """The items in their order, with what changed since somebody last took note of each.

        ``wants_redline`` says of which, by key, it is shown how they changed.
        """
        shown = self.read_today(items, report)
        mark(self.user, shown, self._redline_between, wants_redline)
        return shown

    def read_today(
        self, items: Sequence[MemoItem], report: Callable[[int], None] = lambda done: None
    ) -> list[ShownItem]:
        """The items in their order, as they are today."""
        wanted = {pk for item in items for pk in (item.old_id, item.new_id) if pk}
        wanted |= {item.annotation.version_id for item in items if item.annotation}
        wanted |= {key for item in items for key in item.columns}
        self.versions: dict[int, Version] = visible_versions(self.user).in_bulk(wanted)
        self.subjects = [
            (item.topic.merged_into_id or item.topic_id, {item.old_id, item.new_id})
            for item in items
            if item.kind == ItemKind.SUBJECT and item.topic
        ]
        self.eids = [(item.old_id, item.new_id, item.old_eid, item.new_eid) for item in items]
        notes = [item.annotation for item in items if item.annotation]
        standards = visible_clauses(self.user).select_related("version__law", "version__origin__organisation")
        prefetch_related_objects(notes, "categories", Prefetch("standards", standards, to_attr="standards_seen"))
        shown = []
        for done, item in enumerate(items):
            report(done)
            shown.append(self._shown(item))
        return shown

    def _shown(self, item: MemoItem) -> ShownItem:
        if item.kind == ItemKind.WORDS:
            blocks: list[Block] = [ReportHeading(item.heading, 1)] if item.heading else []
            blocks += _prose(item.text)
            return ShownItem(item, title=item.heading, blocks=blocks)
        shown = _MAKERS[ItemKind(item.kind)](self, item)
        if shown is None:
            sentence = _("This was withdrawn, or is no longer shown.")
            return ShownItem(item, gone=sentence, blocks=[Prose((StyledText(sentence, italic=True),))])
        shown.digest = hashlib.sha256(shown.basis.encode()).hexdigest()
        return shown

    # --- one kind each ---

    def _subject(self, item: MemoItem) -> ShownItem | None:
        old, new = self._both(item)
        if old is None or new is None or item.topic_id is None:
            return None
        row = self._rows_of(old, new).get(item.topic.merged_into_id or item.topic_id) if item.topic else None
        if row is None:
            return None
        inside = self.insides[old.pk, new.pk]
        self.words += sum(len(one.text) for clause in [*row.olds, *row.news] for one in inside[clause.pk])
        # A memo is no book: to further words it leads.
        blocks = subject_blocks(row, old, new, inside if self.words <= WORDS_MAX else {}, self.root)
        address = plain_address("comparison", old.law.slug, old.slug, new.law.slug, new.slug)
        answers = [
            (answer.old and answer.old.eid, answer.clause and answer.clause.eid, answer.relation, answer.reasoning)
            for answer in row.answers
        ]
        places = {
            old.pk: [clause.eid for clause in row.olds],
            new.pk: [clause.eid for clause in row.news],
        }
        address = f"{address}#{row.topic.slug}"
        return ShownItem(item, str(row.topic), address, blocks, [old, new], basis=repr(answers), places=places)

    def _rows_of(self, old: Version, new: Version) -> dict[int, TopicRow]:
        key = old.pk, new.pk
        if key not in self.rows:
            topics = {topic for topic, pair in self.subjects if topic and pair == set(key)}
            rows = subject_rows(self.user, old, new, topics)
            for row in rows:
                place_row(row, old, new)
            clauses = {clause.pk: clause for row in rows for clause in [*row.olds, *row.news]}
            self.insides[key] = texts_inside(clauses.values())
            self.rows[key] = {row.topic.pk: row for row in rows}
        return self.rows[key]

    def _change(self, item: MemoItem) -> ShownItem | None:
        comparison = self._comparison(item)
        if comparison is None:
            return None
        old, new = comparison.old, comparison.new
        pair = self._changed_in(comparison).get((item.old_eid, item.new_eid))
        if pair is None:
            return None
        names = [cite(clause) for clause in (pair.old, pair.new) if clause]
        title = " → ".join(dict.fromkeys(names))
        line = [cited(clause, self.root) for clause in (pair.old, pair.new) if clause]
        runs = [line[0], StyledText(" → "), line[1]] if len(line) == 2 else line
        blocks: list[Block] = [
            ReportHeading(title, 1, new.language),
            Prose((*runs, StyledText(f" · {pair.get_standing_display()}", bold=True))),
            *([Prose(plain(pair.sentence))] if pair.sentence else []),
            *(Prose((StyledText(said, is_credit=True),), "Remark") for said in self._matched_by(comparison)[pair.pk]),
        ]
        if pair.weight <= LINES_MAX:  # an article that is a book is a link too
            blocks.append(Redline(self._part(comparison, pair), comparison.public_day, new.language))
        address = f"{pinned_comparison(comparison)}#{pair.anchor}"
        basis = repr((pair.standing, pair.sentences, pair.size, pair.decision_id))
        places = {version.pk: [eid] for version, eid in ((old, item.old_eid), (new, item.new_eid)) if eid}
        return ShownItem(item, title, address, blocks, [old, new], basis=basis, places=places)

    def _clause(self, item: MemoItem) -> ShownItem | None:
        version = self.versions.get(item.old_id or 0)
        clause = version.clauses.filter(eid=item.old_eid).first() if version else None
        if version is None or clause is None:
            return None
        clause.version = version
        inside = [] if self._is_book(clause) else texts_inside([clause])[clause.pk]  # to what is one it leads
        title, address = cite(clause), plain_address("clause", version.law.slug, version.slug, clause.eid)
        blocks: list[Block] = [
            ReportHeading(title, 1, version.language),
            *clause_blocks(version, clause, inside, self.root)[: None if inside else 1],
        ]
        basis, places = repr([one.text for one in inside]), {version.pk: [clause.eid]}
        return ShownItem(item, title, address, blocks, [version], basis=basis, places=places)

    def _is_book(self, clause: Clause) -> bool:
        """Whether a clause has more words than a memo prints of one; so is each, once so many were counted."""
        if self.counted > WORDS_MAX * 10:
            return True
        whole = clause.version.clauses.filter(position__gte=clause.position, position__lt=clause.end).order_by()
        letters = whole.aggregate(letters=Sum(Length("text") + OF_A_CLAUSE))["letters"]
        self.counted += letters
        return bool(letters > KEPT_MAX)

    def _comparison_whole(self, item: MemoItem) -> ShownItem | None:
        comparison = self._comparison(item)
        if comparison is None:
            return None
        title = f"{comparison.old.short_name} → {comparison.new.short_name}"
        lead = lead_in_words(comparison.old, comparison.new)
        blocks: list[Block] = [ReportHeading(title, 1), *_prose(lead), *_prose(comparison.decided_in_words)]
        if self.writes_whole:
            self.letters += _letters_of(comparison.old) + _letters_of(comparison.new)
            if self.letters > LETTERS_MAX:
                raise EngineError(_("Its whole comparisons are too long for one file: take some of them out."))
            blocks.append(Redline(paragraphs_of(comparison), comparison.public_day, comparison.new.language))
        texts, basis = [comparison.old, comparison.new], f"{comparison.engine} {comparison.edition}"
        return ShownItem(item, title, pinned_comparison(comparison), blocks, texts, basis=basis)

    def _comparison(self, item: MemoItem) -> Comparison | None:
        old, new = self._both(item)
        if old is None or new is None:
            return None
        return self._done_comparison(old, new)

    def _done_comparison(self, old: Version, new: Version) -> Comparison | None:
        key = old.pk, new.pk
        if key not in self.comparisons:
            known = find_comparison(old, new)
            self.comparisons[key] = known if known and known.is_done else None
        return self.comparisons[key]

    def _changed_in(self, comparison: Comparison) -> dict[tuple[str, str], ClausePair]:
        """The rows of a comparison that items are about, by the eIds of both sides, and others of these clauses."""
        if comparison.pk not in self.changed:
            both = comparison.old_id, comparison.new_id
            olds, news = zip(*((old, new) for *pair, old, new in self.eids if tuple(pair) == both), strict=True)
            where = Q(old__eid__in=set(olds)) | Q(new__eid__in=set(news))
            self.changed[comparison.pk] = {
                (pair.old.eid if pair.old else "", pair.new.eid if pair.new else ""): pair
                for pair in self._pairs_of(comparison, where)
            }
        return self.changed[comparison.pk]

    def _matched_by(self, comparison: Comparison) -> dict[int, list[str]]:
        """Who paired the clauses of these rows, where the program did not."""
        if comparison.pk not in self.matched:
            rows = (pair.pk for pair in self._changed_in(comparison).values())
            self.matched[comparison.pk] = matched_by(*rows)
        return self.matched[comparison.pk]

    def _pairs_of(self, comparison: Comparison, where: Q) -> list[ClausePair]:
        words = "changes", "heading_changes", "old__text", "new__text"
        pairs = list(comparison.pairs.filter(where, level=Level.UNIT).select_related("old", "new").defer(*words))
        for pair in pairs:
            for clause, version in ((pair.old, comparison.old), (pair.new, comparison.new)):
                if clause:
                    clause.version = version
        return pairs

    def _part(self, comparison: Comparison, pair: ClausePair) -> list[Paragraph]:
        """The paragraphs of one article, however long the two texts are."""
        if pair.pk not in self.paragraphs:
            self.paragraphs[pair.pk] = paragraphs_of(comparison, pair)
        return self.paragraphs[pair.pk]

    def _topic(self, item: MemoItem) -> ShownItem | None:
        topic = item.topic.merged_into or item.topic if item.topic else None
        if topic is None or not topic.is_current:
            return None
        if not (topic.stands or topic.organisation == organisation_of(self.user)):  # no longer confirmed
            return None
        if topic.pk not in self.topics:
            stated = list(without_words(visible_correspondences(self.user).filter(topic=topic)))
            self.topics[topic.pk] = stated, *page_of_topic(stated, 1)
        stated, shown, page = self.topics[topic.pk]  # a long topic: the memo links to the rest
        sides_of(shown)
        provisions = provisions_of(shown)
        tables = side_by_side(shown, visible_values(self.user), provisions)
        # The words of all laws are a book: the memo links to them. What it says of two laws by themselves stands there.
        tables.answers = [
            one for one in tables.answers if (topic.pk, {one.old_version.pk, one.version.pk}) not in self.subjects
        ]
        blocks = [*topic_blocks(topic, tables, {}, self.root), *page_line(page)]
        basis = repr([(one.pk, one.verdict, one.reasoning, one.seconded_for_id) for one in stated])
        address = plain_address("topic", topic.slug)
        return ShownItem(item, str(topic), address, blocks, list(provisions), basis=basis)

    def _matrix(self, item: MemoItem) -> ShownItem | None:
        chosen = [self.versions[key] for key in item.columns if key in self.versions]
        if item.columns and not chosen:
            return None
        title, address = matrix_title(chosen), plain_address("topics")
        if chosen:
            address += "?" + urlencode([("column", version.address) for version in chosen])
        matrix = build_matrix(self.user, "", chosen or None)
        blocks: list[Block] = [ReportHeading(title, 1)]
        if matrix.columns:
            measured = f"{_('Measured against:')} {matrix.measure.title}"
            blocks += [Prose(plain(measured), "Remark"), *matrix_blocks(matrix, self.root)]
        texts = [version for column in matrix.columns for version in column.versions]
        cells = [
            (line.topic.pk, [(cell.state, [clause.pk for clause in cell.clauses]) for cell in line.cells])
            for line in matrix.lines
        ]
        return ShownItem(item, title, address, blocks, texts, basis=repr(cells))

    def _note(self, item: MemoItem) -> ShownItem | None:
        note = item.annotation
        version = self.versions.get(note.version_id) if note else None
        if note is None or version is None or not note.is_published or not version.is_published:
            return None
        note.clause.version = version
        kinds = [StyledText(f" · {kind}") for kind in note.kinds]
        blocks: list[Block] = [
            ReportHeading(f"{note.voice}: {cite(note.clause)}", 1),
            Prose((cited(note.clause, self.root), StyledText(f" · {note.get_risk_display()}", bold=True), *kinds)),
        ]
        if note.exact:
            blocks.append(Prose(plain(note.exact, language=version.language), "Quotation"))
        blocks += _prose(note.body)
        if note.proposed_text:
            blocks.append(Prose(plain(f"{_('Proposed wording')}:", bold=True)))
            blocks.append(Prose(plain(note.proposed_text, language=version.language), "Quotation"))
        if note.standards_seen:
            blocks.append(Prose(plain(f"{_('Standards relied on')}:", bold=True)))
        for standard in note.standards_seen:
            blocks.append(Prose((StyledText(f"{standard.version.law_name}, "), cited(standard, self.root))))
        address = plain_address("annotation", note.slug)
        title, basis = f"{note.voice}: {cite(note.clause)}", repr((note.body, note.proposed_text, note.risk))
        places = {version.pk: [note.clause.eid]}
        texts = list({one.pk: one for one in (version, *(clause.version for clause in note.standards_seen))}.values())
        return ShownItem(item, title, address, blocks, texts, basis=basis, places=places)

    def _concerns(self, item: MemoItem) -> ShownItem | None:
        law = item.law
        texts = list(Version.objects.published().confirmed().filter(law=law).select_related("law")) if law else []
        if law is None or not texts:
            return None
        spoken = [text.language for text in texts]
        language = max(sorted(set(spoken)), key=spoken.count)
        whole = survival([text for text in texts if text.language == language])
        title = _("Did the risk survive? %(law)s") % {"law": titled(law.name, proposal_of_law(law, of=TITLE))}
        blocks: list[Block] = [ReportHeading(title, 1)]
        if whole.last_tally:
            blocks.append(Prose(plain(whole.last_tally.sentence)))
        blocks += concern_blocks(whole, self.root, 2)
        basis = repr([(one.root.pk, [cell.state for cell in one.cells]) for one in whole.concerns])
        return ShownItem(item, title, plain_address("concerns", law.slug), blocks, whole.versions, basis=basis)

    def _both(self, item: MemoItem) -> tuple[Version | None, Version | None]:
        return self.versions.get(item.old_id or 0), self.versions.get(item.new_id or 0)

    # --- in a later text ---

    def _redline_between(self, one: ShownItem, old: Version, new: Version) -> Redline | None:
        """How the clauses of a part read in a later text; None where the two were not compared."""
        eids = one.places.get(old.pk, [])
        comparison = self._done_comparison(old, new) if eids else None
        if comparison is None:
            return None
        some = (pair for part in batched(eids, 300) for pair in self._pairs_of(comparison, _holds_any(part)))
        pairs = sorted({pair.pk: pair for pair in some}.values(), key=attrgetter("position"))
        if not pairs:
            return None
        paragraphs = [paragraph for pair in pairs for paragraph in self._part(comparison, pair)]
        said = dict.fromkeys(chain.from_iterable(matched_by(*(pair.pk for pair in pairs)).values()))
        paragraphs = [*(Paragraph([("label", words)]) for words in said), *paragraphs]
        return Redline(paragraphs, comparison.public_day, new.language)


def _holds_any(eids: Sequence[str]) -> Q:
    """Whether the old article of a row is one of the clauses, by their eIds, or one stands in the other."""
    steps = [eid.split("__") for eid in eids]
    holds = Q(old__eid__in={"__".join(each[:depth]) for each in steps for depth in range(1, len(each) + 1)})
    return Q(holds, *(Q(old__eid__startswith=f"{eid}__") for eid in eids), _connector=Q.OR)


_MAKERS: dict[ItemKind, Callable[[MemoReader, MemoItem], ShownItem | None]] = {
    ItemKind.SUBJECT: MemoReader._subject,
    ItemKind.CHANGE: MemoReader._change,
    ItemKind.CLAUSE: MemoReader._clause,
    ItemKind.COMPARISON: MemoReader._comparison_whole,
    ItemKind.TOPIC: MemoReader._topic,
    ItemKind.MATRIX: MemoReader._matrix,
    ItemKind.NOTE: MemoReader._note,
    ItemKind.CONCERNS: MemoReader._concerns,
}


# Of clauses by subject, in all parts together.
WORDS_MAX = 2_000_000
# Of the texts compared whole in one file: a worker holds some 16 bytes for each at once. A pair has 40 million at most.
LETTERS_MAX = 60_000_000


def _letters_of(version: Version) -> int:
    letters: int = version.clauses.aggregate(letters=Sum(Length("text"), default=0))["letters"]
    return letters


def items_of(memo: Any) -> list[MemoItem]:
    """A memo's items with what they lead to. One query, and one for the notes' kinds."""
    related = ["topic__merged_into", "law", "annotation__organisation", "annotation__clause"]
    return list(MemoItem.objects.filter(memo=memo).select_related(*related).defer("seen_words", "seen_texts"))


# Of one part; what is more stands in the last.
PARAGRAPHS_MAX = 200


def _prose(text: str) -> list[Block]:
    """The paragraphs of what people wrote. An empty line begins another one; browsers end lines with CR LF."""
    parts = re.split(r"\r?\n[ \t]*\r?\n", text, maxsplit=PARAGRAPHS_MAX)
    return [Prose(plain(" ".join(part.split()))) for part in parts if part.strip()]
