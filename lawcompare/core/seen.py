"""What a page printed of what somebody is to decide on: nobody decides on words that they did not see."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from lawcompare.engine.text.words import TAKEN_OUT

# Line breaks in a field of one line, and in one of several the sign that is left out of those of some systems.
LOST_IN_FORMS = {False: re.compile(f"[\r\n]|{TAKEN_OUT.pattern}"), True: re.compile(f"\r(?=\n)|{TAKEN_OUT.pattern}")}


def digest_of_words(*words: Any) -> str:
    """Returns what tells these words, numbers and lists of them from others, also from those that somebody looks for
    who writes both: of 16 letters two alike are found in an hour. With the site's key: from a plain one the numbers of
    rows in it were found by trying them, and with them how many rows others made in between.
    """
    return salted_hmac("lawcompare.core.seen", repr(words), algorithm="sha256").hexdigest()


def are_same_words(stored: str, sent: str, *, lines: bool) -> bool:
    """Whether words differ by no more than what a browser changes of those in a field that nobody touched; ``lines``:
    in one of several lines.
    """
    stored, sent = (LOST_IN_FORMS[lines].sub("", words).strip() for words in (stored, sent))
    return stored == sent


def check_seen(now: str | None, seen: str) -> None:
    """Raise ValidationError where the digest of a row, held by now, is another than its form had (None: it is gone)."""
    if now != seen:
        raise ValidationError(_("It was changed or taken back since you opened this page. Read it again."))
