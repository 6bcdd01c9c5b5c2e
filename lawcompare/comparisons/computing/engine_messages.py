"""The engine's sentences, marked for translators: the engine itself imports no Django.

``tests/site/test_khmer.py`` holds this list to ``lawcompare.engine.wording.changes.TEMPLATES``.
"""

from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("Unchanged."),
    gettext_noop("Changed."),
    gettext_noop("Unchanged, now %(new)s."),
    gettext_noop("Unchanged, but moved: it was %(old)s and is now %(new)s."),
    gettext_noop("Unchanged, but moved: it was %(old)s and is now %(new)s, after %(after)s."),
    gettext_noop("Unchanged, but moved to another place."),
    gettext_noop("It is now %(new)s."),
    gettext_noop("Moved: it was %(old)s and is now %(new)s."),
    gettext_noop("Moved: it was %(old)s and is now %(new)s, after %(after)s."),
    gettext_noop("Moved to another place."),
    gettext_noop("Split into %(first)s and %(last)s."),
    gettext_noop("Split into %(count)s clauses."),
    gettext_noop("Merged from %(first)s and %(last)s."),
    gettext_noop("Merged from %(count)s clauses."),
    gettext_noop("New: nothing in the old text answers to it."),
    gettext_noop("Removed: nothing in the new text answers to it."),
    gettext_noop("Replaced: hardly any of the old wording is left."),
    gettext_noop("The comparison ran out of time, so more is marked than was changed."),
    gettext_noop("Changed numbers: %(changes)s."),
    gettext_noop("“%(old)s” became “%(new)s”."),
    gettext_noop("“%(new)s” was put in."),
    gettext_noop("“%(old)s” was taken out."),
    gettext_noop("One word changed."),
    gettext_noop("%(count)s words changed."),
    gettext_noop("One word was put in."),
    gettext_noop("%(count)s words were put in."),
    gettext_noop("One word was taken out."),
    gettext_noop("%(count)s words were taken out."),
    gettext_noop("Words taken out: %(removed)s; put in: %(added)s."),
    gettext_noop("Changed in one place."),
    gettext_noop("Changed in %(count)s places."),
    gettext_noop("Only its numbering changed."),
    gettext_noop("Only references to renumbered clauses changed."),
    gettext_noop("Only punctuation changed."),
    gettext_noop("Only the spelling changed."),
    gettext_noop("Only white space changed."),
    gettext_noop("Nothing of substance changed: only numbering, references, punctuation or spelling."),
)
