"""Official sections of the Code: fetched whole or not at all, compared, with what was stated carried to them."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.services import add_member
from lawcompare.comparisons.access import find_comparison
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import kinds
from lawcompare.core.jobs.runner import run_now
from lawcompare.core.models import Entry
from lawcompare.core.numbers import seal
from lawcompare.crosswalk.access import visible_correspondences
from lawcompare.crosswalk.models import Correspondence, Topic
from lawcompare.crosswalk.services import state_by_hand, state_correspondence
from lawcompare.crosswalk.topics.services import add_topic
from lawcompare.engine.errors import EngineError
from lawcompare.imports.access import unread_notices
from lawcompare.imports.uscode import publisher, services
from lawcompare.imports.uscode.fetching import check_current, check_laws
from lawcompare.imports.uscode.models import Archive, Fetch, ReleaseNotice
from lawcompare.imports.uscode.publisher import (
    FetchRefused,
    read_release,
    read_wanted,
    source_of,
)
from lawcompare.laws.citing import Citations
from lawcompare.laws.models import Law, Origin, Version, Withdrawal
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.models import Carried
from lawcompare.publishing.services import publish
from tests import second_factor
from tests.conftest import OLD_DRAFT
from tests.core.making import made
from tests.publishing.test_carrying import publish_note
from tests.samples import us_title as title_17

pytestmark = pytest.mark.django_db

RESTATED = """---
law: us-code-17
version: 2010-en
title: 17 U.S.C. restated
jurisdiction: us
kind: statute
language: en
date: 2010
text_status: restatement
---

# Chapter 5. Copyright infringement and remedies

## § 506. Criminal offenses

(a) **Criminal Infringement.** Whoever willfully infringes a copyright is punished as section 2319 of title 18 provides.

(b) **Forfeiture.** What is forfeited, destroyed and given back follows section 2323 of title 18.

## § 507. Limitations on actions

(a) Criminal proceedings begin within 5 years. (b) Civil actions begin within three years.
"""


def zipped(xml: bytes, name: str = "usc17.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), xml, zipfile.ZIP_DEFLATED)
    return file.getvalue()


@dataclass
class PublisherSite:
    """What the publisher's site has, by path, and how it behaves. ``asked`` are the ranges that were asked for."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    # So many answers break off at this share of what they should send.
    breaks: int = 0
    share: float = 0.9
    ignores_ranges: bool = False
    status: int = 0
    asked: list[str] = field(default_factory=list)

    def add(self, release: str, data: bytes, title: str = "17") -> None:
        folder = release.replace("-", "/", 1)
        self.files[f"/releasepoints/us/pl/{folder}/xml_usc{title}@{release}.zip"] = data

    def announce(self, release: str) -> None:
        link = f"releasepoints/us/pl/{release.replace('-', '/', 1)}/xml_usc17@{release}.zip"
        self.files["/download.shtml"] = f'<h3>Current</h3><a href="{link}">XML</a>'.encode()


