"""What each law has under each topic, and how that stands to one law chosen as the measure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q
from django.utils.translation import gettext

from lawcompare.accounts.models import Person
from lawcompare.crosswalk.access import visible_correspondences, without_words
from lawcompare.crosswalk.models import (
    GRAVITY,
    REVERSED,
    VERDICTS,
    Relation,
    Silence,
    SilenceKind,
    Topic,
)
from lawcompare.crosswalk.provisions import is_site
from lawcompare.languages import digits
from lawcompare.laws.access import visible_originals
from lawcompare.laws.citing import cite, number_of, read_cited_address, us_title
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Jurisdiction, LawKind, Version
from lawcompare.laws.translations.services import set_shown

DEFAULT_MEASURE = "budapest-convention"

# Columns of several laws, in which a clause is named with its law.
COLUMNS_OF_LAWS = {"us", "kh"}

# The country at the end of a law's name, which the head of its column says.
_COUNTRY = re.compile(r" of (?:the Kingdom of )?Cambodia$|(?:នៃព្រះរាជាណាចក្រ|របស់)កម្ពុជា$")

# The English word before the number that closes a name.
_NUMBERED_UNIT = re.compile(r"\b(Article|Section|Rule)(?=[ \u00a0]\d+$)")


@dataclass(frozen=True)
class MatrixColumn:
    """A law, or the texts of one code that are read together."""

    name: str
    title: str
    versions: tuple[Version, ...]


@dataclass
class MatrixCell:
    """What a column has under a topic.

    ``state`` is a relation to the measure, ``heading`` (of one of the two a heading is all that is known), ``adds``
    (the measure has none), ``has`` (no relation is stated), ``not-known``, ``absent``, ``elsewhere`` (in law that is
    not here), or empty: nothing is stated.
    """

    state: str = ""
    clauses: list[Clause] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    names_laws: bool = False
    # For each of ``relations`` the organisations that state it; none where the site's editors do.
    by: list[list[str]] = field(default_factory=list)
    # What is stated of each version, where something is: relations, and by whom.
    of_version: dict[int, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The relation that leads, or what else it says."""
        return self.verdicts[0] if self.verdicts else state_words(self.state)

    @property
    def verdicts(self) -> list[str]:
        """Each relation, with who states it: ``contrary (The Centre)``."""
        return _with_names(zip(self.relations, self.by, strict=True))

    def words_of(self, clause: Clause) -> str:
        """What is said of one of its clauses: of a law of which no relation is stated, only that it has it."""
        if not self.relations:
            return self.words
        return ", ".join(_with_names(self.of_version.get(clause.version_id, {}).items())) or state_words("has")

    @property
    def names(self) -> list[tuple[str, str, Clause]]:
        """What stands before it, name and clause of each clause by number; a run of articles by its first and last.

        In a column of several laws the first clause of each is named with its law: ``Constitution, Article 40; Criminal
        Code, Article 301, Articles 317–319`` and ``18 U.S.C. 2511, 2512; 47 U.S.C. 230``.
        """
        runs: list[list[Clause]] = []
        for clause in self.clauses:
            if runs and _follows(runs[-1][-1], clause):
                runs[-1].append(clause)
            else:
                runs.append([clause])
        names: list[tuple[str, str, Clause]] = []
        for run in runs:
            for clause, end in [(run[0], f"–{_last_number(run[-1])}")] if len(run) > 2 else [(one, "") for one in run]:
                is_new_law = not names or names[-1][2].version_id != clause.version_id
                before = "; " if self.names_laws and (is_new_law or not clause.num) else ", "
                name = name_in_law(clause, is_named=is_new_law) if self.names_laws else matrix_name(clause)
                names.append((before if names else "", _in_plural(name) + end if end else name, clause))
        return names


def matrix_name(clause: Clause) -> str:
    """A clause by its number alone, a part with its article; by its heading where the number is not known."""
    is_part = bool(read_cited_address(clause.eid)[2])
    number = number_of(clause) if clause.num and clause.heading and not is_part else cite(clause)
    return number.replace("§ ", "§\u00a0")


def name_in_law(clause: Clause, *, is_named: bool) -> str:
    """A clause in a column of several laws, with its law where ``is_named``; a section of the US Code without its sign.

    The First Amendment and decisions, which have no number, are named by their headings alone.
    """
    law = clause.version.law
    unit, number, parts = read_cited_address(clause.eid)
    title = us_title(law)
    if title and unit:
        bare = f"{number}{''.join(f'({part})' for part in parts)}"
        return f"{title} {bare}" if is_named else bare
    name = matrix_name(clause)
    if not is_named or (law.kind == LawKind.CONSTITUTION and not (unit or clause.num)):
        return name
    return f"{title or _COUNTRY.sub('', clause.version.law_name)}, {name}"


