"""W3C Web Annotation JSON-LD → annotations that are checked and not yet stored.

What a file says of itself is checked, never believed: its words must stand in the clause it names, in a text of the
hash it names; its creator must be the organisation that imports; a state it cannot have.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib.auth.models import AnonymousUser
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.exchange.jsonld_shapes import (
    NotImported,
    check_keys,
    has_context,
    id_of,
    only_value,
    parts_of,
)
from lawcompare.annotations.exchange.jsonld_writer import W3C_CONTEXT
from lawcompare.annotations.markdown import BodyError, check_body
from lawcompare.annotations.models import Annotation, Category, Motivation, Risk
from lawcompare.annotations.writing.checklist import NAMES, TestAnswer
from lawcompare.annotations.writing.targets import TargetError, set_target
from lawcompare.languages import in_every_language, language_of_path
from lawcompare.laws.citing.permalinks import HASH_LENGTH
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.renaming.services import names_now

BYTES_MAX = 10 * 1024 * 1024
BODY_MAX = 20_000
# Selectors that say where in a page the quoted words stand, as annotation clients add them.
IN_PAGES = {"RangeSelector", "XPathSelector", "CssSelector"}
FORMATS = {"", "text/markdown", "text/plain"}
SLUG = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass
class ImportedNote:
    """An annotation of the file, checked, and not yet stored. ``name`` is what the file calls it."""

    name: str
    annotation: Annotation
    categories: list[Category]
    standards: list[Clause]
    answers: list[Clause]
    created: datetime | None
    modified: datetime | None
    published: datetime | None
    descends_from: str


# --- The file ---------------------------------------------------------------------------------------------------------


def read_items(data: bytes) -> list[dict[str, Any]]:
    """The annotations of a file: one, a page, a collection with its first page, or a list of these."""
    if len(data) > BYTES_MAX:
        raise NotImported(_("The file is larger than 10 MB; import it page by page."))
    try:
        content = json.loads(data)
        json.dumps(content, ensure_ascii=False).encode()  # half of a character outside the BMP has no bytes
    except (ValueError, RecursionError):
        raise NotImported(_("The file is no JSON.")) from None
    parts = content if isinstance(content, list) else [content]
    if not all(has_context(part) for part in parts):
        raise NotImported(_("The file is no W3C annotation: it does not name the context %s.") % W3C_CONTEXT)
    try:
        return [item for part in parts for shaped in parts_of(part) for item in _items_of(shaped)]
    except RecursionError:
        raise NotImported(_("The file is no JSON.")) from None


def _items_of(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kinds = _many(part.get("type"))
    if "Annotation" in kinds:
        yield part
    elif "AnnotationPage" in kinds:
        items = part.get("items")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise NotImported(_("A page of the file has no list of annotations."))
        yield from items
    elif "AnnotationCollection" in kinds and isinstance(part.get("first"), dict):
        yield from _items_of(part["first"] | {"type": "AnnotationPage"})
    elif "AnnotationCollection" in kinds:
        raise NotImported(_("The file only names the pages of a collection; import the pages themselves."))
    else:
        raise NotImported(_("The file holds something that is no annotation, page or collection."))


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _one(value: Any, name: str) -> Any:
    values = _many(value)
    if len(values) > 1:
        raise NotImported(_("it has more than one %s") % name)
    return values[0] if values else None


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value:
        raise NotImported(_("its %s is no text") % name)
    return value


# --- One annotation ---------------------------------------------------------------------------------------------------


def read_item(number: int, data: dict[str, Any], organisation: Organisation, author: Any) -> ImportedNote:
    """The item of the file, or its refusal with its number and name."""
    try:
        return _checked(data, organisation, author)
    except (BodyError, NotImported, TargetError) as error:
        raise refusal(number, str(data.get("id", "")), str(error)) from None


def refusal(number: int, name: str, reason: str) -> NotImported:
    """The error that names an annotation of the file by its place, from 1, and its id, with a reason."""
    values = {"number": number, "name": name[:200] or "?", "reason": reason[:1].lower() + reason[1:].rstrip(".")}
    return NotImported(_("Annotation %(number)s (%(name)s): %(reason)s. Nothing was imported.") % values)


def _checked(data: dict[str, Any], organisation: Organisation, author: Any) -> ImportedNote:
    if "Annotation" not in _many(data.get("type")):
        raise NotImported(_("its type is not Annotation"))
    check_keys(data, "annotation")
    credits_person = _check_claims(data, organisation, author)
    annotation = Annotation(slug=_slug(data), motivation=_motivation(data), risk=_risk(data))
    annotation.credits_person = credits_person
    annotation.body, annotation.proposed_text = _bodies(data)
    annotation.checklist = _checklist(data)
    _take_source(annotation, data.get("restates"))
    _place(annotation, data)
    return ImportedNote(
        str(data.get("id", "")),
        annotation,
        _categories(data),
        [_clause(id_of(address)) for address in _many(data.get("standards"))],
        [_clause(id_of(address)) for address in _many(data.get("answers"))],
        _moment(data, "created"),
        _moment(data, "modified"),
        _moment(data, "published"),
        _slug_of(_text(id_of(data.get("descendsFrom")), "descendsFrom")) if data.get("descendsFrom") else "",
    )


def _check_claims(data: dict[str, Any], organisation: Organisation, author: Any) -> bool:
    """Refuse a claimed state and a creator who does not import it. Returns whether it names ``author`` as a person."""
    if any(name.rpartition(":")[2] in {"status", "state"} for name in data):
        raise NotImported(_("it claims a status; what is imported enters as a draft"))
    creators = [{"id": one} if isinstance(one, str) else one for one in _many(data.get("creator"))]
    if not all(isinstance(one, dict) for one in creators):
        raise NotImported(_("its creator cannot be read"))
    for creator in creators:
        check_keys(creator, "creator")
    people = [one for one in creators if "Person" in _many(one.get("type"))]
    if any(not _is_author(one, author) for one in people):
        raise NotImported(_("it names a person as its creator who does not import it"))
    if any(not _is_ours(one, organisation) for one in creators if one not in people):
        raise NotImported(_("its creator is not %s, which imports it") % organisation)
    return bool(people)


def _is_author(creator: dict[str, Any], author: Any) -> bool:
    name = _text(creator.get("name"), "creator")
    return bool(name) and author is not None and author.display_name == name


def _is_ours(creator: dict[str, Any], organisation: Organisation) -> bool:
    named = parse_qs(urlsplit(_text(creator.get("id"), "creator")).query).get("organisation", [])
    names = set(in_every_language(organisation, "name").values())
    return named == [organisation.slug] if named else _text(creator.get("name"), "creator") in names


def _slug(data: dict[str, Any]) -> str:
    """The name it had, if it comes from a site like this one."""
    return _slug_of(_text(data.get("id"), "id"))


def _slug_of(address: str) -> str:
    slug = _resolved(address, "annotation").get("slug", "")
    return slug if SLUG.fullmatch(slug) else ""


def _motivation(data: dict[str, Any]) -> str:
    motivation = _one(data.get("motivation"), "motivation") or Motivation.COMMENTING
    if motivation not in Motivation.values:
        raise NotImported(_("its motivation is none of %s") % ", ".join(Motivation.values))
    return motivation


def _risk(data: dict[str, Any]) -> int:
    name = _text(data.get("risk"), "risk").upper()
    if name and name not in Risk.__members__:
        raise NotImported(_("its risk is none of low, medium, high and critical"))
    return Risk[name] if name else Risk.NONE


def _bodies(data: dict[str, Any]) -> tuple[str, str]:
    """(reasons, words proposed)."""
    reasons: list[str] = []
    proposed: list[str] = []
    bodies = _many(data.get("body"))
    if "bodyValue" in data:  # §3.2.5: the same as one plain body
        bodies = [*bodies, {"type": "TextualBody", "value": data["bodyValue"], "format": "text/plain"}]
    for body in bodies:
        if not isinstance(body, dict) or "TextualBody" not in _many(body.get("type")):
            raise NotImported(_("its body is no text that stands in the file"))
        check_keys(body, "body")
        purpose = _text(only_value(body.get("purpose")), "purpose")
        if purpose and purpose not in Motivation.values:
            raise NotImported(_("its body has a purpose that is not known here"))
        if _text(_one(body.get("format"), "format"), "format") not in FORMATS:
            raise NotImported(_("its body is neither Markdown nor plain text"))
        words = check_words(_text(body.get("value"), "body"))
        (proposed if purpose == "editing" else reasons).append(words)
    if len(proposed) > 1:
        raise NotImported(_("it proposes other words twice"))
    if len(reasons) != 1 or not reasons[0].strip():
        raise NotImported(_("it needs one body that says why"))
    return reasons[0], proposed[0] if proposed else ""


def check_words(words: str) -> str:
    """The words unchanged. Raises NotImported or BodyError where they are too long or hold HTML."""
    if len(words) > BODY_MAX:
        raise NotImported(_("its body is longer than %s letters") % BODY_MAX)
    check_body(words)
    return words


def _checklist(data: dict[str, Any]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for row in _many(data.get("checklist")):
        if not isinstance(row, dict) or row.get("answer") not in TestAnswer.values or row.get("test") not in NAMES:
            raise NotImported(_("its checklist has a line without a test and an answer that are known"))
        check_keys(row, "checklist")
        words = check_words(_text(row.get("words"), "checklist"))
        rows[row["test"]] = {"answer": row["answer"], "words": words}
    return rows


def _take_source(annotation: Annotation, source: Any) -> None:
    if source is None:
        return
    if not isinstance(source, dict):
        raise NotImported(_("what it restates cannot be read"))
    check_keys(source, "restates")
    annotation.source_organisation = _text(source.get("publisher"), "publisher")
    annotation.source_title = _text(source.get("title"), "title")
    annotation.source_date = _text(source.get("date"), "date")
    annotation.source_url = _text(source.get("id"), "id")


def _categories(data: dict[str, Any]) -> list[Category]:
    codes = [_text(code, "category") for code in _many(data.get("categories"))]
    known = {row.code: row for row in Category.objects.filter(code__in=codes)}
    for code in codes:
        if code not in known:
            raise NotImported(_("there is no kind of risk “%s” here") % code[:40])
    return [known[code] for code in codes]


def _moment(data: dict[str, Any], name: str) -> datetime | None:
    words = _text(data.get(name), name)
    if not words:
        return None
    try:
        moment = parse_datetime(words)
    except ValueError:
        moment = None
    if moment is None:
        raise NotImported(_("its “%(name)s” is no date and time") % {"name": name})
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > timezone.now():
        raise NotImported(_("its “%(name)s” lies in the future") % {"name": name})
    return moment


# --- Where it points --------------------------------------------------------------------------------------------------


def _place(annotation: Annotation, data: dict[str, Any]) -> None:
    target = _one(data.get("target"), "target")
    if isinstance(target, str):
        target = {"source": target}
    if not isinstance(target, dict):
        raise NotImported(_("it has no target"))
    check_keys(target, "target")
    source = target.get("source") or target.get("id")
    clause = _clause(source.get("id") if isinstance(source, dict) else source)
    if target.get("textHash") not in (None, clause.version.text_hash):
        raise NotImported(_("the text it was written on is not the one that is here"))
    selectors = _selectors(target)
    quote, position = selectors.get("TextQuoteSelector"), selectors.get("TextPositionSelector")
    fragment = selectors.get("FragmentSelector")
    if fragment is not None and fragment.get("value") != clause.eid:
        raise NotImported(_("its selector names another clause than its source"))
    if fragment is not None and fragment.get("refinedBy") is not None:
        position = _refining(fragment["refinedBy"])
    if set(selectors) - {"TextQuoteSelector", "TextPositionSelector", "FragmentSelector"} and quote is None:
        raise NotImported(_("it has a selector that is not known here"))
    if quote is None:
        if position is not None:
            raise NotImported(_("it gives a place and no words"))
        return set_target(annotation, clause, "")
    _place_quote(annotation, clause, quote, position)


def _selectors(target: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The selectors by their type. Those that find the same words in a page (§4.2.1) are left out beside a quote."""
    by_type: dict[str, dict[str, Any]] = {}
    for selector in _many(target.get("selector")):
        kind = only_value(selector.get("type")) if isinstance(selector, dict) else None
        if not isinstance(kind, str) or kind in by_type:
            raise NotImported(_("it has a selector that is not known here"))
        if kind not in {"TextQuoteSelector", "TextPositionSelector", "FragmentSelector", *IN_PAGES}:
            raise NotImported(_("it has a selector that is not known here"))
        if "refinedBy" in selector and kind != "FragmentSelector":
            raise NotImported(_("it has a selector that is not known here"))
        by_type[kind] = selector
    return by_type


