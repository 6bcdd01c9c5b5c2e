"""A clause, a row of a comparison, a note or the concerns of a law in the few words that are shared of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.access import get_published_annotation
from lawcompare.annotations.html import body_in_reader_language
from lawcompare.comparisons.elements import element_changes
from lawcompare.comparisons.models import ClausePair, is_unknown, matched_by
from lawcompare.comparisons.rows import ONLY, PARTS_MAX, PrintedRow, title
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.provisions import Counterpart, texts_inside
from lawcompare.engine.writing.card import Bar, Card, Run, cut_end, cut_start, shortened
from lawcompare.languages import digits, reader_language
from lawcompare.laws.access import TITLE, corrections_of, proposal_of_law
from lawcompare.laws.citing import cite
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.translations.services import label_of
from lawcompare.publishing.concerns.outcomes import OUTCOMES, ConcernTally, main_language, state_words, survival
from lawcompare.sharing import access

# Letters of law text and of a comment on a card; Khmer takes more room. On a page there may be more of both.
ON_CARD = {"en": 330, "km": 250}
COMMENT_ON_CARD = {"en": 150, "km": 110}
TITLE_ON_CARD = 160
OF_ON_CARD, LEAD_ON_CARD = {"en": 110, "km": 160}, {"en": 110, "km": 120}
ON_PAGE, COMMENT_ON_PAGE = 1500, 400
IN_MESSAGE = 280
TEXTS_IN_CHART = 5


@dataclass(frozen=True)
class SharedExcerpt:
    """What is shared, in the language of the page; ``runs`` are in that of the text.

    ``names`` is (kind, arguments) of its addresses: ``share_clause``, ``embed_clause`` and so on. ``address`` is the
    page on which it stands. ``by`` names who says what is not the site's, or who paired clauses. ``superseded`` tells
    since when there is a newer text, at the address ``newer``.
    """

    names: tuple[str, tuple[str, ...]]
    label: str
    title: str
    of: str
    address: str
    by: str = ""
    lead: str = ""
    risk: int | None = None
    runs: tuple[Run, ...] = ()
    language: str = "en"
    comment: str = ""
    bars: tuple[Bar, ...] = ()
    facts: tuple[str, ...] = ()
    superseded: str = ""
    newer: str = ""

    @property
    def share(self) -> str:
        return self._at("share")

    @property
    def card(self) -> str:
        return self._at("card")

    @property
    def embed(self) -> str:
        return self._at("embed")

    def _at(self, form: str) -> str:
        kind, arguments = self.names
        return reverse(f"{form}_{kind}", args=arguments)

    @property
    def quote(self) -> str:
        """The words as plain text, without what was taken out."""
        words = "".join(text for op, text in self.runs if op != "delete")
        return cut_end(" ".join(words.split()), IN_MESSAGE)

    @property
    def where(self) -> str:
        """The excerpt's name and text, and what the text is: a line of a message."""
        return " · ".join(filter(None, [self.title, self.of, self.by, *self.facts[:1]]))

    @property
    def all_facts(self) -> list[str]:
        """What its text is, who says what is not the site's where its label does not, and the rest."""
        return [*self.facts[:1], *([self.by] if self.by and self.by != self.label else []), *self.facts[1:]]

    @property
    def description(self) -> str:
        """A sentence or two for previews by others."""
        quote = f"“{self.quote}”" if self.quote else ""
        said = [self.by and f"{self.by}{_(':')}", self.lead and f"{self.lead.rstrip('.')}.", quote, self.comment]
        return " ".join(filter(None, said)) or self.where

    @property
    def paragraphs(self) -> list[list[Run]]:
        """The runs, cut at their line breaks."""
        paragraphs: list[list[Run]] = [[]]
        for op, text in self.runs:
            for number, piece in enumerate(text.split("\n")):
                if number:
                    paragraphs.append([])
                if piece:
                    paragraphs[-1].append((op, piece))
        return [paragraph for paragraph in paragraphs if paragraph]

    def as_card(self, host: str) -> Card:
        """What is drawn of it; ``host`` is where it can be read."""
        language = reader_language().code
        limits = COMMENT_ON_CARD if self.runs else ON_CARD
        comment = cut_end(self.comment, limits.get(language, limits["en"]))
        return Card(
            site=settings.SITE_NAME,
            host=host,
            language=language,
            title=cut_end(self.title, TITLE_ON_CARD),
            label=self.label,
            of=cut_end(self.of, OF_ON_CARD.get(language, OF_ON_CARD["en"])),
            lead=cut_end(self.lead, LEAD_ON_CARD.get(language, LEAD_ON_CARD["en"])),
            risk=self.risk,
            runs=shortened(self.runs, ON_CARD.get(self.language, ON_CARD["en"]) - len(comment)),
            language_of_runs=self.language,
            comment=comment,
            bars=self.bars,
            facts=tuple(cut_end(fact, 60) for fact in self.all_facts),
        )