def _in_plural(name: str) -> str:
    """The name of a run's first clause as that of the run: ``Articles 317``. Khmer and bare numbers have no plural.

    >>> _in_plural("Criminal Code, Article 317"), _in_plural("18 U.S.C. 2511"), _in_plural("មាត្រា ៣១៧")
    ('Criminal Code, Articles 317', '18 U.S.C. 2511', 'មាត្រា ៣១៧')
    """
    return _NUMBERED_UNIT.sub(r"\1s", name)


def _last_number(clause: Clause) -> str:
    """The number that closes a run, in the digits of its first: those of the code for sections."""
    number = str(_integer(clause))
    return number if clause.eid.rpartition("__")[2].startswith("sec_") else digits(number)


def _integer(clause: Clause) -> int | None:
    """The number of an article or section, where it is a plain one."""
    last = clause.eid.rpartition("__")[2].partition("_")
    return int(last[2]) if last[0] in {"art", "sec"} and last[2].isdigit() else None


def _follows(before: Clause, clause: Clause) -> bool:
    first, second = _integer(before), _integer(clause)
    return before.version_id == clause.version_id and first is not None and second == first + 1


def state_words(state: str) -> str:
    words = {
        "adds": gettext("adds"),
        "has": gettext("has it"),
        "not-known": gettext("not known"),
        "absent": gettext("none found"),
        "elsewhere": gettext("in other law"),
        "": "",
    }
    return words[state] if state in words else str(dict(VERDICTS)[state])


@dataclass
class MatrixRow:
    topic: Topic
    cells: list[MatrixCell]


@dataclass(frozen=True)
class TopicMatrix:
    """Topics by laws; ``measure`` is the column to which the others are compared."""

    measure: MatrixColumn
    columns: list[MatrixColumn]
    lines: list[MatrixRow]


def columns_of(versions: Iterable[Version]) -> list[MatrixColumn]:
    """The measure's candidates and the laws measured: treaties, US law as one, each draft, Cambodian law in force.

    In the order of ``versions``; drafts that would have one title are called by their own.
    """
    by_name: dict[str, list[Version]] = {}
    for version in versions:
        name = _column_name(version)
        if name:
            by_name.setdefault(name, []).append(version)
    order = [DEFAULT_MEASURE, "us"]
    names = sorted(by_name, key=lambda name: order.index(name) if name in order else 2 + (name == "kh"))
    titles = {name: _column_title(name, by_name[name]) for name in names}
    shared = Counter(titles.values())
    titles |= {name: by_name[name][0].name for name in names if shared[titles[name]] > 1}
    return [MatrixColumn(name, titles[name], tuple(by_name[name])) for name in names]


def _column_name(version: Version) -> str:
    """The column a text belongs to; empty for rights instruments, which are standards and not laws on the subject."""
    law = version.law
    if law.jurisdiction == Jurisdiction.UNITED_STATES:
        return "us"
    if law.jurisdiction == Jurisdiction.CAMBODIA and law.kind != LawKind.DRAFT:
        return "kh"
    if law.kind == LawKind.DRAFT:
        return version.address
    return law.slug if law.slug == DEFAULT_MEASURE else ""


def _column_title(name: str, versions: Sequence[Version]) -> str:
    if name == "us":
        return gettext("United States law")
    if name == "kh":
        return gettext("Cambodian law in force")
    if name == DEFAULT_MEASURE:
        return gettext("Budapest Convention")
    first = versions[0]
    return (
        gettext("Draft of %(date)s") % {"date": format_date(first.date)}
        if first.law.kind == LawKind.DRAFT
        else first.name
    )


def texts_measured(user: Person) -> list[Version]:
    """Every draft that stands under some topic or is said not to, by date; then the Budapest Convention."""
    used = Q(pk__in=Topic.objects.current().order_by().values("clauses__version"))
    used |= Q(pk__in=Silence.objects.values("version"))
    texts = visible_originals(user).confirmed().filter(used & Q(law__kind=LawKind.DRAFT) | Q(law__slug=DEFAULT_MEASURE))
    found = texts.select_related("law", "origin__organisation").order_by("date", "law__slug", "slug")
    return sorted(found, key=lambda version: version.law.slug == DEFAULT_MEASURE)


def matrix_title(chosen_texts: Sequence[Version]) -> str:
    """What a matrix is called: with its columns, where they were chosen."""
    columns = " · ".join(version.name for version in chosen_texts)
    return ": ".join(filter(None, [gettext("Topics by laws"), columns]))


