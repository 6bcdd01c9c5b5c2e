"""Khmer typed in a font from before Unicode: Latin letters that only that font shows as Khmer."""

from __future__ import annotations

import re

# How such fonts are named in a file: Limon, ABC Zero Space, Khek …
FONTS = re.compile(r"limon|abc[-_ ]?(?:zero|text|khmer)|khek|dauntek|baidok|kantear?ak|nida|tacteng", re.IGNORECASE)
_TORN = re.compile(r"[a-z][A-Z]|[A-Za-z][;:>\]\\°±²³´µ¶·¸¹º»¼½¾¿ƒ®©§¥¬¦][A-Za-z]")
# Words that are torn, at least so many and such a part of all, before a whole text is taken for such Khmer.
_LEAST, _PART = 5, 0.5


def is_torn(text: str) -> bool:
    """Whether the letters of a text are not what its font shows.

    >>> is_torn("maRtaTI 1 eKalbMNg c,ab;enHmaneKalbMNgkMNt; GMBIbTelµIs EdnGnuvtþ bTbBaØtiénc,ab;enH")
    True
    >>> is_torn("Article 1. Aim. This law has an aim, and eGovernment is not it.")
    False
    """
    words = [word for word in text.split() if len(word) > 3 and word[0].isalpha()]
    torn = sum(1 for word in words if _TORN.search(word))
    return torn >= _LEAST and torn > _PART * len(words)
