"""Khmer compounds that a browser breaks inside at the end of a line are kept whole, in the page alone.

Khmer has no spaces between words; a browser looks for words in a dictionary that knows the parts of these compounds but
not the compounds. A word joiner between the parts would travel with copied words, so each stands in an element of its
own, ``k-``, which the style sheet does not wrap.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Those that were seen broken on pages of the site 390 px wide (tests/browser/test_whole_words.py counts them).
COMPOUNDS = (
    "ពិន័យជាប្រាក់", "អ្នកផ្តល់សេវា", "រដ្ឋធម្មនុញ្ញ", "សេចក្តីថ្លែង", "កំណត់ចំណាំ", "កតិកាសញ្ញា", "សេចក្តីព្រាង",
    "ច្បាប់ចម្លង", "អ្នករៀបរៀង", "ផ្តន្ទាទោស", "វិសោធនកម្ម", "ព្រហ្មទណ្ឌ", "របាយការណ៍", "កុំព្យូទ័រ", "ពន្ធនាគារ",
    "នីតិបុគ្គល", "ខុសច្បាប់", "សន្ធិសញ្ញា", "អនុសញ្ញា", "លក្ខខណ្ឌ", "បទល្មើស", "ការពារជាតិ", "កថាខណ្ឌ", "សន្តិសុខ",
    "មូលហេតុ", "តុលាការ", "អង្គការ", "ដកស្រង់", "ប៊ុយដាប៉ែស្ត", "សេរីភាព", "បរិហារកេរ្តិ៍",
    "អាជ្ញាធរ",
)  # fmt: skip
KHMER = "\u1780".encode()[:2]
# Not within a letter's cluster. What stands before a compound is looked at behind its first letter: a search for one of
# a few letters passes over a page fast.
WHOLE = re.compile(rf"({'|'.join(f'{word[0]}(?<!\u17d2.){word[1:]}' for word in COMPOUNDS)})(?![\u17b4-\u17d3])")
# What ends words: where these are in a tag, or stand where a page can have no element.
EDGE = re.compile(r"[<>]")
CLOSES = re.compile(r">|</(?:title|textarea|option|script|style|text|tspan)\b")


def keep_whole(page: str) -> str:
    """Each compound in an element of its own. Looks once behind each run of words, however many compounds it has."""
    edge, is_shown = -1, True

    def mark(match: re.Match[str]) -> str:
        nonlocal edge, is_shown
        if match.start() > edge:
            found = EDGE.search(page, match.end())
            edge = found.start() if found else len(page)
            is_shown = CLOSES.match(page, edge) is None
        return f"<k->{match[0]}</k->" if is_shown else match[0]

    return WHOLE.sub(mark, page)


class WholeWords:
    """Middleware that keeps compounds whole in every page that has Khmer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and not response.streaming and (first := response.content.find(KHMER)) >= 0:
            page = response.content
            end = page.find(b">", page.rfind(KHMER)) + 1 or len(page)  # of a page in English all else is passed over
            words = page[first:end].decode()
            if (kept := keep_whole(words)) != words:
                response.content = page[:first] + kept.encode() + page[end:]
        return response
