"""Two texts as words, and what makes two words the same."""

from collections.abc import Sequence
from functools import lru_cache

from lawcompare.engine.diff.cleanup import TokenPair
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.numerals import fold_spelling, join_amounts
from lawcompare.engine.text.words import is_number, words

# After these the number of a list item may stand.
_BEFORE_ITEM = frozenset(";:.។៖；：。")
_LAST_ITEM = frozenset(("and", "or", "et", "ou", "និង", "ឬ"))


def pair_texts(old: str, new: str, language: str) -> TokenPair:
    """The words of two texts with the keys they are compared by."""
    old_words, new_words = _tokens(old, language), _tokens(new, language)
    return TokenPair(old_words, new_words, _keys(old_words, language), _keys(new_words, language))


def _tokens(text: str, language: str) -> list[str]:
    """Words, an amount being one. A zero-width space goes with the word before it, as a variant of it."""
    tokens = join_amounts(words(text, language))
    if "\u200b" not in text:
        return tokens
    joined: list[str] = []
    for word in tokens:
        if word == "\u200b" and joined:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _keys(tokens: Sequence[str], language: str) -> list[str]:
    """What tokens are compared by. The numbers of list items are one, so that an item put in moves no other."""
    keys = [_key(token, language) for token in tokens]
    for begin in (-1, *(at for at, opens in enumerate(map(_opens_item, tokens)) if opens)):
        position = begin + 1
        while position < len(tokens):
            if _is_item_number(tokens, position):
                keys[position] = "(#)" if tokens[position][0] == "(" else "#"
            if not _leads_to_item(tokens[position]):
                break
            position += 1
    return keys


@lru_cache(maxsize=1 << 16)
def _opens_item(token: str) -> bool:
    """Whether the number of a list item may stand after a token."""
    return "\n" in token or token in _BEFORE_ITEM


@lru_cache(maxsize=1 << 16)
def _leads_to_item(token: str) -> bool:
    """Whether a token may stand between what opens an item and its number."""
    return token.isspace() or token in _LAST_ITEM


def _is_item_number(tokens: Sequence[str], position: int) -> bool:
    token = tokens[position]
    if token[0] == "(":
        return len(token) > 1
    before = tokens[position - 1] if position else "\n"
    after = tokens[position + 1] if position + 1 < len(tokens) else ""
    return "\n" in before and after in (".", ")") and is_number(token)


@lru_cache(maxsize=1 << 16)
def _key(token: str, language: str) -> str:
    """Spelling variants of a word are one, any white space is one."""
    return " " if token.isspace() else fold_spelling(normalise(token, language).text, language)