@contextmanager
def served() -> Iterator[PublisherSite]:
    site = PublisherSite()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def _handler(site: PublisherSite) -> Callable[..., BaseHTTPRequestHandler]:
    class PublisherHandler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            data = site.files.get(self.path)
            site.asked.append(self.headers.get("Range", ""))
            if site.status or data is None:
                self.send_error(site.status or 404)
                return
            mark = f'"{hashlib.sha256(data).hexdigest()[:12]}"'
            start = self._start(data, mark)
            self.send_response(206 if start else 200)
            self.send_header("ETag", mark)
            self.send_header("Content-Length", str(len(data) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            end = len(data)
            if site.breaks and self.path.endswith(".zip"):
                site.breaks -= 1
                end = start + int((len(data) - start) * site.share)
            self.wfile.write(data[start:end])
            self.close_connection = True

        def _start(self, data: bytes, mark: str) -> int:
            asked = self.headers.get("Range", "")
            if not asked or site.ignores_ranges or self.headers.get("If-Range") != mark:
                return 0
            return int(asked.removeprefix("bytes=").rstrip("-"))

    return PublisherHandler


@pytest.fixture
def site(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("lawcompare.imports.uscode.publisher.WAITS", (0, 0))
    with served() as publisher:
        settings.USCODE_URL = publisher.address
        publisher.add("113-31", zipped(title_17("113-31")))
        publisher.add("117-80", zipped(title_17("117-80")))
        publisher.announce("117-80")
        yield publisher


def fetch(*arguments: str) -> str:
    out = io.StringIO()
    call_command("fetch_uscode", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def refused(*arguments: str) -> str:
    """The one sentence with which a command ends; nothing was stored."""
    before = Version.objects.count(), Archive.objects.count()
    with pytest.raises(CommandError) as problem:
        fetch(*arguments)
    assert problem.value.returncode == 2 and "\n" not in str(problem.value)
    assert (Version.objects.count(), Archive.objects.count()) == before
    return str(problem.value)


def left_behind(settings) -> list[str]:
    return sorted(path.name for path in (Path(settings.DATA_DIR) / "uscode").glob("*"))


def test_chosen_sections_of_the_current_release_point_become_a_public_official_text(site, settings):
    assert fetch("17:506,507") == "us-code-17/rp117-80-en: 12 clauses stored and public.\n"
    version = Version.objects.get()
    assert (version.text_status, version.selection, version.date) == ("official", "506,507", "2021-04-29")
    assert version.is_published and version.source_url.endswith("/releasepoints/us/pl/117/80/xml_usc17@117-80.zip")
    assert set(version.clauses.filter(element="section").values_list("identifier", flat=True)) == {
        "/us/usc/t17/s506",
        "/us/usc/t17/s507",
    }
    archive = Archive.objects.get()
    assert archive.sha256 == hashlib.sha256(site.files["/releasepoints/us/pl/117/80/xml_usc17@117-80.zip"]).hexdigest()
    assert left_behind(settings) == []


def test_other_sections_of_one_release_point_are_a_text_of_their_own(site):
    fetch("17:506")
    fetch("17:507")
    with pytest.raises(CommandError, match="here already: us-code-17/rp117-80-en"):
        fetch("17:507,507")
    assert sorted(Version.objects.values_list("slug", flat=True)) == ["rp117-80-en", "rp117-80-en-2"]


def test_the_next_release_point_follows_the_one_before_and_each_is_stored_once(site):
    fetch("17:501,506", "--release-point", "113-31")
    fetch("17:501,506")
    old, new = Version.objects.order_by("date")
    assert new.follows == old
    comparison = find_comparison(old, new)
    assert comparison is not None and comparison.stats == {"changed": 1, "unchanged": 1}
    assert old.slug == "rp113-31-en"
    assert fetch("17:501,506", "--release-point", "113-31") == "us-code-17/rp113-31-en: already here.\n"
    assert Version.objects.count() == 2


def test_a_folder_serves_where_there_is_no_network(tmp_path, settings):
    settings.USCODE_URL = "http://127.0.0.1:9/"
    (tmp_path / "xml_usc17@117-80.zip").write_bytes(zipped(title_17("117-80")))
    (tmp_path / "usc17@113-31.xml").write_bytes(title_17("113-31"))
    fetch("17:506", "--from", str(tmp_path))
    fetch("17:506", "--from", str(tmp_path), "--release-point", "113-31")
    assert sorted(Version.objects.values_list("slug", flat=True)) == ["rp113-31-en", "rp117-80-en"]
    assert "no file of title 18" in refused("18:1030", "--from", str(tmp_path))
    assert "is no folder" in refused("17:506", "--from", str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    assert "names a release point" in refused("17:506", "--from", str(tmp_path / "empty"))


def test_a_download_that_breaks_off_goes_on_where_it_ended(site, settings):
    site.breaks = 2
    fetch("17:506")
    size = len(site.files["/releasepoints/us/pl/117/80/xml_usc17@117-80.zip"])
    first = int(size * 0.9)
    assert site.asked[1:] == ["", f"bytes={first}-", f"bytes={first + int((size - first) * 0.9)}-"]
    assert Version.objects.get().clauses.filter(element="section").count() == 1
    assert left_behind(settings) == []


def test_a_network_that_dies_at_ninety_percent_stores_nothing_and_the_next_try_resumes(site, settings):
    site.breaks = 99
    sentence = refused("17:506")
    size = len(site.files["/releasepoints/us/pl/117/80/xml_usc17@117-80.zip"])
    assert "ended after" in sentence and f"of {size} bytes" in sentence and "goes on from there" in sentence
    assert left_behind(settings) == ["xml_usc17@117-80.zip.part", "xml_usc17@117-80.zip.part.json"]
    kept = (Path(settings.DATA_DIR) / "uscode" / "xml_usc17@117-80.zip.part").stat().st_size
    site.breaks, site.asked = 0, []
    fetch("17:506")
    assert site.asked[1:] == [f"bytes={kept}-"] and left_behind(settings) == []


def test_two_that_fetch_one_title_at_the_same_moment_write_into_no_file_of_the_other(site, settings, monkeypatch):
    """Both failed, and the publisher was said to have sent something wrong."""
    last = publisher._PartialDownload.finish
    fetched = []

    def finish(part):
        if not fetched:  # the first has all but this step behind it, and another begins
            fetched.append("17:507")
            fetch("17:507")
        return last(part)

    monkeypatch.setattr(publisher._PartialDownload, "finish", finish)
    fetch("17:506")
    assert sorted(Version.objects.values_list("selection", flat=True)) == ["506", "507"]
    assert site.asked.count("") == len(site.asked) and left_behind(settings) == []


def test_what_a_fetch_beside_another_left_when_it_was_killed_goes(site, settings):
    folder = Path(settings.DATA_DIR) / "uscode"
    for name, ago in (("of-a-killed-one", 2 * publisher.LEFT_FOR), ("of-one-that-runs", 60)):
        (folder / name).mkdir(parents=True)
        os.utime(folder / name, (time.time() - ago,) * 2)
    fetch("17:506")
    assert left_behind(settings) == ["of-one-that-runs"]


def test_a_file_that_changed_between_two_tries_is_fetched_anew(site, settings):
    site.breaks = 99
    refused("17:506")
    site.breaks = 0
    site.add("117-80", zipped(title_17("117-80") + b"\n"))
    fetch("17:506")
    assert Version.objects.count() == 1


def test_a_server_that_knows_no_ranges_sends_it_all_again(site):
    site.breaks, site.ignores_ranges = 1, True
    fetch("17:506")
    assert Version.objects.count() == 1


def test_a_file_that_is_not_what_it_was_is_refused(site):
    fetch("17:506")
    site.add("117-80", zipped(title_17("117-80") + b"\n<!-- changed -->"))
    assert "its checksum differs" in refused("17:507")


def test_a_file_that_is_damaged_or_of_another_title_or_release_point_is_refused(site):
    whole = zipped(title_17("117-80"))
    half = len(whole) // 2
    for data in (whole[:half], b"PK" + b"\0" * 400, whole[:half] + b"\0\0\0\0" + whole[half + 4 :]):
        site.add("117-80", data)
        assert "damaged or cut off" in refused("17:506")
    site.add("117-80", zipped(title_17("117-80"), "usc18.xml"))
    assert "holds no text of title 17" in refused("17:506")
    site.add("117-80", b"<html>Down for maintenance</html>")
    assert "neither a ZIP file nor XML" in refused("17:506")
    site.add("117-80", zipped(title_17("117-80", named="117-81")))
    assert refused("17:506") == "the file of release point 117-80 says that it is of 117-81"
    site.add("117-80", zipped(title_17("117-80"), "usc18.xml"), title="18")
    assert refused("18:506") == "the file of title 18 holds title 17"


def test_a_section_title_or_release_point_that_is_not_there_is_named_and_nothing_stored(site):
    assert refused("17:506,9999") == "there is no section 9999 in this text"
    assert "has no title 18" in refused("17:506", "18:1030")
    assert not Law.objects.exists()
    assert refused("17:506", "--release-point", "119-99").endswith("has no title 17 at release point 119-99")


def test_a_server_out_of_reach_or_out_of_order_is_said_in_a_sentence(site, settings):
    site.status = 503
    assert refused("17:506").endswith("answered with 503")
    site.status = 0
    site.files["/download.shtml"] = b"<html>Soon</html>"
    assert refused("17:506").endswith("names no release point; name one")
    settings.USCODE_URL = "http://127.0.0.1:9/"
    assert refused("17:506").endswith("cannot be reached")
    assert refused("17:506", "--release-point", "117-80").endswith("cannot be reached")


def test_a_file_that_is_too_large_is_not_taken(site, settings):
    settings.USCODE_BYTES_MAX = 1000
    assert "larger than 1000 bytes" in refused("17:506")


@pytest.mark.parametrize("wanted", ["", "17", "17:", "17:506,", "x:1", "0:1", "17:5/../6", "17:506 17:507"])
def test_what_names_no_sections_or_no_release_point_is_refused(wanted):
    with pytest.raises(FetchRefused):
        read_wanted(wanted)
    for typed in ("", "119", "119/36", "119-36.zip", "../119-36", "a-b"):
        with pytest.raises(FetchRefused):
            read_release(typed)


@pytest.fixture
def restated(store, request):
    """A restatement of § 506, stated to answer an article of a draft."""
    draft = store(OLD_DRAFT, "old")
    text = RESTATED.replace("date: 2010", f"date: {getattr(request, 'param', 2010)}")
    version = import_law(Import(text.encode(), "a.md")).version
    publish(version)
    topic = Topic.objects.create(slug="copies", title="Copies", position=1)
    cites = Citations(version)
    state_correspondence(
        topic, draft.clauses.get(num="Article 2"), cites.find("506(a)"), "narrower", "Why.", "The Centre"
    )
    state_correspondence(topic, cites.find("507"), draft.clauses.get(num="Article 3"), "partial", "So.", "The Centre")
    return version


def test_what_was_stated_of_the_restatement_is_carried_for_a_person_to_confirm(site, restated):
    fetch("17:506,507")
    official = Version.objects.get(slug="rp117-80-en")
    assert official.follows == restated
    carried = Correspondence.objects.filter(carried_from__isnull=False).select_related("subject", "object")
    assert {(row.subject.identifier, row.object.identifier, row.relation, row.reasoning) for row in carried} == {
        ("", "/us/usc/t17/s506/a", "narrower", "Why."),
        ("/us/usc/t17/s507", "", "partial", "So."),
    }
    assert {row.status for row in carried} == {"suggested"} and {row.author for row in carried} == {"The Centre"}
    # No reader sees what nobody confirmed.
    assert not visible_correspondences(AnonymousUser()).filter(carried_from__isnull=False).exists()


def test_a_reviewer_sees_where_a_carried_statement_comes_from_and_confirms_it(site, restated, rita):
    fetch("17:506,507")
    listed = {"source": "draft/old", "target": "us-code-17/rp117-80-en"}
    page = rita.get(reverse("suggestions"), listed).content.decode()
    assert "Carried over from an earlier text of the same law, where it was stated as “narrower”" in unescape(page)
    row = Correspondence.objects.get(carried_from__isnull=False, subject__version__slug="old")
    form = {"topic": row.topic.slug, "relation": "narrower", "reasoning": row.reasoning, "seen": row.seen}
    rita.post(reverse("suggestion_confirm", args=[row.pk]), form)
    assert visible_correspondences(AnonymousUser()).filter(carried_from=row.carried_from_id).exists()


def test_what_an_organisation_states_is_carried_for_it_alone(site, restated, cast, client):
    draft, section = Version.objects.get(slug="old"), Citations(restated).find("507")
    hidden = add_topic(cast.eve, {"title": "zzhidden"}, [])
    state_by_hand(cast.eve, hidden, section, draft.clauses.get(num="Article 1"), "broader", "zzprivate")
    shared, article = Topic.objects.get(slug="copies"), draft.clauses.get(num="Article 4")
    for person, why in ((cast.eve, "zzours"), (cast.charlie, "zztheirs")):
        state_by_hand(person, shared, section, article, "partial", why)
    fetch("17:506,507")
    address = reverse("suggestions") + "?source=us-code-17/rp117-80-en&target=draft/old"
    client.force_login(cast.charlie)
    page = client.get(address).content.decode()
    assert "zztheirs" in page and "So." in page and "zzprivate" not in page and "zzours" not in page
    client.force_login(cast.rita)
    page = client.get(address).content.decode()
    assert "zzprivate" in page and "zzours" in page and "zztheirs" not in page


def test_what_a_person_annotated_in_the_restatement_waits_in_the_queue_for_the_official_text(
    site, restated, cast, tmp_path, django_capture_on_commit_callbacks, rita
):
    publish_note(Citations(restated).find("506(a)"), cast.centre, "willfully infringes a copyright")
    Topic.objects.get().clauses.add(Citations(restated).find("506(a)"))
    (tmp_path / "usc17@113-31.xml").write_bytes(title_17("113-31"))
    with django_capture_on_commit_callbacks(execute=True):
        fetch("17:506,507", "--release-point", "113-31", "--from", str(tmp_path))
    official = Version.objects.get(slug="rp113-31-en")
    row = Carried.objects.select_related("carrying", "clause").get()
    assert (row.carrying.old, row.carrying.new) == (restated, official)
    assert row.clause.identifier.startswith("/us/usc/t17/s506/a") and row.verdict != "lost"
    assert f'id="c-{seal(row.pk, "carried")}"' in rita.get(reverse("carrying", args=[row.carrying_id])).content.decode()
    under = Topic.objects.get().clauses.filter(version=official)
    assert [clause.identifier for clause in under] == ["/us/usc/t17/s506/a"]


@pytest.mark.parametrize("restated", ["2010", "2022"], indirect=True)
def test_a_release_of_a_day_before_the_restatement_takes_over_from_it_too(
    site, restated, cast, django_capture_on_commit_callbacks
):
    publish_note(Citations(restated).find("506(a)"), cast.centre, "willfully infringes a copyright")
    with django_capture_on_commit_callbacks(execute=True):
        fetch("17:506,507")
    official = Version.objects.get(slug="rp117-80-en")
    assert official.follows == restated and Carried.objects.get().carrying.new == official
    assert find_comparison(restated, official).is_done
    assert Correspondence.objects.filter(carried_from__isnull=False).count() == 2


def test_what_an_organisation_calls_its_text_keeps_no_official_one_away(site, restated, cast):
    for slug in ("rp117-80-en", "rp999-1-en"):
        front = RESTATED.replace("version: 2010-en", f"version: {slug}").replace("date: 2010", "date: 2025")
        own = import_law(Import(front.encode(), "own.md")).version
        Origin.objects.create(version=own, organisation=cast.others)
        publish(own)
    fetch("17:506,507")
    official = Version.objects.get(origin=None, text_status="official")
    assert official.slug == "rp117-80-en-2" and official.follows == restated
    fetch("17:506,507")
    assert Version.objects.filter(origin=None).count() == 3, "the draft, the restatement and the official text"
    newer(site, b"knowingly")
    assert [notice.old for notice in check_laws(source_of())] == [official]


def test_what_staff_keep_to_themselves_shows_in_no_text_that_an_organisation_fetches(site, cast):
    """The text was called rp117-80-en-2, or was refused, or the law had the title that staff gave it."""
    for slug, title in (("rp117-80-en", "zzhidden"), ("rp117-80-en-2", "zzhidden")):
        front = RESTATED.replace("version: 2010-en", f"version: {slug}").replace("kind:", f"law_title: {title}\nkind:")
        import_law(Import(front.encode(), "own.md"))
    run_now(services.request_fetch(cast.eve, "17:506,507", "").job)
    official = Version.objects.get(published_at__isnull=False)
    assert official.address == "us-code-17/rp117-80-en" and official.law.title == "United States Code, Title 17"
    assert official.follows is None and official.law.versions.count() == 1
    assert Version.objects.filter(published_at=None, law__title="zzhidden").count() == 2

    names = {"law": "us-code-17", "version": "rp113-31-en", "sections": "501"}
    import_law(Import(title_17("113-31"), "usc17@113-31.xml", knows_unseen=False, **names))
    fetched = services.request_fetch(cast.eve, "17:501", "113-31")
    run_now(fetched.job)
    assert fetched.versions.get().address == "us-code-17/rp113-31-en" and fetched.versions.get().is_published


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_law_that_an_organisation_named_has_its_own_name_once_its_official_text_is_here(
    site, cast, client, is_withdrawn
):
    front = "law_title: Law of bandits\nlaw_title_km: ចោរ\nlaw_date: 1999\nkind: decree\njurisdiction: kh"
    front = RESTATED.replace("jurisdiction: us\nkind: statute", front)
    own = import_law(Import(front.encode(), "own.md")).version
    Law.objects.update(description="Bandits again.")
    Origin.objects.create(version=own, organisation=cast.others)
    publish(own)
    assert "Law of bandits" in client.get("/laws/us-code-17/").content.decode()
    if is_withdrawn:
        Withdrawal.objects.create(version=own, organisation=cast.others, reason="By mistake.")
    fetch("17:506,507")
    law = client.get("/api/v1/laws/us-code-17").json()
    assert [law[name] for name in ("title", "title_km", "description", "jurisdiction", "kind")] == [
        "United States Code, Title 17", "", "", "us", "statute"
    ]  # fmt: skip
    assert Law.objects.get().date == "1926" and Entry.objects.filter(subject="law/us-code-17").exists()


def newer(site, change: bytes = b"") -> None:
    xml = title_17("117-80", named="119-5")
    site.add("119-5", zipped(xml.replace(b"willfully", change) if change else xml))
    site.announce("119-5")


def test_a_newer_release_point_that_changes_what_is_relied_on_is_told_with_its_redline(site, restated, cast, eve):
    fetch("17:506,507")
    newer(site, b"knowingly")
    (notice,) = check_laws(source_of())
    assert [num.strip("§ .\u00a0\u202f") for num in notice.sections] == ["506"]
    assert notice.new.slug == "rp119-5-en" and find_comparison(notice.old, notice.new).is_done
    page = eve.get(reverse("workspace")).content.decode()
    assert "A newer release point of" in page
    assert reverse("comparison", args=["us-code-17", "rp117-80-en", "us-code-17", "rp119-5-en"]) in page
    eve.post(reverse("uscode_read", args=[notice.pk]))
    assert "A newer release point of" not in eve.get(reverse("workspace")).content.decode()
    assert check_laws(source_of()) == []
    add_member(cast.charlie.email, cast.others, "editor")
    assert [one.pk for one in unread_notices(cast.charlie)] == [notice.pk] and not unread_notices(cast.eve).exists()


def test_a_newer_release_point_that_changes_nothing_relied_on_brings_nothing_in(site, restated):
    fetch("17:506,507")
    newer(site)
    assert check_laws(source_of()) == [] and not ReleaseNotice.objects.exists()
    assert not Version.objects.filter(slug="rp119-5-en").exists()


def test_what_an_organisation_keeps_to_itself_brings_nothing_in(site, restated, cast):
    fetch("17:506,507")
    Correspondence.objects.all().delete()
    section, draft = Citations(Version.objects.get(slug="rp117-80-en")).find("506"), Version.objects.get(slug="old")
    hidden = add_topic(cast.eve, {"title": "Hidden"}, [])
    state_by_hand(cast.eve, hidden, section, draft.clauses.get(num="Article 1"), "broader", "Why.")
    newer(site, b"knowingly")
    assert check_laws(source_of()) == [] and not Version.objects.filter(slug="rp119-5-en").exists()


def test_a_law_on_which_nothing_rests_is_not_even_fetched(site):
    fetch("17:506")
    newer(site, b"knowingly")
    site.asked = []
    assert check_laws(source_of()) == [] and len(site.asked) == 1


def test_a_check_without_network_is_quiet(site, restated, settings):
    fetch("17:506,507")
    settings.USCODE_URL = "http://127.0.0.1:9/"
    check_current(None, None)
    assert not ReleaseNotice.objects.exists()


def test_nothing_is_fetched_by_the_clock_unless_it_is_turned_on():
    assert "release-check" not in kinds


def test_an_editor_asks_on_the_page_and_sees_what_came_of_it(
    site, restated, cast, django_capture_on_commit_callbacks, eve
):
    assert "17:506,507" in eve.get(reverse("uscode")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        asked = eve.post(reverse("uscode"), {"wanted": "17:506,507", "release_point": ""})
    assert asked.status_code == 302
    row = Fetch.objects.get()
    assert (row.job.state, row.job.reason, row.organisation) == ("done", "", cast.centre)
    page = eve.get(reverse("uscode")).content.decode()
    assert reverse("version", args=["us-code-17", "rp117-80-en"]) in page and "compared with the text before" in page


def test_a_fetch_that_failed_says_why_and_is_tried_again(site, django_capture_on_commit_callbacks, eve):
    site.breaks = 99
    with django_capture_on_commit_callbacks(execute=True):
        eve.post(reverse("uscode"), {"wanted": "17:506", "release_point": ""})
    row = Fetch.objects.get()
    assert row.job.state == "failed" and "goes on from there" in eve.get(reverse("uscode")).content.decode()
    site.breaks = 0
    with django_capture_on_commit_callbacks(execute=True):
        eve.post(reverse("uscode_again", args=[row.pk]))
    row.refresh_from_db()
    assert row.job.state == "done" and Version.objects.count() == 1


def test_what_one_organisation_asks_for_no_other_sees_or_tries_again(site, cast, client):
    otto, _is_new = add_member("otto@example.org", cast.others, "editor")
    second_factor.give(otto)
    row = services.request_fetch(cast.eve, "18:2511", "119-99")
    Job.objects.filter(pk=row.job_id).update(state="failed")
    client.force_login(otto)
    for page in ("uscode", "jobs"):
        assert "18:2511" not in client.get(reverse(page)).content.decode()
    assert client.post(reverse("uscode_again", args=[row.pk])).status_code == 404
    row.job.refresh_from_db()
    assert row.job.state == "failed"


def test_what_an_editor_asked_for_is_not_fetched_once_they_may_no_longer(site, cast):
    row = services.request_fetch(cast.eve, "18:2511", "119-99")
    cast.eve.memberships.update(role="reviewer")
    run_now(row.job)
    row.job.refresh_from_db()
    assert row.job.state == "failed" and "may do so no longer" in row.job.reason
    assert not row.versions.exists()
    ada = add_member("ada@example.org", cast.centre, "editor")[0]
    second_factor.give(ada)
    services.try_again(ada, row)
    row.job.refresh_from_db()
    run_now(row.job)
    row.job.refresh_from_db()
    assert "may do so no longer" not in row.job.reason, "it was a colleague's still"


def test_what_two_ask_for_is_fetched_once_and_needs_the_later_one_alone(site, cast):
    row = services.request_fetch(cast.eve, "18:2511", "119-99")
    ada = add_member("ada@example.org", cast.centre, "editor")[0]
    second_factor.give(ada)
    assert services.request_fetch(ada, "18:2511", "119-99") == row
    cast.eve.memberships.update(role="reviewer")
    run_now(row.job)
    row.job.refresh_from_db()
    assert "may do so no longer" not in row.job.reason


def test_progress_is_written_and_a_fetch_whose_worker_died_is_taken_up_again(site, cast):
    long_ago = timezone.now() - timedelta(hours=1)
    row = made(
        Fetch, wanted="17:506", organisation=cast.centre, by=cast.eve, state="running", attempts=1, heartbeat=long_ago
    )
    run_now(row.job)
    row.refresh_from_db()
    assert (row.job.state, row.job.attempts, row.job.step) == ("done", 2, "carrying")
    run_now(row.job)
    assert Version.objects.count() == 1


def test_a_form_that_is_sent_twice_fetches_once_and_again_when_that_is_done(eve):
    for _ in range(2):  # nothing runs in between: the message is sent when the transaction ends
        eve.post(reverse("uscode"), {"wanted": "17:506", "release_point": ""})
    assert Fetch.objects.count() == 1
    eve.post(reverse("uscode"), {"wanted": "17:507", "release_point": ""})
    Job.objects.filter(kind="fetch").update(state="done")
    eve.post(reverse("uscode"), {"wanted": "17:506", "release_point": ""})
    assert Fetch.objects.count() == 3


def test_an_organisation_brings_in_so_many_official_texts(site, cast, monkeypatch):
    """Each choice of sections is one that every reader's lists have: 3,000 of one title took 8 s of each."""
    monkeypatch.setattr(services, "TEXTS_MAX", 3, raising=False)
    first = services.request_fetch(cast.eve, "17:506", "")
    run_now(first.job)
    assert first.versions.count() == 1
    services.request_fetch(cast.eve, "17:507 18:2511", "")
    with pytest.raises(EngineError, match="has fetched 3 texts"):
        services.request_fetch(cast.eve, "18:2512", "")
    Job.objects.exclude(pk=first.job_id).update(state="failed")
    assert services.request_fetch(cast.eve, "17:507", "").pk
    with pytest.raises(EngineError):
        services.request_fetch(cast.eve, "17:508 18:2511", "")


@pytest.mark.parametrize("release", ["", "113-31"], ids=["the next release point", "the same"])
def test_what_an_organisation_leaves_out_does_not_look_removed(site, cast, release):
    fetch("17:501,506", "--release-point", "113-31")
    fewer = services.request_fetch(cast.eve, "17:506", release)
    run_now(fewer.job)
    assert not fewer.versions.exists() and Version.objects.count() == 1
    assert "sections 501 too" in Job.objects.get(pk=fewer.job_id).reason
    more = services.request_fetch(cast.eve, "17:501,506,507", release)
    run_now(more.job)
    assert more.versions.count() == 1


def test_what_cannot_be_asked_for_is_said_on_the_page_and_who_is_no_editor_asks_for_nothing(cast, eve):
    for form in ({"wanted": "seventeen"}, {"wanted": "17:506", "release_point": "now"}, {"wanted": ""}):
        assert eve.post(reverse("uscode"), form).status_code == 400
    with pytest.raises(PermissionDenied):
        services.request_fetch(cast.rita, "17:506", "")
    assert not Fetch.objects.exists()