def _refining(selector: Any) -> dict[str, Any]:
    """The position inside the fragment."""
    selector = only_value(selector)
    kind = only_value(selector.get("type")) if isinstance(selector, dict) else None
    if kind != "TextPositionSelector" or "refinedBy" in selector:
        raise NotImported(_("it has a selector that is not known here"))
    position: dict[str, Any] = selector
    return position


def _place_quote(annotation: Annotation, clause: Clause, quote: dict[str, Any], position: Any) -> None:
    exact, prefix, suffix = (_text(quote.get(name), name) for name in ("exact", "prefix", "suffix"))
    if not exact:
        raise NotImported(_("it quotes no words"))
    starts = [match.start() for match in re.finditer(f"(?={re.escape(exact)})", clause.text)]
    fitting = [
        start
        for start in starts
        if clause.text[:start].endswith(prefix) and clause.text[start + len(exact) :].startswith(suffix)
    ]
    if position is not None:
        position_given = (position.get("start"), position.get("end"))
        fitting = [start for start in fitting if (start, start + len(exact)) == position_given]
    if len(fitting) != 1:
        raise NotImported(
            _("the words chosen stand in the clause more than once")
            if fitting
            else _("the words chosen are not at that place of the clause")
        )
    set_target(annotation, clause, exact, fitting[0])


def _clause(address: Any) -> Clause:
    """The clause an address names, in the published text of the hash it names."""
    words = _text(address, "source")
    names = _resolved(words, "clause")
    names = names_now(AnonymousUser(), names) or names
    rows = Clause.objects.select_related("version__law").filter(
        version__law__slug=names.get("law", ""),
        version__slug=names.get("version", ""),
        version__in=Version.objects.published(),
        eid=names.get("eid", ""),
    )
    clause = rows.first() if names else None
    if clause is None:
        raise NotImported(_("there is no clause %s here") % words[:200])
    asked = parse_qs(urlsplit(words).query).get("text", [""])[0]
    if asked and not (len(asked) >= HASH_LENGTH and clause.version.text_hash.startswith(asked)):
        raise NotImported(_("the text it was written on is not the one that is here"))
    return clause


def _resolved(address: str, name: str) -> Mapping[str, str]:
    """What an address of a site like this one names, in whichever language; empty where it is none of such a page."""
    try:
        path = urlsplit(address).path
        with override(language_of_path(path).code):
            match = resolve(path)
    except (Resolver404, ValueError):
        return {}
    return match.kwargs if match.url_name == name else {}
