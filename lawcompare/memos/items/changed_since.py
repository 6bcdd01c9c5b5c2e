"""What changed in the parts of a memo since somebody last took note of it: that it did, and how, as a redline.

Words that were kept are shown while every text that they were made of may be read: of what was withdrawn a memo shows
that and nothing else. A chart of concerns names notes, which may be withdrawn one by one: its words are not kept.
"""

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.engine.diff import diff
from lawcompare.engine.writing.redline import Paragraph
from lawcompare.engine.writing.report import Redline
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Version
from lawcompare.memos.items.lines import lines_of
from lawcompare.memos.items.shown_item import ChangeSince, ShownItem
from lawcompare.memos.models import ItemKind, MemoItem

# Of a longer part no words are kept: the memo states that it changed, and not how.
KEPT_MAX = 100_000
NOT_KEPT = {ItemKind.WORDS, ItemKind.COMPARISON, ItemKind.CONCERNS}

# Of a text and a later one, the redline of a part that stands on some clauses of the former; None where none is known.
RedlineBetween = Callable[[ShownItem, Version, Version], Redline | None]


def words_to_keep(shown: ShownItem) -> list[str]:
    """The lines of a part that are kept to be compared with those of another day."""
    if shown.gone or ItemKind(shown.item.kind) in NOT_KEPT:
        return []
    lines = lines_of(shown.blocks, is_marked=False)
    return lines if sum(map(len, lines)) <= KEPT_MAX else []


def mark(user: Any, shown: Iterable[ShownItem], redline_between: RedlineBetween, wants: Callable[[int], bool]) -> None:
    """Set ``changes`` of each part. ``wants`` says of which, by key, the redlines are wanted.

    Two queries; two more where a part says something else than it did.
    """
    rows = [one for one in shown if not one.gone and not one.is_words]
    laws = {version.law_id for one in rows for version in one.texts}
    later = list(visible_versions(user).standing().filter(law__in=laws, published_at__isnull=False))
    for one in rows:
        for version, text, sentence in _later_texts(one, later):
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
            elif text.law_id == version.law_id and text.language == version.language and _is_later(text, version):
                yield version, text, _("There is a newer text than “%(text)s” since: “%(by)s”.")


def _with_redline(change: ChangeSince, redline: Redline | None, text: Version) -> ChangeSince:
    if redline is None:
        return change
    if all(op == "equal" for paragraph in redline.paragraphs for op, _words in paragraph.runs):
        return ChangeSince(f"{change.sentence} {_('This part reads the same there.')}")
    return ChangeSince(change.sentence, [redline], [text])


def _mark_changed_words(user: Any, changed: Sequence[ShownItem], wants: Callable[[int], bool]) -> None:
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
        change = ChangeSince(_("What it says was changed since."))
        before, now = words.get(get_language() or "en", []), words_to_keep(one)
        if before and now and all(pk in visible for pk in texts):
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
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
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
    return (text.date, text.slug) > (than.date, than.slug)
