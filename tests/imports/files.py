"""Files as analysts have them, made by the tests."""

from __future__ import annotations

import io

import docx

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
