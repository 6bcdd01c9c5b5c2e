"""What is said of a clause when not all of a text is known. What is said of known words comes from the engine."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from lawcompare.engine.document import Clause, Document

Sentence = tuple[str, dict[str, str | int]]

NOT_IN_NEW = gettext_noop("Nothing that is known of the new text answers to it.")
NOT_IN_OLD = gettext_noop("Nothing that is known of the old text answers to it.")
UNSEEN_OLD = gettext_noop("The words of the old clause have not been seen, so nothing is said of a change.")
UNSEEN_NEW = gettext_noop("The words of the new clause have not been seen, so nothing is said of a change.")
UNSEEN_BOTH = gettext_noop("The words of neither clause have been seen, so nothing is said of a change.")

UNSEEN = {"heading-only", "not-known"}


def is_unseen(document: Document, clause: Clause | None) -> bool:
    """Whether the source says that the words of the clause are not known, and nothing inside it has any."""
    if clause is None or clause.attributes.get("text_status") not in UNSEEN:
        return False
    return not any(inside.text for inside in document.subtree(clause.eid))


def say_unseen(old_is_unseen: bool, new_is_unseen: bool) -> Sentence:
    if old_is_unseen and new_is_unseen:
        return UNSEEN_BOTH, {}
    return (UNSEEN_OLD if old_is_unseen else UNSEEN_NEW), {}