# --- A clause ---------------------------------------------------------------------------------------------------------


def clause_excerpt(law: str, version: str, eid: str) -> SharedExcerpt:
    """Returns a public clause with what stands inside it."""
    clauses = access.get_shared_clause(law, version, eid)
    clause = clauses[0]
    text = clause.version
    runs = shortened([("equal", "\n".join(_lines(clauses)))], ON_PAGE)
    superseded, newer = _superseded(text)
    return SharedExcerpt(
        names=("clause", (law, version, eid)),
        label=_by(label_of(text) or _("Law text"), text),
        title=cite(clause),
        of=text.name,
        address=clause.get_absolute_url(),
        runs=runs,
        language=text.language,
        facts=facts_of(text, clause),
        superseded=superseded,
        newer=newer,
    )


def _lines(clauses: Iterable[Clause]) -> Iterator[str]:
    top, *inside = clauses
    if top.text:
        yield top.text
    for clause in inside:
        words = " ".join(filter(None, [clause.num, clause.heading, clause.text]))
        if words:
            yield words


def _by(label: str, *texts: Version) -> str:
    """A label with who brought texts that staff have not confirmed: a card cuts titles, which say so at their end."""
    named = dict.fromkeys(text.origin.proposal_label for text in texts if text.unchecked_of)
    return " · ".join([label, *(words for words in named if words not in label)])


def facts_of(version: Version, clause: Clause | None = None) -> tuple[str, ...]:
    """Returns what a text is, of which day, and the host of its source; of a clause that says so, its own."""
    own = clause if clause is not None and clause.text_status else version
    source = (clause.source_url if clause is not None else "") or version.source_url
    facts = [str(own.get_text_status_display()), format_date(version.date), _host(source)]
    return tuple(capfirst(fact) if number == 0 else fact for number, fact in enumerate(facts) if fact)


def _host(*addresses: str) -> str:
    hosts = dict.fromkeys((urlsplit(address).hostname or "").removeprefix("www.") for address in addresses)
    shown = ", ".join(filter(None, hosts))
    return _("source: %(host)s") % {"host": shown} if shown else ""


def _superseded(version: Version) -> tuple[str, str]:
    """That the text was corrected or a newer one of its law is known, and the address of that; empty where neither."""
    corrected = next(iter(corrections_of(VISITOR, version)), None)
    if corrected is not None:
        day = format_date(f"{corrected.published_at:%Y-%m-%d}")
        sentence = _("Superseded on %(day)s: this text was corrected by “%(title)s”.")
        return sentence % {"day": day, "title": corrected.name}, corrected.get_absolute_url()
    later = next(iter(access.later_texts(version)), None)
    if later is None:
        return "", ""
    sentence = _("Superseded: since %(day)s there is a newer text, “%(title)s”.")
    return sentence % {"day": format_date(later.date), "title": later.name}, later.get_absolute_url()


# --- A row of a comparison --------------------------------------------------------------------------------------------


def row_excerpt(old_law: str, old_version: str, new_law: str, new_version: str, row: str) -> SharedExcerpt:
    """Returns a row of a comparison of two public texts, as a redline."""
    comparison, pair = access.get_shared_row((old_law, old_version), (new_law, new_version), row)
    printed = PrintedRow(pair, elements=element_changes(comparison, [pair]).get(pair.pk, []))
    old, new = comparison.old, comparison.new
    superseded, newer = _superseded(new)
    sentence = printed.sentence if printed.look != "unchanged" else ""
    by_text = "?by=text" if old.law_id != new.law_id else ""
    return SharedExcerpt(
        names=("row", (old_law, old_version, new_law, new_version, row)),
        label=_by(_("Two texts compared"), old, new),
        title=title(pair),
        of=f"{old.short_name} → {new.short_name}",
        address=f"{comparison.get_absolute_url()}{by_text}#{row}",
        lead=sentence or capfirst(printed.kind_label),
        runs=shortened(_redline(pair, (old.short_name, new.short_name)), ON_PAGE),
        language=new.language if pair.new else old.language,
        by=", ".join(matched_by(pair.pk)[pair.pk]),
        facts=_facts_of_both(old, new, pair),
        superseded=superseded,
        newer=newer,
    )


