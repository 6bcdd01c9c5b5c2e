"""Annotations as tables: for spreadsheets, and safe in them."""

import csv
import io
import zipfile
from datetime import date

import pytest

from lawcompare.annotations.models import Annotation
from tests.office import cells_of, links_of

pytestmark = pytest.mark.django_db


def rows_of(client, address):
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_annotations_as_csv_in_the_reader_s_language(client, noted):
    rows = rows_of(client, "/annotations.csv")
    assert len(rows) == 2
    assert rows[0]["Words"] == "deemed to hinder" and rows[0]["Risk"] == "critical"
    assert rows[0]["Address"] == "http://testserver/annotations/on-words/"
    assert rows[0]["Standard relied on"] == "draft old, Article 1. Illegal access"
    assert "?text=" in rows[0]["Address of the words"]
    assert "alice" not in str(rows)
    assert [row["Risk"] for row in rows_of(client, "/annotations.csv?risk=critical")] == ["critical"]
    assert "អាសយដ្ឋាន" in rows_of(client, "/km/annotations.csv")[0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", " =", "＝"])
def test_no_cell_is_a_formula(client, noted, start):
    Annotation.objects.filter(slug="on-words").update(body=f"{start}HYPERLINK(1)")
    assert rows_of(client, "/annotations.csv")[0]["Reasoning"] == f"'{start}HYPERLINK(1)"


def test_annotations_as_a_spreadsheet(client, noted):
    Annotation.objects.filter(slug="on-words").update(body="=1+1")
    response = client.get("/annotations.xlsx?organisation=centre")
    book = zipfile.ZipFile(io.BytesIO(response.content))
    xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "deemed to hinder" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in xml
    assert 'name="Annotations"' in book.read("xl/workbook.xml").decode()
    addresses = links_of(response.content, 1)
    assert addresses[0] == "http://testserver/annotations/on-words/" and "?text=" in addresses[1]
    day = Annotation.objects.get(slug="on-words").published_at.date()
    assert cells_of(response.content, 1)[1][-2] == (day - date(1899, 12, 30)).days
    assert "The Centre" not in book.read("docProps/core.xml").decode()
