"""The name under which a memo's file is saved: its title and the day, in letters that every program takes."""

import re
from datetime import date
from urllib.parse import quote

from django.utils.text import slugify

# Three bytes of UTF-8 a Khmer letter, in the 255 that file systems take.
TITLE_MAX = 70
# What Windows takes in no name, and what is no letter to be seen.
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


def file_name(title: str, day: date, form: str) -> str:
    """Returns the name of a file.

    >>> file_name("On: both/drafts", date(2026, 11, 26), "docx")
    'On both drafts 2026-11-26.docx'
    """
    words = " ".join(_UNFIT.sub(" ", title).split())[:TITLE_MAX].strip(" .")
    return f"{words} {day.isoformat()}.{form}".strip()


def disposition(title: str, day: date, form: str) -> str:
    r"""Returns the header by which a browser saves a file under its name (RFC 6266, RFC 8187).

    Programs that read no name in other letters take the plain one.

    >>> disposition("Memo", date(2026, 11, 26), "docx")
    'attachment; filename="memo-2026-11-26.docx"; filename*=UTF-8\'\'Memo%202026-11-26.docx'
    """
    plain = f"{slugify(title)[:TITLE_MAX].strip('-') or 'memo'}-{day.isoformat()}.{form}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name(title, day, form), safe='')}"
