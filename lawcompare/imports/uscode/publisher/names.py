"""Titles, sections and release points of the United States Code, as people and the publisher's addresses name them."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lawcompare.engine.errors import EngineError

_WANTED = re.compile(r"(?P<title>[1-9]\d?)(?P<appendix>[aA]?):(?P<sections>[\w.–-]+(?:,[\w.–-]+)*)")
_RELEASE = re.compile(r"(?P<congress>\d{2,3})-(?P<law>\d{1,4})(?P<without>(?:not\d{1,4})*)")


class FetchRefused(EngineError):
    """What was asked for cannot be fetched; nothing was stored. Its message is one sentence."""


@dataclass(frozen=True)
class Wanted:
    """Some sections of one title: ``18:1030,2510-2523``."""

    title: str
    sections: str

    def __str__(self) -> str:
        return f"{self.title}:{self.sections}"

    @property
    def law(self) -> str:
        return f"us-code-{self.title.lower()}"

    @property
    def padded(self) -> str:
        """The title as the publisher's files are named: ``05``, ``18``, ``05a``."""
        number = self.title.rstrip("a")
        return number.zfill(2) + self.title[len(number) :]


def read_wanted(typed: str) -> list[Wanted]:
    """Titles with their sections, as in ``18:1030,2510-2523 47:230``. Raises FetchRefused.

    >>> [str(one) for one in read_wanted("18:1030, 2510-2523 47:230")]
    ['18:1030,2510-2523', '47:230']
    """
    words = re.sub(r"\s*,\s*", ",", typed).split()
    if not words:
        raise FetchRefused(_("say which sections, as in 18:1030,2510-2523"))
    by_title: dict[str, Wanted] = {}
    for word in words:
        match = _WANTED.fullmatch(word)
        if not match:
            raise FetchRefused(
                _("“%(word)s” names no sections of a title; write 18:1030,2510-2523") % {"word": word[:60]}
            )
        title = match["title"] + match["appendix"].lower()
        if title in by_title:
            raise FetchRefused(_("title %(title)s is named twice; write its sections together") % {"title": title})
        by_title[title] = Wanted(title, match["sections"])
    return list(by_title.values())


@dataclass(frozen=True, order=True)
class ReleasePoint:
    """The Code through a public law, less some that are not in it yet: ``119-73not60``."""

    congress: int
    law: int
    without: str = ""

    def __str__(self) -> str:
        return f"{self.congress}-{self.law}{self.without}"

    @property
    def folder(self) -> str:
        return f"releasepoints/us/pl/{self.congress}/{self.law}{self.without}"

    def archive(self, wanted: Wanted) -> str:
        """The name of the publisher's ZIP of one title."""
        return f"xml_usc{wanted.padded}@{self}.zip"


def read_release(typed: str) -> ReleasePoint:
    """A release point such as ``119-73not60``. Raises FetchRefused.

    >>> read_release("119-73not60") > read_release("118-200"), str(read_release("119-73not60"))
    (True, '119-73not60')
    """
    match = _RELEASE.fullmatch(typed.strip())
    if not match:
        raise FetchRefused(_("“%(word)s” is no release point; write one as 119-36") % {"word": typed[:60]})
    return ReleasePoint(int(match["congress"]), int(match["law"]), match["without"])


_LINK = re.compile(r"releasepoints/us/pl/(\d{2,3})/(\d{1,4}(?:not\d{1,4})*)/xml_usc")


def find_release(page: str) -> ReleasePoint | None:
    """The release point that the publisher's download page leads to, the newest if there are several.

    >>> str(find_release('<a href="releasepoints/us/pl/119/36/xml_usc18@119-36.zip">'))
    '119-36'
    """
    return max((read_release(f"{congress}-{law}") for congress, law in _LINK.findall(page)), default=None)
