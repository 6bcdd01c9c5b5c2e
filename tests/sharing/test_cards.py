"""Cards: drawn once, kept as a file, shown to nobody once what is on them may not be seen."""

from __future__ import annotations

import json
import os
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lawcompare.accounts.responses import LongAnswers
from lawcompare.annotations.services import withdraw_annotation
from lawcompare.engine.text.words import clusters
from lawcompare.engine.writing.card import Card, cut_end, cut_start, draw_card, shortened
from lawcompare.laws.models import Origin, Version
from lawcompare.laws.withdrawal.services import withdraw
from lawcompare.publishing.services import publish
from lawcompare.sharing import cards, views
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.hostile_worker import hostile_program
from tests.laws.test_translations import translated
from tests.sharing.conftest import SUBJECT

pytestmark = pytest.mark.django_db
CLAUSE = "/share/laws/draft/old/chp_1__art_2.png"
ROW = "/share/compare/draft/old/with/draft/new/chp_1__art_3.png"
TOPIC = f"/share/{SUBJECT[:-1]}.png"
KHMER = "ការបង្កើត ការផ្សាយ ឬការចែកចាយនូវមាតិកាដែលចាត់ទុកថារារាំងអធិបតេយ្យភាព ត្រូវផ្តន្ទាទោស"


@pytest.fixture
def drawn(monkeypatch) -> list[Card]:
    """Each card that is drawn."""
    drawn: list[Card] = []

    def draw(card: Card) -> bytes:
        drawn.append(card)
        return draw_card(card)

    monkeypatch.setattr(cards, "draw_card", draw)
    return drawn


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.png"))


def test_a_card_is_a_picture_that_is_drawn_once(client, drafts, subject, drawn, pictures, subtests):
    addresses = [CLAUSE, ROW, TOPIC, "/share/laws/draft/concerns.png", "/share/site.png"]
    for address in [*addresses, *(f"/km{one}" for one in addresses)]:
        with subtests.test(address=address):
            drawn.clear()
            first, second = client.get(address), client.get(address)
            assert first.status_code == second.status_code == 200
            assert first.headers["Content-Type"] == "image/png" and first.content == second.content
            assert Image.open(BytesIO(first.content)).size == (1200, 630)
            assert len(drawn) == 1 and first.content in [file.read_bytes() for file in files(pictures)]


def test_a_heading_as_long_as_a_page_fits_on_a_card_and_in_a_table_of_contents(client, store):
    """Of thousands of such headings the page of a text had 74 MB, and none of its clauses a card."""
    version, heading = store(OLD_DRAFT, "odd", published=False), "បទល្មើសបច្ចេកវិទ្យា " * 240
    version.clauses.filter(num="Article 1").update(heading=heading.strip())
    publish(version)
    article = version.clauses.get(num="Article 1").eid
    for prefix in ("", "/km"):
        assert client.get(f"{prefix}/share/laws/draft/odd/{article}.png").status_code == 200
    page = client.get("/laws/draft/odd/").content.decode()
    assert page.count(heading.strip()) == 1 and page.count(heading[:150]) > 3


def test_a_card_of_a_row_has_the_redline_and_what_the_texts_are(client, drafts, drawn):
    assert client.get(ROW).status_code == 200
    card = drawn[0]
    assert card.title == "Article 2 → Article 3" and card.of == "draft old → draft new"
    assert ("delete", "1,000,000") in card.runs and ("insert", "10,000,000") in card.runs
    assert card.facts == ("Restated in our own words", "2019 → 2020", "source: example.org")
    assert card.host == "testserver"