def _redline(pair: ClausePair, names: tuple[str, str]) -> list[Run]:
    """Returns the words of a row with what differs; parts in which nothing differs only where nothing does at all."""
    # Of the longest rows those that changed, and some: more have no room.
    parts = pair.parts.select_related("old", "new").order_by("-is_near", "position")[:PARTS_MAX]
    pieces = list(_pieces(sorted(parts, key=attrgetter("position")) or [pair], pair, names))
    changed = [runs for runs in pieces if any(op != "equal" for op, _words in runs)]
    runs: list[Run] = []
    for piece in changed or pieces:
        if piece:
            runs += [*([("equal", "\n")] if runs else []), *piece]
    return runs


def _pieces(parts: Iterable[ClausePair], row: ClausePair, names: tuple[str, str]) -> Iterator[list[Run]]:
    """Yields the words of each part; where a row of two clauses tells one text alone, after saying which one."""
    last_side = ""
    for part in parts:
        unknown = is_unknown(row) or is_unknown(part)
        runs = _part_runs(part, row, unknown, names)
        side = "" if not unknown or (part.old and part.new) else _("New text") if part.new else _("Old text")
        if runs and side and side != last_side and row.old and row.new:
            runs = [("equal", f"{side}{_(':')} "), *runs]
        last_side = side or last_side
        yield runs


def _part_runs(part: ClausePair, row: ClausePair, unknown: bool, names: tuple[str, str]) -> list[Run]:
    clause: Any = part.new or part.old
    own = clause.eid in {row.old and row.old.eid, row.new and row.new.eid}
    number: list[Run] = [("equal", f"{clause.num} ")] if clause.num and not own else []
    if unknown:
        runs: list[Run] = [("equal", clause.text)]
    elif any(change[0] in ONLY for change in part.changes):
        # Two paraphrases, one after the other.
        told = zip(names, (part.old, part.new), strict=True)
        runs = [("equal", "\n".join(f"{name}{_(':')} {one.text}" for name, one in told if one))]
    elif part.changes:
        runs = [
            ("equal" if noise == "slip" else op, words)
            for op, words, noise in part.changes
            if (op, noise) != ("delete", "slip")
        ]
    elif part.old is None or part.new is None:
        op = "insert" if part.old is None else "delete"
        runs = [(op, "".join(words for _op, words in number) + clause.text)]
        number = []
    else:
        runs = [("equal", clause.text)]
    runs = [(op, words) for op, words in runs if words.strip() or op == "equal"]
    return [*number, *runs] if any(words.strip() for _op, words in runs) else []


def _facts_of_both(old: Version, new: Version, pair: ClausePair | None = None) -> tuple[str, ...]:
    """Returns what two texts are, of which days, and the hosts of their sources; of a row those of its own clauses."""
    statuses = dict.fromkeys(str(one.get_text_status_display()) for one in (old, new))
    dates = dict.fromkeys(filter(None, (format_date(one.date) for one in (old, new))))
    sides = [(old, None), (new, None)] if pair is None else [(old, pair.old), (new, pair.new)]
    sources = [
        (clause.source_url if clause else "") or text.source_url
        for text, clause in sides
        if pair is None or clause is not None
    ]
    return tuple(filter(None, [capfirst(" → ".join(statuses)), " → ".join(dates), _host(*sources)]))


# --- A subject of two laws --------------------------------------------------------------------------------------------


def subject_excerpt(old_law: str, old_version: str, new_law: str, new_version: str, topic: str) -> SharedExcerpt:
    """Returns what is stated of two public texts under a topic: the words of both, relation, reasons and by whom."""
    old, new, row = access.get_shared_subject((old_law, old_version), (new_law, new_version), topic)
    leading = row.leading
    alike = [one for one in row.answers if (one.is_site, one.stands) == (leading.is_site, leading.stands)]
    answer = next((one for one in alike if one.old and one.clause), leading)
    superseded, newer = _superseded(old)
    return SharedExcerpt(
        names=("subject", (old_law, old_version, new_law, new_version, topic)),
        label=_by(_("Two laws, read by subject"), old, new),
        title=str(row.topic),
        of=f"{old.name} – {new.name}",
        address=f"{reverse('comparison', args=[old_law, old_version, new_law, new_version])}#{topic}",
        lead=_relation(answer, len(row.answers) - 1),
        runs=shortened(_both(answer), ON_PAGE),
        language=old.language if answer.old else new.language,
        comment=cut_end(localised(answer.reasoning), COMMENT_ON_PAGE),
        by=f"{localised(answer.author)}, {answer.standing}",
        facts=_facts_of_both(old, new)[:1],
        superseded=superseded,
        newer=newer,
    )


