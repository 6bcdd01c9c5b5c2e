"""The schemas of the API's answers. Their descriptions are its documentation, in English; its guide translates them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_noop as _
from ninja import Field, Schema
from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from lawcompare.engine.document import LANGUAGES

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=80)]
# The column of a matrix: a law, or a draft's law and name.
Column = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)?$", max_length=161)]
# As in addresses inside a text: letters of any script, digits, _ and -.
Eid = Annotated[str, StringConstraints(pattern=r"^[\w-]+$", max_length=250)]
RiskName = Literal["none", "low", "medium", "high", "critical"]


def _known_language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError("this is no language of ISO 639-1, such as en or km")
    return code


A_LANGUAGE = _("A language by its code of ISO 639-1.")
LanguageCode = Annotated[
    str,
    AfterValidator(_known_language),
    WithJsonSchema({"type": "string", "enum": sorted(LANGUAGES), "description": A_LANGUAGE}),
]


PROPOSED_BY = Field(description=_("Who merely proposes it; empty where this site stands for it."))


def described[Form: type[Schema]](words: str) -> Callable[[Form], Form]:
    """Decorates a schema with what the document says of it."""

    def add(form: Form) -> Form:
        form.__doc__ = words
        return form

    return add


@described(_("Why a request was not answered (RFC 9457)."))
class ProblemOut(Schema):
    type: str
    title: str
    status: int
    detail: str = Field(description=_("One sentence that says what is wrong."))


class PageOut[Item](Schema):
    """A page of a list. ``next`` and ``prev`` are addresses, null at the ends."""

    total: int
    items: list[Item]
    next: str | None = None
    prev: str | None = None


@described(_("A text of a law."))
class TextRefOut(Schema):
    law: str
    version: str
    title: str
    language: str
    date: str = Field(
        description=_("As precise as it is known: `2012`, `2012-02` or `2012-02-29`; empty where it is not.")
    )
    url: str = Field(description=_("Its page."))
    text_status: str = Field(
        description=_("What the words are: `official`, `unofficial-translation`, `leaked`, `restatement` …")
    )
    is_partial: bool = Field(description=_("Whether a clause that is missing here may still be in the law."))
    proposed_by: str = Field(description=_("Who brought it, until the staff of this site confirm it; then empty."))


class SourceOut(Schema):
    url: str
    name: str


class WantedOut(Schema):
    id: str
    title: str
    title_km: str
    date: str = Field(description=_("As precise as it is known; empty of a part of a text that is here."))
    known_since: str
    body: str = Field(description=_("Why it matters."))
    body_km: str
    sources: list[SourceOut] = Field(description=_("Who says that it exists."))


class LawOut(Schema):
    slug: str
    title: str
    title_km: str
    jurisdiction: str = Field(description=_("A country by its code of ISO 3166-1, in small letters, or `int`."))
    kind: Literal[
        "draft", "statute", "treaty", "instrument", "constitution", "decree", "sub-decree", "prakas", "regulation",
        "order", "decision", "instruction", "declaration", "guideline",
    ]  # fmt: skip
    description: str
    frbr_uri: str
    proposed_by: str = Field(description=_("Who proposes it, while the staff of this site have not confirmed it."))
    url: str
    versions: list[TextRefOut]
    renderings: list[TextRefOut] = Field(
        description=_("What renders these texts in another language: no texts of their own.")
    )
    wanted: list[WantedOut] = Field(
        description=_("Texts of it that are known to exist and that nobody here has seen; a law may have no others.")
    )


class AmendmentOut(Schema):
    base: str = Field(description=_("The text that is amended, as `law/version`."))
    act: str = Field(description=_("The amending act, as `law/version`."))
    result: str = Field(description=_("The text as amended, as `law/version`."))
    proposed_by: str = Field(description=_("Who proposes it, while the staff of this site have not confirmed it."))


class PlaceInActOut(Schema):
    act: str = Field(description=_("The place in the act."))
    eid: str = Field(description=_("The clause of the act."))
    operation: str
    by_hand: bool = Field(description=_("Whether a person wrote the words."))


class InstructionOut(PlaceInActOut):
    clauses: list[str] = Field(description=_("The clauses that it changed, by their addresses in the result."))
    removed: list[str] = Field(description=_("Those that it removed, by their addresses in the text amended."))


class ConsolidationOut(AmendmentOut):
    instructions: list[InstructionOut]


class VersionOut(TextRefOut):
    short_title: str
    source_url: str
    became_public: str
    became_public_on: str
    note: str
    translates: str = Field(
        description=_("The text that it renders in another language, as `law/version`; empty for originals.")
    )
    pages_total: int | None = Field(None, description=_("Pages of a text recognised from pictures."))
    pages_proofread: int | None = Field(None, description=_("Those of them that a person read against it."))
    warnings_open: int | None = Field(None, description=_("Warnings of its reading that nobody has checked."))
    corrects: str = Field(description=_("The earlier text that it corrects, as `law/version`; empty where none."))
    corrected_by: list[str] = Field(description=_("Texts that correct this one, the newest first: read those instead."))
    amends: list[AmendmentOut] = Field(description=_("As an act: the texts that it amends."))
    amended_by: list[AmendmentOut] = Field(description=_("The acts that amend this text, by their dates."))
    consolidates: ConsolidationOut | None = Field(
        description=_(
            "Of a text consolidated by the program: of what, by which act, and what each instruction changed."
        )
    )
    later: list[str] = Field(description=_("Later texts of the law that are publicly known, seen here or wanted."))
    text_hash: str = Field(description=_("SHA-256 of addresses and words: the same text, the same hash."))
    frbr_uri: str
    clause_count: int


class PlainWordsOut(Schema):
    text: str
    text_km: str
    by: str = Field(description=_("The organisation that says so."))
    proposed_by: str = PROPOSED_BY


class ClauseOut(Schema):
    eid: str = Field(description=_("Its address in the text, by the Akoma Ntoso naming convention."))
    element: str
    num: str
    heading: str
    text: str = Field(description=_("Its own words, without those of the clauses inside it."))
    depth: int
    position: int
    parent: str | None
    text_status: str = Field("", description=_("Where it differs from that of the version."))
    source_url: str = ""
    note: str = ""
    identifier: str = ""
    obtained: Literal["text-layer", "converted-font", "recognised"] | None = Field(
        None, description=_("How its words came out of the file; nothing where the file was a text.")
    )
    confidence: float | None = Field(None, description=_("Mean confidence of the recogniser of pictures, 0 to 1."))
    is_corrected: bool | None = Field(None, description=_("Whether a person corrected it before it was published."))
    plain_words: PlainWordsOut | None = Field(
        None, description=_("What it says in plain words, where somebody tells it: no part of the text.")
    )
    url: str


@described(_("Something that happened in the making of a law."))
class EventOut(Schema):
    id: str = Field(description=_("Unique among the events of its law."))
    date: str = Field(description=_("As precise as it is known: `2012`, `2012-02` or `2012-02-29`."))
    date_is_inferred: bool = Field(description=_("Whether the date is inferred, and not stated by the source."))
    kind: Literal["drafting", "text", "consultation", "us-law", "criticism", "reply", "treaty", "other-law"]
    title: str
    title_km: str
    body: str
    body_km: str
    sources: list[SourceOut]
    organisation: str = Field(description=_("The organisation that states it; empty where those do who run the site."))
    proposed_by: str = PROPOSED_BY
    versions: list[TextRefOut] = Field(description=_("The public texts that it concerns."))


@described(_("A value read from a text, or a question a rule asks of it. Never a verdict."))
class FindingOut(Schema):
    clause: str
    rule: str
    start: int = Field(description=_("Code points into the clause's own text."))
    end: int
    quote: str
    message: str
    values: dict[str, Any]
    status: Literal["read-by-program"] = Field(description=_("No person has checked it."))


@described(
    _("What a clause lays down of one element, as people stated it; a difference rests on confirmed values alone.")
)
class ValueOut(Schema):
    clause: str
    element: Literal["conduct", "mental", "harm", "defences", "penalties", "authorisation", "time_limits", "scope"]
    values: dict[str, Any] = Field(description=_("Empty where the words are the value; `{none: true}`: there is none."))
    value: str = Field(description=_("The same in one line, as tables have it."))
    quote: str
    note: str = Field(description=_("A condition of it, or what its words leave out."))
    words_clause: str | None = Field(description=_("The clause in which the words stand."))
    start: int | None = Field(description=_("Code points into that clause's own text."))
    end: int | None
    status: Literal["confirmed", "disputed", "stated"]
    organisation: str | None = Field(
        description=_("Who stands for it; `null`: the project, whose readers are no lawyers.")
    )
    confirmed_for: str | None
    credit: str
    proposed_by: str = PROPOSED_BY


class ClauseRefOut(Schema):
    law: str
    version: str
    eid: str
    url: str


class ClauseNameOut(Schema):
    eid: str
    num: str
    heading: str


class ComparisonOut(Schema):
    old: TextRefOut
    new: TextRefOut
    engine: str
    edition: int
    state: Literal["queued", "running", "done", "failed"]
    stats: dict[str, int] = Field(description=_("How many articles of each kind, as the clause map found them."))
    standings: dict[str, int] = Field(
        description=_("How many of each standing: what holds where a text is known only in part.")
    )
    corrected_by: list[str] = Field(description=_("Organisations as whose decisions some clauses are paired."))
    finished_at: datetime | None
    url: str
    pairs: str = Field(description=_("Where its pairs are listed."))


class ElementOut(Schema):
    element: str
    outcome: Literal["kept", "changed", "reported-otherwise", "first-reported", "not-reported-since"]
    old: list[str]
    new: list[str]


@described(_("Who paired the clauses, or set them apart, and why."))
class DecidedOut(Schema):
    by: str
    reason: str


@described(_("Clauses that belong together, or one without a partner. Parts follow their row."))
class PairOut(Schema):
    position: int
    level: Literal["unit", "container", "part"]
    kind: str = Field(description=_("What the clause map found; see `standing` for what holds of it."))
    standing: str = Field(
        description=_(
            "`unchanged`, `changed`, `renumbered`, `moved`, `split`, `merged`, `added`, `removed`; `doubtful` where "
            "the program is not sure of the pair; `slips` where nothing but probable slips of reading differs, counted "
            "apart in `stats` too; `same-subject`, `not-in-old` or `not-in-new` where a text is known "
            "only in part."
        )
    )
    old: ClauseNameOut | None
    new: ClauseNameOut | None
    score: float = Field(description=_("How sure the pairing is, 0 to 1; below a half it is doubtful."))
    group: int = Field(description=_("The rows of one split or merge have the same."))
    size: float = Field(description=_("Share of the words that changed, 0 to 1."))
    noise: bool
    slips: int = Field(description=_("Places that differ by a probable slip of who read a picture or an old font."))
    unseen: bool = Field(False, description=_("Whether the words of either side are not known."))
    evidence: str = Field(description=_("Why the clauses were set together, or why one has no counterpart, in words."))
    reasons: list[list[Any]] = Field([], description=_("The same as values, `[kind, values]`."))
    sentence: str = Field(description=_("Written by the program; no person has checked it."))
    sentence_by: Literal["program"]
    decided: DecidedOut | None = None
    corrected_by: list[str] = Field([], description=_("Organisations as whose decisions some clauses are paired."))
    changes: list[list[str]] = Field(
        [],
        description=_(
            "Runs of the text as `[op, words, noise]`; `op` is `equal`, `insert` or `delete`, of a paraphrase also "
            "`only-old` or `only-new`; `noise` is `slip` for a probable slip of reading. Empty: no difference."
        ),
    )
    heading_changes: list[list[str]] = []
    elements: list[ElementOut] = Field([], description=_("Of two restatements: what changed, element by element."))
    instructions: list[PlaceInActOut] = Field(
        [], description=_("Of a text consolidated by the program, beside the one before: what the act says of the row.")
    )


class TopicOut(Schema):
    slug: str
    title: str
    title_km: str
    description: str
    description_km: str
    elsewhere: list[str]
    clauses: list[ClauseRefOut]
    url: str


@described(_("How a clause stands to a clause of another law, or that none was found there (`object` is `null`)."))
class CorrespondenceOut(Schema):
    topic: str
    subject: ClauseRefOut
    object: ClauseRefOut | None
    object_version: TextRefOut
    relation: Literal["equivalent", "narrower", "broader", "partial", "contrary", "none", ""]
    basis: Literal["words", "heading"] = Field(
        description=_("`heading`: of one clause the heading alone is known; no relation is stated then.")
    )
    reasoning: str
    searched: str
    elements: list[str]
    author: str
    proposed_by: str = PROPOSED_BY
    standing: Literal["stated", "confirmed", "project"] = Field(
        description=_("Stated by one person, confirmed by a second, or judged by the project.")
    )


class ColumnOut(Schema):
    name: str
    title: str
    versions: list[TextRefOut]


class CellOut(Schema):
    column: str
    state: str = Field(
        description=_(
            "A relation to the measure, or `heading`, `adds`, `has`, `not-known`, `absent`, `elsewhere`; or empty."
        )
    )
    relations: list[str]
    reasons: list[str]
    by: list[list[str]] = Field(
        description=_("For each of `relations`, the organisations that state it; none where the site's editors do.")
    )
    elsewhere: list[str]
    clauses: list[ClauseRefOut]


class LineOut(Schema):
    topic: str
    cells: list[CellOut]


class MatrixOut(Schema):
    measure: str
    columns: list[ColumnOut]
    lines: list[LineOut]


class AnnotationOut(Schema):
    id: str
    clause: ClauseRefOut
    exact: str = Field(description=_("The words it is on; empty where it is on the whole clause."))
    start: int | None
    end: int | None
    body: str = Field(description=_("Markdown."))
    proposed_text: str
    motivation: str
    risk: RiskName
    categories: list[str]
    organisation: str
    organisation_name: str
    credited: str = Field(description=_("A person, where they asked to be named."))
    restates: str = Field(description=_("The publication it restates, where it restates one."))
    descends_from: str | None
    published_at: datetime
    url: str
    jsonld: str = Field(description=_("The same as a W3C Web Annotation."))


class ConcernCellOut(Schema):
    version: TextRefOut
    state: str = Field(
        description=_(
            "`kept`, `softened`, `worsened`, `removed` or `not-known` as people judged; `raised` where it was first; "
            "`unjudged`; empty before it was raised."
        )
    )
    annotations: list[str]
    reason: str


@described(_("A line of annotations that speak of one concern, by the first of them."))
class ConcernOut(Schema):
    id: str
    organisation: str = Field(description=_("The short name of the organisation whose note it is."))
    risk: RiskName = Field(description=_("The highest that was ever stated of it."))
    category: str
    cells: list[ConcernCellOut]


class HitOut(Schema):
    kind: Literal["clause", "annotation", "topic"]
    key: str
    title: str
    organisation: str | None = Field(description=_("The short name of the organisation whose note it is."))
    place: str
    text: str = Field(description=_("An extract, the words found between ⟦ and ⟧."))
    language: str
    version: TextRefOut | None
    is_cited: bool = Field(description=_("Whether the question names this very place."))
    in_plain_words: bool = Field(description=_("Whether the extract is what the clause says in plain words."))
    is_restatement: bool = Field(description=_("Whether the words are a restatement and not the law’s own."))
    url: str


class AnswersOut(PageOut[HitOut]):
    counts: dict[str, dict[str, int]] = Field(description=_("For each filter, how many answers each value gives."))
    having_all: int = Field(description=_("How many of the first have all that is asked for; the others have most."))
    is_cut: bool = Field(description=_("Whether it took too long to look through what organisations wrote."))
    corrected: str = Field(description=_("The question that was answered, where a word was misspelt; else empty."))
    in_law: dict[str, list[str]] = Field(description=_("Everyday words, and phrases of laws looked for beside them."))
    close: list[HitOut] = Field(description=_("Clauses close in meaning, found by the program; at most five."))
