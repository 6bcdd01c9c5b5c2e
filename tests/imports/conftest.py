"""What the tests of importing share: files as analysts have them, and a desk to put them on."""

from __future__ import annotations

import io

import docx
import pytest

from lawcompare.imports import services
from lawcompare.imports.models import ImportDraft

LAW = """Chapter 1. Offences

Article 1. Illegal access
Whoever enters a computer without right is punished.

Article 2. Interception

Article 4. Duties of providers
A provider keeps data for 180 days.
"""
ARTICLES = 50


def khmer(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))


def khmer_docx(articles: int = ARTICLES, word: str = "មួយ") -> bytes:
    """A draft law in Khmer as a Word file, with as many articles."""
    document = docx.Document()
    document.core_properties.author = "Somebody Whose Name Is Not Shown"
    document.add_heading("សេចក្តីព្រាងច្បាប់ស្តីពីចង្កៀង", 0)
    for number in range(1, articles + 1):
        document.add_heading(f"មាត្រា {khmer(number)}.- ចង្កៀងទី{khmer(number)}", 1)
        document.add_paragraph(f"ចង្កៀងលេខ {khmer(number * 7)} ត្រូវបំភ្លឺនៅពេលយប់ {word} ដង។")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.fixture
def hand_in(cast, django_capture_on_commit_callbacks):
    """Hand in a file as Eve, and have it read: ``hand_in(LAW)``."""

    def take(text: str | bytes = LAW, name: str = "draft.txt") -> ImportDraft:
        with django_capture_on_commit_callbacks(execute=True):
            taken = services.take_in(cast.eve, text.encode() if isinstance(text, str) else text, name)
        assert taken.draft is not None
        taken.draft.refresh_from_db()
        return taken.draft

    return take


@pytest.fixture
def desk(client, cast):
    """A client at the desk: Eve, an editor of the Centre."""
    client.force_login(cast.eve)
    return client


SAID = {
    "law": "+",
    "law_title": "Law on lamps",
    "jurisdiction": "kh",
    "kind": "draft",
    "title": "Draft on lamps",
    "date": "2024-03",
    "language": "en",
    "text_status": "leaked",
    "became_public": "Published by a newspaper.",
}
