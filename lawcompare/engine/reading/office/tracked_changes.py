"""Tracked changes of a Word file settled, all accepted or all refused: one file gives the text before and after.

ECMA-376 part 1, §17.13.5: runs put in (``ins``, ``moveTo``) or taken out (``del``, ``moveFrom``), marks of paragraphs
put in or taken out, table rows, and the properties that a paragraph had before.
"""

from collections.abc import Iterator

from lxml import etree

from lawcompare.engine.reading.office.docx_numbering import W

AFTER, BEFORE = "after", "before"
_PUT_IN = frozenset({f"{W}ins", f"{W}moveTo"})
_TAKEN_OUT = frozenset({f"{W}del", f"{W}moveFrom"})
_PROPERTIES = (f"{W}pPr", f"{W}rPr", f"{W}trPr", f"{W}tcPr", f"{W}tblPr", f"{W}sectPr", f"{W}numPr")


def has_tracked_changes(root: etree._Element) -> bool:
    """Whether words, paragraphs or rows were put in or taken out; a change of looks alone is none."""
    return next(root.iter(*_PUT_IN, *_TAKEN_OUT), None) is not None


def settle(root: etree._Element, side: str) -> None:
    """Change the body of a Word file, in place, to its text before or after all tracked changes."""
    gone = _TAKEN_OUT if side == AFTER else _PUT_IN
    _drop_rows(root, gone)
    joined = list(_paragraphs_whose_mark_is(root, gone))
    if side == BEFORE:
        _restore_properties(root)
    for change in list(root.iter(*_PUT_IN, *_TAKEN_OUT)):
        if _is_mark(change) or change.getparent() is None:
            continue
        if change.tag in gone:
            _take_out(change)
        else:
            _unwrap(change)
    if side == BEFORE:
        for words in root.iter(f"{W}delText"):
            words.tag = f"{W}t"
    join_paragraphs(joined)


def join_after(root: etree._Element) -> None:
    """Join the paragraphs whose mark is taken out with those after them, as accepting the changes would."""
    _drop_rows(root, _TAKEN_OUT)
    join_paragraphs(list(_paragraphs_whose_mark_is(root, _TAKEN_OUT)))


def join_paragraphs(paragraphs: list[etree._Element]) -> None:
    """Put what stands in each paragraph at the beginning of the one after it, whose form the whole then has."""
    for paragraph in reversed(paragraphs):
        following = paragraph.getnext()
        content = [child for child in paragraph if child.tag != f"{W}pPr"]
        if following is None or following.tag != f"{W}p":
            if not any(_words(child) for child in content):
                _take_out(paragraph)
            continue
        place = 1 if len(following) and following[0].tag == f"{W}pPr" else 0
        following[place:place] = content
        _take_out(paragraph)


def _is_mark(change: etree._Element) -> bool:
    """Whether it says that the paragraph or row around it was changed, and holds no words itself."""
    parent = change.getparent()
    return parent is not None and parent.tag in _PROPERTIES


def _paragraphs_whose_mark_is(root: etree._Element, changes: frozenset[str]) -> Iterator[etree._Element]:
    for paragraph in root.iter(f"{W}p"):
        mark = paragraph.find(f"{W}pPr/{W}rPr")
        if mark is not None and any(child.tag in changes for child in mark):
            yield paragraph


def _drop_rows(root: etree._Element, changes: frozenset[str]) -> None:
    for row in list(root.iter(f"{W}tr")):
        properties = row.find(f"{W}trPr")
        if properties is not None and any(child.tag in changes for child in properties):
            _take_out(row)


def _restore_properties(root: etree._Element) -> None:
    """Give each paragraph the properties that it had before: its style is what makes a heading."""
    for change in list(root.iter(f"{W}pPrChange")):
        now, old = change.getparent(), change.find(f"{W}pPr")
        paragraph = now.getparent() if now is not None else None
        if paragraph is None or old is None or now is None:
            continue
        mark = now.find(f"{W}rPr")
        if mark is not None:
            old.append(mark)
        paragraph.replace(now, old)


def _take_out(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(change: etree._Element) -> None:
    """Put what stands in an element in its place."""
    parent = change.getparent()
    assert parent is not None  # the caller has looked
    place = parent.index(change)
    parent[place : place + 1] = list(change)


def _words(element: etree._Element) -> bool:
    return any((words.text or "").strip() for words in element.iter(f"{W}t", f"{W}delText"))
