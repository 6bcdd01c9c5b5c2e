"""In words: what happened to a row of a comparison, why its clauses were set together, why one was suggested."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lawcompare.engine.compare_laws.thesaurus import load_thesaurus
from lawcompare.engine.wording import Locale, gettext_noop

# The sentence of each kind of ``diff.describe.RowChange``, but for those that count; ``not-in-…`` and ``unseen-…`` are
# of texts whose words are known only in part.
SENTENCES = {
    "unchanged": gettext_noop("Unchanged."),
    "changed": gettext_noop("Changed."),
    "unchanged-renumbered": gettext_noop("Unchanged, now %(new)s."),
    "unchanged-moved": gettext_noop("Unchanged, but moved: it was %(old)s and is now %(new)s."),
    "unchanged-moved-after": gettext_noop("Unchanged, but moved: it was %(old)s and is now %(new)s, after %(after)s."),
    "unchanged-elsewhere": gettext_noop("Unchanged, but moved to another place."),
    "renumbered": gettext_noop("It is now %(new)s."),
    "moved": gettext_noop("Moved: it was %(old)s and is now %(new)s."),
    "moved-after": gettext_noop("Moved: it was %(old)s and is now %(new)s, after %(after)s."),
    "elsewhere": gettext_noop("Moved to another place."),
    "split": gettext_noop("Split into %(first)s and %(last)s."),
    "split-unnamed": gettext_noop("Split into %(count)s clauses."),
    "merged": gettext_noop("Merged from %(first)s and %(last)s."),
    "merged-unnamed": gettext_noop("Merged from %(count)s clauses."),
    "added": gettext_noop("New: nothing in the old text answers to it."),
    "removed": gettext_noop("Removed: nothing in the new text answers to it."),
    "doubtful": gettext_noop("Is %(new)s the former %(old)s? The program is not sure: a person should look."),
    "doubtful-unnamed": gettext_noop("Are the two one clause? The program is not sure: a person should look."),
    "perhaps-in-new": gettext_noop("Perhaps it became %(nearest)s, which is %(percent)s %% alike?"),
    "perhaps-in-old": gettext_noop("Perhaps it was %(nearest)s, which is %(percent)s %% alike?"),
    "replaced": gettext_noop("Completely reworded."),
    "coarse": gettext_noop("Too long and too different to compare in full: more is marked than was changed."),
    "numbers": gettext_noop("Changed numbers: %(changes)s."),
    "numbers-rewritten": gettext_noop("The same number, written in another way: %(changes)s."),
    "became": gettext_noop("“%(old)s” became “%(new)s”."),
    "put-in": gettext_noop("“%(new)s” was put in."),
    "taken-out": gettext_noop("“%(old)s” was taken out."),
    "words-both": gettext_noop("Words taken out: %(removed)s; put in: %(added)s."),
    "only-numbering": gettext_noop("Only its numbering changed."),
    "only-references": gettext_noop("Only references to renumbered clauses changed."),
    "only-punctuation": gettext_noop("Only punctuation changed."),
    "only-spelling": gettext_noop("Only the spelling changed."),
    "only-space": gettext_noop("Only white space changed."),
    "only-pages": gettext_noop("Only page numbers of a contents table changed."),
    "only-noise": gettext_noop("Nothing of substance changed: only numbering, references, punctuation or spelling."),
    "not-in-new": gettext_noop("The reports on the new text do not mention it; that does not mean it was deleted."),
    "not-in-old": gettext_noop("The reports on the old text do not mention it; that does not mean it is new."),
    "unseen-old": gettext_noop("The words of the old clause have not been seen, so nothing is said of a change."),
    "unseen-new": gettext_noop("The words of the new clause have not been seen, so nothing is said of a change."),
    "unseen-both": gettext_noop("The words of neither clause have been seen, so nothing is said of a change."),
}
COUNTED = ("words-changed", "words-added", "words-removed", "places-changed", "only-slips", "slips-beside")


def change_sentence(locale: Locale, kind: str, values: Mapping[str, Any]) -> str:
    """The sentence of one change.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> change_sentence(ENGLISH, "words-added", {"count": 12})
    '12 words were put in.'
    >>> change_sentence(ENGLISH, "split", {"names": ["Article 2", "Article 3", "Article 4"]})
    'Split into Article 2, Article 3 and Article 4.'
    """
    if kind in COUNTED:
        return _counted(locale, kind, values["count"])
    words = {name: locale.digits(value) if isinstance(value, int) else value for name, value in values.items()}
    if names := values.get("names"):
        words |= {"first": ", ".join(names[:-1]), "last": names[-1]}
    if pairs := values.get("pairs"):
        words["changes"] = "; ".join(f"{old} → {new}" for old, new in pairs)
    return locale.gettext(SENTENCES[kind]) % words


def change_sentences(locale: Locale, changes: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """The sentences of the changes of a row, one after the other."""
    return " ".join(change_sentence(locale, kind, values) for kind, values in changes)


def _counted(locale: Locale, kind: str, count: int) -> str:
    sentences = {
        "words-changed": lambda: locale.ngettext("One word changed.", "%(count)s words changed.", count),
        "words-added": lambda: locale.ngettext("One word was put in.", "%(count)s words were put in.", count),
        "words-removed": lambda: locale.ngettext("One word was taken out.", "%(count)s words were taken out.", count),
        "places-changed": lambda: locale.ngettext("Changed in one place.", "Changed in %(count)s places.", count),
        "only-slips": lambda: locale.ngettext(
            "Only one probable slip of reading differs.", "Only %(count)s probable slips of reading differ.", count
        ),
        "slips-beside": lambda: locale.ngettext(
            "And one probable slip of reading.", "And %(count)s probable slips of reading.", count
        ),
    }
    return sentences[kind]() % {"count": locale.digits(count)}


# --- why clauses were set together, or why one has no counterpart ---

# The words of each kind of ``align.model.Reason``, but for what counts or lists.
EVIDENCE = {
    "decided": gettext_noop("as decided"),
    "given": gettext_noop("as in the texts translated"),
    "amended": gettext_noop("as the act amends it"),
    "placeholder": gettext_noop("one of the two only keeps the number"),
    "same-text": gettext_noop("same text"),
    "alike": gettext_noop("text %(percent)s %% alike"),
    "same-heading": gettext_noop("same heading"),
    "new-number": gettext_noop("new number"),
    "same-number": gettext_noop("same number"),
    "new-place": gettext_noop("new place"),
    "none-in-new": gettext_noop("nothing like it in the new text"),
    "none-in-old": gettext_noop("nothing like it in the old text"),
    "perhaps-in-new": gettext_noop("nothing surely like it in the new text; perhaps %(nearest)s, %(percent)s %% alike"),
    "perhaps-in-old": gettext_noop("nothing surely like it in the old text; perhaps %(nearest)s, %(percent)s %% alike"),
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

    >>> from lawcompare.engine.wording import ENGLISH
    >>> evidence_in_words(ENGLISH, [("alike", {"percent": 93}), ("same-number", {})])
    'text 93 % alike, same number'
    >>> evidence_in_words(ENGLISH, [("joined", {"names": ["Article 1", "Article 2", "Article 3", "Article 4"]})])
    'old Article 1, Article 2 and 2 more together'
    """
    return ", ".join(_reason_in_words(locale, kind, values) for kind, values in reasons)


