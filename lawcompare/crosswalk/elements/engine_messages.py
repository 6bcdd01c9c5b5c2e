"""Sentences of the engine that the crosswalk says, marked for translators. Nothing is looked up in this list."""

from django.utils.translation import gettext_noop

REASONS = (
    gettext_noop("Both are headed: %(concepts)s."),
    gettext_noop("Both speak of: %(concepts)s."),
    gettext_noop("The one is about %(own)s, the other about %(other)s, which is close to it."),
    gettext_noop("Words that both use: “%(words)s”."),
)
