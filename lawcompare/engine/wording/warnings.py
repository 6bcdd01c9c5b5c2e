"""Warnings of the readers in words: a title that says what kind of warning it is, and what it is about."""

from lawcompare.engine.document import ReadingWarning
from lawcompare.engine.wording import Locale, gettext_noop

_SUBJECT = "%(subject)s"
# By the kind of a warning its title; the detail is the subject, where the title does not name it, but for DETAILS.
TITLES = {
    "heading-without-text": gettext_noop("heading without text"),
    "text-without-heading": gettext_noop("text without a heading"),
    "text-between": gettext_noop("text without a heading"),
    "repeated-number": gettext_noop("repeated number"),
    "repeated-number-inside": gettext_noop("sub-clause with a repeated number inside %(inside)s"),
    "skipped-number": gettext_noop("skipped number"),
    "heading-inside-text": gettext_noop("a line that looks like a heading stays inside a clause"),
    "skipped-number-inside": gettext_noop("skipped number inside %(inside)s"),
    "number-out-of-order": gettext_noop("number out of order"),
    "repeated-address": gettext_noop("the eId %(subject)s appears twice"),
    "repeated-label": gettext_noop("%(subject)s appears twice"),
    "repeated-label-inside": gettext_noop("%(subject)s appears twice in %(inside)s"),
    "deleted-text": gettext_noop("text marked as deleted is left out"),
    "contents-aside": gettext_noop("a table of contents is set aside"),
    "cover-aside": gettext_noop("the pages before the law are set aside"),
    "endnotes-aside": gettext_noop("endnotes are set aside"),
    "document-aside": gettext_noop("a document beside the law is left out"),
    "language-unknown": gettext_noop("how laws in this language are headed is not known: compare the clauses"),
    "units-missing": gettext_noop("provisions that the file holds were not read"),
    "points-undivided": gettext_noop("more points than a law has: from here on lists are not divided"),
    "heading-repaired": gettext_noop("a heading read with a slip is put right by the numbers around it"),
    "heading-doubted": gettext_noop("a number that can be read is kept, though those around it suggest another"),
    "doubtful-words": gettext_noop("words that were not recognised surely"),
    "words-and-picture-disagree": gettext_noop("the words of the file and the picture of the page disagree"),
    "words-not-shown": gettext_noop("the file holds words that its page does not show"),
    "font-guessed": gettext_noop("the letters are those of an old Khmer font, taken for %(subject)s"),
    "torn-letters": gettext_noop("letters that look like those of an old Khmer font"),
    "unread-letters": gettext_noop("letters of the old font %(font)s are not known"),
    "font-read-off-picture": gettext_noop("pages in an old font of unknown letters are read off their pictures"),
    "picture-left-out": gettext_noop("a picture is left out"),
    "table-flattened": gettext_noop("a table is read as lines, a line for each row"),
    "picture-joined": gettext_noop("a picture of text is recognised and joined to the text around it"),
    "picture-unread": gettext_noop("a picture on page %(subject)s is not read as text"),
    "page-without-text": gettext_noop("no text was found on page %(subject)s"),
    "turning-sign": gettext_noop("hidden signs"),
    "unseen-sign": gettext_noop("hidden signs"),
    "mixed-scripts": gettext_noop("hidden signs"),
}
DETAILS = {
    "text-between": gettext_noop("words between %(subject)s and its first clause"),
    "skipped-number": gettext_noop("%(subject)s comes after %(after)s"),
    "number-out-of-order": gettext_noop("%(subject)s comes after %(after)s"),
    "contents-aside": gettext_noop("%(lines)s lines from “%(subject)s” on"),
    "cover-aside": gettext_noop("%(lines)s lines from “%(subject)s” on"),
    "endnotes-aside": gettext_noop("%(lines)s lines from “%(subject)s” on"),
    "units-missing": gettext_noop("%(subject)s (%(held)s in the file, %(read)s read)"),
    "heading-repaired": gettext_noop("read as “%(read)s”, taken for “%(subject)s”"),
    "heading-doubted": gettext_noop("read as “%(read)s”; perhaps “%(subject)s”?"),
    "words-and-picture-disagree": gettext_noop("the words are “%(subject)s”, the picture shows “%(shown)s”"),
    "font-read-off-picture": gettext_noop("%(subject)s, page %(pages)s"),
    "turning-sign": gettext_noop("%(subject)s holds %(sign)s, which turns the order in which it is read"),
    "unseen-sign": gettext_noop("%(subject)s holds %(sign)s, which nobody sees"),
    "mixed-scripts": gettext_noop("%(subject)s writes “%(sign)s” with letters of two scripts that look alike"),
}


def warning_title(locale: Locale, warning: ReadingWarning) -> str:
    """What kind of warning it is."""
    return locale.gettext(TITLES[warning.kind]) % _values(warning)


def warning_detail(locale: Locale, warning: ReadingWarning) -> str:
    """What it is about, with the page of a PDF; empty where the title says all."""
    words = ""
    if warning.subject and warning.kind in DETAILS:
        words = locale.gettext(DETAILS[warning.kind]) % _values(warning)
    elif _SUBJECT not in TITLES[warning.kind]:
        words = warning.subject
    page = warning.details.get("page")
    if page is None:
        return words
    return locale.gettext("%(words)s (page %(page)s)") % {"words": words, "page": locale.digits(page)}


def warning_message(locale: Locale, warning: ReadingWarning) -> str:
    """The warning in one line.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> skipped = ReadingWarning(7, "skipped-number", "Article 3", {"after": "Article 1"})
    >>> warning_message(ENGLISH, skipped)
    'skipped number: Article 3 comes after Article 1'
    """
    detail = warning_detail(locale, warning)
    if not detail:
        return warning_title(locale, warning)
    separator = "" if detail.startswith(" ") else ": "
    return f"{warning_title(locale, warning)}{separator}{detail}"


def _values(warning: ReadingWarning) -> dict[str, object]:
    return {"subject": warning.subject, **warning.details}
