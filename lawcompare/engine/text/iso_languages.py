"""The languages of ISO 639-1. Words are understood in English and Khmer; a text may be in any of these."""

from babel import Locale

# Withdrawn, or a part of another that has a code.
_WITHDRAWN = {"sh", "tl", "tw"}
LANGUAGES = frozenset(str(code) for code in Locale("en").languages if len(str(code)) == 2) - _WITHDRAWN