def test_a_card_of_a_translation_says_that_nobody_checked_it(client, drafts, drawn, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publish(translated())
    assert client.get("/share/laws/draft/old-km/chp_1__art_2.png").status_code == 200
    assert drawn[0].label == "Khmer translation by the project, not checked by a lawyer"


def test_every_card_of_a_text_that_is_not_confirmed_says_who_brought_it(
    client, cast, store, write, drawn, django_capture_on_commit_callbacks
):
    """However long its title is, and whatever its file says of a clause; also that of another organisation's note."""
    with django_capture_on_commit_callbacks(execute=True):
        for number, text in enumerate((OLD_DRAFT, NEW_DRAFT)):
            draft = store(text, ("old", "new")[number], published=False)
            Version.objects.filter(pk=draft.pk).update(title="A law" + 20 * " and order", date=f"2019-0{number + 1}")
            Origin.objects.create(version=draft, organisation=cast.others)
            publish(Version.objects.get(pk=draft.pk))
    note = write(upto="published", on=draft.clauses.get(num="Article 3"), exact="deemed to hinder")
    for address in (CLAUSE, ROW, f"/share/annotations/{note.slug}.png"):
        assert client.get(address).status_code == 200
        assert "proposed by The Others" in drawn[-1].label and "The Others" not in drawn[-1].of


def test_a_card_of_a_note_has_its_words_risk_and_organisation(client, write, drawn):
    note = write(upto="published", exact="the unity")
    assert client.get(f"/share/annotations/{note.slug}.png").status_code == 200
    card = drawn[0]
    assert card.risk == 4 and card.lead == "Critical" and card.label == "Note by The Centre"
    assert ("quote", note.exact) in card.runs and card.comment == "Nobody can foresee it."
    shown = "".join(words for _op, words in card.runs).strip("…").split()
    assert set(shown) <= set(note.clause.text.split()), "no half of a word beside the quotation"


def test_the_card_of_a_withdrawn_note_is_gone_at_once_with_its_file(client, write, cast, pictures):
    note = write(upto="published")
    address = f"/share/annotations/{note.slug}.png"
    assert client.get(address).status_code == 200 and files(pictures)
    withdraw_annotation(cast.rita, note, "It names somebody.")
    assert client.get(address).status_code == 404
    assert client.get(address.replace(".png", "/")).status_code == 404
    assert client.get(address.replace("share", "embed").replace(".png", "/")).status_code == 404
    assert not files(pictures)


def test_the_card_of_a_withdrawn_text_says_that_it_is_gone(client, drafts, cast, pictures):
    assert client.get(CLAUSE).status_code == client.get(ROW).status_code == 200
    withdraw(cast.sara, drafts[0], "It was not meant to be public.")
    for address in (CLAUSE, ROW):
        assert client.get(address).status_code == 410
        assert client.get(address.replace(".png", "/")).status_code == 410
    assert not files(pictures)


def test_a_private_text_has_no_card_for_its_own_people_either(client, store, cast):
    store("## Article 1. Secret\n\nHidden words.", "hidden", published=False)
    client.force_login(cast.sara)
    assert client.get("/laws/draft/hidden/art_1/").status_code == 200
    for address in ("/share/laws/draft/hidden/art_1.png", "/share/laws/draft/hidden/art_1/"):
        assert client.get(address).status_code == 404
    assert client.get("/embed/laws/draft/hidden/art_1/").status_code == 404
    assert "/share/" not in client.get("/laws/draft/hidden/art_1/").content.decode().partition("<main")[2]


def test_what_is_on_a_card_decides_its_file(client, write, cast, pictures):
    note = write(upto="published")
    address = f"/share/annotations/{note.slug}.png"
    before = client.get(address).content
    type(note).objects.filter(pk=note.pk).update(risk=1)
    after = client.get(address).content
    assert before != after and [file.read_bytes() for file in files(pictures)] == [after]


def test_a_full_disk_keeps_no_card_and_shows_it_all_the_same(client, drafts, pictures, monkeypatch):
    def refuse(*_args, **_names):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert client.get(CLAUSE).status_code == 200
    assert not files(pictures) and not list(pictures.glob("*/*.part"))


def test_so_many_cards_are_kept_and_then_the_oldest_go(client, drafts, pictures, monkeypatch):
    """Whoever asked for all addresses filled the disk of the site: some 100 MB an hour and network."""
    monkeypatch.setattr(cards, "KEPT_MAX", 2)
    monkeypatch.setattr(cards, "DROPPED", 1)
    client.get(CLAUSE)
    (oldest,) = files(pictures)
    os.utime(oldest.parent, (1, 1))
    for address in (ROW, CLAUSE.replace("_2.png", "_3.png")):
        assert client.get(address).status_code == 200
    assert len(files(pictures)) == 2 and oldest not in files(pictures)


@pytest.mark.parametrize("site", ["", "https://example.org"])
def test_made_up_ports_keep_no_cards(client, drafts, pictures, settings, site):
    settings.SITE_URL = site
    bodies = {client.get(CLAUSE, headers={"host": f"testserver{port}"}).content for port in ("", ":1", ":2")}
    assert len(files(pictures)) == 1 and len(bodies) == (1 if site else 3)


def test_cards_are_newly_drawn_so_often_in_an_hour_and_kept_ones_cost_nothing(client, drafts, settings):
    settings.CARDS_PER_HOUR = 1
    assert client.get(CLAUSE).status_code == 200
    assert client.get(ROW).status_code == 429
    assert client.get(CLAUSE).status_code == 200


def test_two_cards_at_once_of_a_network_leave_the_other_threads_to_others(client, drafts, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(LongAnswers, "_has_place", lambda *_args: False)
        assert client.get(CLAUSE).status_code == 429
    assert client.get(CLAUSE).status_code == 200


def test_a_card_of_nothing_is_not_found(client, drafts, subtests):
    for address in [
        "/share/laws/draft/old/art_99.png",
        "/share/compare/draft/old/with/draft/new/old-art_99.png",
        "/share/compare/draft/new/with/draft/old/chp_1__art_1.png",
        "/share/annotations/nowhere.png",
        "/share/laws/nowhere/concerns.png",
    ]:
        with subtests.test(address=address):
            assert client.get(address).status_code == 404


def test_khmer_is_shaped_and_not_set_letter_by_letter():
    """The coeng sign joins two consonants: nothing of it is seen as a letter of its own."""
    joined, separate = (draw_card(Card("a", "b", "km", words)) for words in ("ក្ក", "ក\u200c្\u200cក"))
    ink = [width_of_title(picture) for picture in (joined, separate)]
    assert 0 < ink[0] < ink[1]


def width_of_title(picture: bytes) -> int:
    title = Image.open(BytesIO(picture)).convert("L").crop((40, 80, 900, 160))
    box = title.point(lambda light: 255 * (light < 100)).getbbox()
    assert box is not None
    return box[2] - box[0]


@given(st.text(st.sampled_from(KHMER + "abc .\n"), max_size=200), st.integers(1, 120))
def test_words_are_never_cut_inside_a_cluster(words, limit):
    whole = clusters(words)
    for part in (cut_end(words, limit).removesuffix("…"), cut_start(words, limit).removeprefix("…")):
        assert part in words and set(clusters(part)) <= {*whole, ""}


def test_what_changed_is_kept_where_a_redline_is_cut():
    runs = [("equal", "word " * 200), ("delete", "month"), ("insert", "year"), ("equal", " word" * 200)]
    short = shortened(runs, 200)
    assert ("delete", "month") in short and ("insert", "year") in short
    assert sum(len(words) for _op, words in short) <= 210


HOSTILE = hostile_program("card", "draw_card", cards.BEGINS)
PNG = r"import sys; write = sys.stdout.buffer.write; write(b'\x89PNG\r\n\x1a\n');"
CONFINED = "from lawcompare.engine.sandbox.box import enter; enter(int(sys.argv[1]), int(sys.argv[2]));"


@pytest.fixture
def boxed(settings):
    settings.READER_SANDBOX = True


@pytest.mark.parametrize("address", [f"/km{ROW}", "/share/site.png"])
def test_a_card_is_drawn_inside_the_box_and_is_the_same(client, drafts, settings, pictures, address):
    plain = client.get(address).content
    cards.forget(pictures)
    settings.READER_SANDBOX = True
    assert client.get(address).content == plain and len(files(pictures)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the box is made of what Linux gives")
def test_words_that_take_the_drawing_over_read_write_start_and_reach_nothing(
    client, drafts, boxed, monkeypatch, tmp_path
):
    (tmp_path / "secret").write_text("a key")
    monkeypatch.setenv("SECRET_KEY", "the-secret-of-the-site")
    command = [sys.executable, "-c", HOSTILE, str(tmp_path), str(tmp_path / "secret")]
    monkeypatch.setattr(cards, "WORKER", command)
    succeeded, knows_key, title = json.loads(client.get(CLAUSE).content.removeprefix(cards.BEGINS))
    assert succeeded == [] and not knows_key and title


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "print('no picture')",
        f"{PNG} sys.exit(3)",
        f"{PNG} write(bytes(100)); import time; sys.stdout.flush(); time.sleep(60)",
        f"{PNG} {CONFINED} [0 for _ in iter(int, 1)]",
        f"{PNG} {CONFINED} bytes(3 << 30)",
        f"{PNG} [write(bytes(1 << 20)) for _ in range(64)]",
        "import sys; sys.stdin.close(); sys.exit(0)",
    ],
    ids=["breaks down", "no picture", "half a picture", "waits", "works on", "takes memory", "is too long", "is deaf"],
)
def test_a_card_that_cannot_be_drawn_is_refused_and_nothing_is_kept(
    client, drafts, boxed, pictures, monkeypatch, program
):
    monkeypatch.setattr(cards, "WORKER", [sys.executable, "-c", program])
    monkeypatch.setattr(cards, "SECONDS", 1)
    response = client.get(CLAUSE)
    assert response.status_code == 503 and "This picture could not be drawn" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers.get(views.RESOURCE_POLICY) != views.EVERYWHERE
    assert not [path for path in pictures.rglob("*") if path.is_file() and path.name != "swept"]
    monkeypatch.undo()
    assert client.get(CLAUSE).status_code == 200