def _reason_in_words(locale: Locale, kind: str, values: Mapping[str, Any]) -> str:
    if kind == "parts":
        count = values["count"]
        # With two the plural says "both".
        words = (
            locale.gettext("both parts of old %(name)s")
            if count == 2
            else locale.gettext("%(count)s parts of old %(name)s")
        )
    elif "nearest" in values and kind in NEAREST:
        words = locale.gettext(NEAREST[kind])
    else:
        words = locale.gettext(EVIDENCE[kind])
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


# --- why a counterpart in another law was suggested ---

REASONS = {
    "both-headed": gettext_noop("Both are headed: %(concepts)s."),
    "both-speak": gettext_noop("Both speak of: %(concepts)s."),
    "neighbours": gettext_noop("The one is about %(own)s, the other about %(other)s, which is close to it."),
    "shared-words": gettext_noop("Words that both use: “%(words)s”."),
}


def reason_sentence(locale: Locale, kind: str, concepts: Mapping[str, Sequence[str]], words: Sequence[str] = ()) -> str:
    """The reason in a sentence, with the labels of its concepts in the language.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> reason_sentence(ENGLISH, "shared-words", {}, ["malware", "botnet"])
    'Words that both use: “malware, botnet”.'
    """
    known, language = load_thesaurus().concepts, "km" if locale.language() == "km" else "en"
    values = {
        key: ", ".join(known[name].labels[language] for name in names if name in known)
        for key, names in concepts.items()
    }
    return locale.gettext(REASONS[kind]) % (values | {"words": ", ".join(words)})
