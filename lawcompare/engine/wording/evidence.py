"""Why clauses were set together, or why one has no counterpart, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lawcompare.engine.wording.locale import Locale, gettext_noop

# The words of each kind of ``align.model.Reason``, but for what counts or lists.
WORDS = {
    "decided": gettext_noop("as decided"),
    "given": gettext_noop("as in the texts translated"),
    "placeholder": gettext_noop("one of the two only keeps the number"),
    "same-text": gettext_noop("same text"),
    "alike": gettext_noop("text %(percent)s %% alike"),
    "same-heading": gettext_noop("same heading"),
    "new-number": gettext_noop("new number"),
    "same-number": gettext_noop("same number"),
    "new-place": gettext_noop("new place"),
    "none-in-new": gettext_noop("nothing like it in the new text"),
    "none-in-old": gettext_noop("nothing like it in the old text"),
    "joined": gettext_noop("old %(names)s together"),
}
NEAREST = {
    "none-in-new": gettext_noop("nothing like it in the new text; nearest is %(nearest)s, %(percent)s %% alike"),
    "none-in-old": gettext_noop("nothing like it in the old text; nearest is %(nearest)s, %(percent)s %% alike"),
}
# So many names are listed; of more the first two are, and the others counted.
_LISTED = 3


def evidence_in_words(locale: Locale, reasons: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """The reasons, given as (kind, values), in one line.

    >>> from lawcompare.engine.wording.locale import ENGLISH
    >>> evidence_in_words(ENGLISH, [("alike", {"percent": 93}), ("same-number", {})])
    'text 93 % alike, same number'
    >>> evidence_in_words(ENGLISH, [("joined", {"names": ["Article 1", "Article 2", "Article 3", "Article 4"]})])
    'old Article 1, Article 2 and 2 more together'
    """
    return ", ".join(_words(locale, kind, values) for kind, values in reasons)


def _words(locale: Locale, kind: str, values: Mapping[str, Any]) -> str:
    if kind == "parts":
        count = values["count"]
        # With two the plural says "both".
        words = (
            locale.gettext("both parts of old %(name)s")
            if count == 2
            else locale.gettext("%(count)s parts of old %(name)s")
        )
    elif "nearest" in values:
        words = locale.gettext(NEAREST[kind])
    else:
        words = locale.gettext(WORDS[kind])
    written = {name: locale.digits(value) if isinstance(value, int) else value for name, value in values.items()}
    if "names" in values:
        written["names"] = _listed(locale, values["names"])
    return words % written


def _listed(locale: Locale, names: Sequence[str]) -> str:
    if len(names) <= _LISTED:
        return locale.gettext("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
    count = len(names) - 2
    more = locale.ngettext("%(first)s and %(count)s more", "%(first)s and %(count)s more", count)
    return more % {"first": ", ".join(names[:2]), "count": locale.digits(count)}
