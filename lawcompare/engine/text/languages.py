"""Which language a law text is in: by its script, and in Latin letters by its commonest words and letters.

A list of twenty words a language is enough for texts of a page; laws are longer. No library is worth loading for it.
"""

import re
import tomllib
from collections import Counter
from itertools import islice
from pathlib import Path

# Scripts of one language each, as far as laws go: the first letter of the block, the last, the language.
_SCRIPTS = (
    ("\u1780", "\u17d3", "km"),
    ("\u0e00", "\u0e7f", "th"),
    ("\u0e80", "\u0eff", "lo"),
    ("\u1000", "\u109f", "my"),
    ("\u3040", "\u30ff", "ja"),
    ("\uac00", "\ud7af", "ko"),
    ("\u4e00", "\u9fff", "zh"),
    ("\u0400", "\u04ff", "ru"),
    ("\u0600", "\u06ff", "ar"),
    ("\u0370", "\u03ff", "el"),
    ("\u0590", "\u05ff", "he"),
    ("\u0900", "\u097f", "hi"),
)
_WORDS: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_MOST_WORDS = 20_000
_FEWEST = 1.5  # of such words, each counted as far as it is one language's: fewer are names or letters
_WORD = re.compile(r"[^\W\d_]+")
# What such a word counts: in "a, de, la, o" several languages meet.
_SHARED = Counter(word for words in _COMMON.values() for word in words)


def detect_language(text: str) -> str:
    """The language of a text (ISO 639-1); ``en`` where nothing tells.

    >>> [detect_language(text) for text in ("មាត្រា ១", "Article 1", "มาตรา ๑", "Le code est applicable à la loi")]
    ['km', 'en', 'th', 'fr']
    """
    scripts = Counter[str]()
    latin = 0
    for letter, count in Counter(text).items():
        if letter < "\u0370" or "\u1e00" <= letter <= "\u1eff":
            latin += count * letter.isalpha()
            continue
        for first, last, language in _SCRIPTS:
            if first <= letter <= last:
                scripts[language] += count
                break
    if scripts:
        language, count = scripts.most_common(1)[0]
        if count > latin:
            return "ja" if language == "zh" and scripts["ja"] > 0.1 * count else language
    words = Counter(match[0].lower() for match in islice(_WORD.finditer(text), _MOST_WORDS))
    weights = {language: sum(words[word] / _SHARED[word] for word in common) for language, common in _COMMON.items()}
    best = max(weights, key=lambda language: (weights[language], language == "en"))
    return best if weights[best] > max(_FEWEST, 1.2 * weights["en"]) else "en"