def build_matrix(
    user: Person, measure: str = DEFAULT_MEASURE, chosen_texts: Sequence[Version] | None = None
) -> TopicMatrix:
    """The whole matrix in a number of queries that does not grow with it. An unknown ``measure`` means the default.

    ``chosen_texts``, which the reader may see, are its columns instead of the laws on the subject.
    """
    clauses = Prefetch("clauses", Clause.objects.defer("text"))
    topics = list(Topic.objects.current().prefetch_related(clauses, "silences"))
    if chosen_texts is None:
        used = {clause.version_id for topic in topics for clause in topic.clauses.all()}
        used |= {silence.version_id for topic in topics for silence in topic.silences.all()}
        texts = visible_originals(user).confirmed().filter(pk__in=used)
        columns = columns_of(texts.order_by("date", "law__slug", "slug"))
    else:
        columns = [MatrixColumn(text.address, text.name, (text,)) for text in chosen_texts]
    chosen = next((column for column in columns if column.name == measure), columns[0] if columns else None)
    if chosen is None:
        return TopicMatrix(MatrixColumn("", "", ()), [], [])
    # (topic, version) -> (relation to the measure, reasoning, by whom), whichever way round each was stated.
    measured_by = {version.pk for version in chosen.versions}
    stated: Stated = {}
    for one in without_words(visible_correspondences(user).stand()):
        by = "" if is_site(one.organisation) else one.credit
        if one.object_version_id in measured_by:
            state = "adds" if one.relation == Relation.NONE else one.verdict
            stated.setdefault((one.stated_topic.pk, one.subject_version_id), []).append((state, one.reasoning, by))
        elif one.subject_version_id in measured_by and one.object_id:
            state = REVERSED.get(Relation(one.relation), one.relation) if one.relation else one.verdict
            stated.setdefault((one.stated_topic.pk, one.object_version_id), []).append((state, one.reasoning, by))
    lines = [MatrixRow(topic, [_cell(topic, column, chosen, stated) for column in columns]) for topic in topics]
    set_shown(clause for line in lines for cell in line.cells for clause in cell.clauses)
    return TopicMatrix(chosen, columns, lines)


Stated = dict[tuple[int, int], list[tuple[str, str, str]]]


def _cell(topic: Topic, column: MatrixColumn, measure: MatrixColumn, stated: Stated) -> MatrixCell:
    ids = {version.pk: version for version in column.versions}
    clauses = [clause for clause in topic.clauses.all() if clause.version_id in ids]
    for clause in clauses:
        clause.version = ids[clause.version_id]
    clauses.sort(key=lambda clause: (clause.version.law.slug, clause.version.slug, clause.position))
    statements = [pair for version in column.versions for pair in stated.get((topic.pk, version.pk), [])]
    names_laws = column.name in COLUMNS_OF_LAWS
    if column is measure or not statements:
        cell = _plain_cell(topic, column, clauses)
        cell.names_laws = names_laws
        return cell
    reasons = list(dict.fromkeys(f"{by}{gettext(':')} {reason}" if by else reason for _, reason, by in statements))
    said = _by_relation(statements)
    relations, by = list(said), list(said.values())
    cell = MatrixCell(relations[0], clauses, relations, reasons, names_laws=names_laws, by=by)
    cell.of_version = {pk: _by_relation(stated[topic.pk, pk]) for pk in ids if (topic.pk, pk) in stated}
    return cell


def _by_relation(statements: Iterable[tuple[str, str, str]]) -> dict[str, list[str]]:
    """Who states each relation, none where the site's editors do; what they say comes first, then by gravity."""
    stated_by: dict[str, set[str]] = defaultdict(set)
    for relation, _reason, by in statements:
        stated_by[relation].add(by)
    relations = sorted(stated_by, key=lambda relation: ("" not in stated_by[relation], GRAVITY.index(relation)))
    return {relation: [] if "" in stated_by[relation] else sorted(stated_by[relation]) for relation in relations}


def _with_names(relations: Iterable[tuple[str, list[str]]]) -> list[str]:
    return [state_words(relation) + (f" ({', '.join(by)})" if by else "") for relation, by in relations]


def _plain_cell(topic: Topic, column: MatrixColumn, clauses: list[Clause]) -> MatrixCell:
    """A cell of which no relation is stated."""
    if clauses:
        return MatrixCell("has", clauses)
    ids = {version.pk for version in column.versions}
    kinds = {silence.kind for silence in topic.silences.all() if silence.version_id in ids}
    if SilenceKind.NOT_KNOWN in kinds:
        return MatrixCell("not-known")
    country = {"us": "United States", "kh": "Cambodia"}.get(column.name, "-")
    elsewhere = [words.partition(": ")[2] for words in topic.elsewhere if words.startswith(country)]
    if elsewhere:
        return MatrixCell("elsewhere", elsewhere=elsewhere)
    return MatrixCell("absent" if kinds else "")


def as_table(matrix: TopicMatrix) -> list[list[str]]:
    """The matrix as rows of words, the first being the head: for CSV and spreadsheets."""
    head = [gettext("Topic"), *(column.title for column in matrix.columns)]
    return [head, *([str(line.topic), *(cell_words(cell) for cell in line.cells)] for line in matrix.lines)]


def cell_words(cell: MatrixCell) -> str:
    """What a cell says, in words alone."""
    clauses = "".join(before + name for before, name, _clause in cell.names)
    names = ", ".join(filter(None, [clauses, *cell.elsewhere]))
    words = ", ".join(cell.verdicts) or cell.words
    return f"{words}{gettext(':')} {names}" if words and names else words or names