def _relation(answer: Counterpart, others: int) -> str:
    """Returns how far the clauses answer each other, and how many more answers stand on the page."""
    clauses = " – ".join(cite(clause) for clause in (answer.old, answer.clause) if clause)
    lead = f"{capfirst(answer.relation_label)}: {clauses}" if clauses else capfirst(answer.relation_label)
    if not others:
        return lead
    more = ngettext("and %(n)s more answer", "and %(n)s more answers", others) % {"n": digits(others)}
    return f"{lead} · {more}"


def _both(answer: Counterpart) -> list[Run]:
    """Returns the words of both clauses; of the second none where it is in another language."""
    clauses = [clause for clause in (answer.old, answer.clause) if clause]
    readable = [clause for clause in clauses if clause.version.language == clauses[0].version.language]
    inside = texts_inside(readable)
    words: list[str] = []
    for one in readable:
        name = ". ".join(filter(None, [one.num, one.heading]))  # as the text has them, in its language
        words += filter(None, [name, *_lines(inside[one.pk])])
    return [("equal", "\n".join(words))] if words else []


# --- A note -----------------------------------------------------------------------------------------------------------


def note_excerpt(slug: str) -> SharedExcerpt:
    """Returns a published annotation: the words it is about, and the beginning of what it says."""
    note = get_published_annotation(slug)
    version, clause = note.version, note.clause
    superseded, newer = _superseded(version)
    kinds = " · ".join(note.kinds)
    is_first, is_last = clause.text.startswith(note.prefix + note.exact), clause.text.endswith(note.exact + note.suffix)
    before = note.prefix if is_first else cut_start(note.prefix, len(note.prefix) - 1)
    after = note.suffix if is_last else cut_end(note.suffix, len(note.suffix) - 1)
    label = _by(_("Note by %(organisation)s") % {"organisation": note.voice}, version)
    quoted: list[Run] = [("equal", before), ("quote", note.exact), ("equal", after)]
    body = unescape(strip_tags(body_in_reader_language(note)))
    return SharedExcerpt(
        names=("note", (slug,)),
        label=label,
        by=label,
        title=cite(clause),
        of=version.name,
        address=note.get_absolute_url(),
        lead=" · ".join(filter(None, [capfirst(str(note.get_risk_display())), kinds])),
        risk=note.risk,
        runs=shortened(quoted if note.exact else [("equal", clause.text)], ON_PAGE),
        language=version.language,
        comment=cut_end(" ".join(body.split()), COMMENT_ON_PAGE),
        facts=facts_of(version, clause),
        superseded=superseded,
        newer=newer,
    )


# --- The concerns of a law --------------------------------------------------------------------------------------------


def concerns_excerpt(law: str) -> SharedExcerpt:
    """Returns what became of the concerns raised on a law's texts, text by text, as bars."""
    shared, texts = access.get_shared_law(law)
    language = main_language(texts)
    tallies = [tally for tally in survival(text for text in texts if text.language == language).tallies if tally]
    lead = tallies[-1].headline if tallies else _("No concern has been raised on a text before the last one.")
    return SharedExcerpt(
        names=("concerns", (law,)),
        label=_("Concerns, text by text"),
        title=_("Did the risk survive?"),
        of=f"{proposal}{_(':')} {shared.name}" if (proposal := proposal_of_law(shared, of=TITLE)) else shared.name,
        address=reverse("concerns", args=[law]),
        lead=lead,
        comment=tallies[-1].sentence if tallies else "",
        bars=tuple(map(_bar, tallies[-TEXTS_IN_CHART:])),
        facts=(_("Judged by those who wrote the notes, named on the page"),),
    )


def _bar(tally: ConcernTally) -> Bar:
    states = [state for state in (*OUTCOMES, "unjudged") if tally.counts[state]]
    parts = tuple((state, state_words(state), tally.counts[state], digits(tally.counts[state])) for state in states)
    return Bar(format_date(tally.version.date) or tally.version.name, parts)


# --- The site ---------------------------------------------------------------------------------------------------------


def site_excerpt() -> SharedExcerpt:
    """Returns what the site is: for the pages that have no card of their own."""
    return SharedExcerpt(
        names=("site", ()),
        label="",
        title=_("What the drafts of Cambodia’s cybercrime law say, and how it changes"),
        of="",
        address=reverse("home"),
        comment=_(
            "Every draft is set beside the one before it, and beside United States law and the treaties, clause by "
            "clause and word by word. Notes in the margin say what is wrong with it, and by which standard."
        ),
    )
