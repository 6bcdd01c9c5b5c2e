"""Nothing that a reader may not see is named to them: every relation, every output, every role, both languages."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pypdfium2
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from lawcompare.core.page_cache.content_token import set_triggers
from lawcompare.mirror.checking import check_mirror
from tests.accounts.test_permissions import ARGUMENTS, TABLE, patterns
from tests.conftest import PROFILE
from tests.naming import planted as planting
from tests.naming.planted import CENTRE, Planted
from tests.naming.relations import NOT_PLANTED, RULES, relations

pytestmark = pytest.mark.django_db

ROLES = ["visitor", "charlie", "eve", "sara"]
LANGUAGES = ["en", "km"]


@pytest.fixture
def site(world, cast, store, drafts) -> Planted:
    return world.has("every relation", lambda: planting.plant(cast, store, drafts))


def test_every_relation_has_a_rule():
    names = {name for name, _field in relations()}
    missing, stale = sorted(names - RULES.keys()), sorted(RULES.keys() - names)
    assert not missing, f"say in tests/naming/relations.py who may learn what stands at {', '.join(missing)}"
    assert not stale, f"no such relation any more: {', '.join(stale)}"


@pytest.mark.verify
def test_something_secret_is_planted_in_every_relation(site):
    ends = planting.ends(site)
    empty = [
        name
        for name, relation in relations()
        if RULES[name] not in NOT_PLANTED
        and not relation.model._base_manager.filter(
            **{f"{relation.name}__in": ends[relation.related_model._meta.label]}
        ).exists()
    ]
    assert not empty, f"plant something secret in tests/naming/planted.py at {', '.join(empty)}"


def words_hidden_from(role: str, site: Planted, path: str, status: int) -> list[str]:
    """The words that would show this reader something that is not theirs to know."""
    words = [secret.token for secret in site.secrets if role not in secret.readers]
    slugs = [secret.slug for secret in site.secrets if role not in secret.readers]
    if status == 410:  # the notice of what was public says what it was called
        words = [word for word in words if word not in {"zqgone", "zqlawgone"}]
    words += [planting.REPLY_WORDS, planting.FLAG_WORDS, planting.NOTE_WORDS] if role not in CENTRE else []
    words += [planting.FILE_WORDS, "zqasked", planting.OWN_WORDS]
    # Who may restore a text is sent to its address.
    slugs = [slug for slug in slugs if role not in CENTRE | {"sara"} or "/restore/" not in path]
    # Who reviews for the Centre is shown whose reply to its note waits.
    if (role not in CENTRE or not path.endswith("/workspace/")) and role != "sara":  # staff read who proposes what
        words.append(planting.NOTHING_PUBLISHED)
    words += [planting.NAME_OF_PERSON.lower()] if role not in CENTRE else ["zqpersona@"]
    # What an address asks for may be repeated in the answer.
    return words + [slug for slug in [*slugs, "hush-house", "hush-note"] if slug not in path]


def addresses(site: Planted, turn: int) -> Iterator[str]:
    """Every address for what is public, and every one that takes a text or an organisation for something secret.

    The secrets take turns, so that each is asked for at every address by some reader; the soak asks for all of them.
    """
    for number, (name, arguments) in enumerate(patterns()):
        if name not in TABLE or "logout" in name or "GET" not in TABLE[name].methods:
            continue
        examples = [ARGUMENTS | {"slug": "public-note", "id": "public-note"}]
        if "version" in arguments:
            examples += [ARGUMENTS | {"version": one.slug} for one in in_turn(site.public, number + turn)]
        if {"law", "version", "old_law"} & set(arguments):
            for secret in in_turn(site.secrets, number + turn):
                law, slug = secret.version.law.slug, secret.slug
                examples.append(ARGUMENTS | {"law": law, "version": slug, "old_law": law, "old_version": slug})
                examples.append(ARGUMENTS | {"law": f"was-{slug}", "version": f"was-{slug}"})
        if "organisation" in arguments:
            examples.append(ARGUMENTS | {"organisation": "hush-house"})
        if {"slug", "id"} & set(arguments):
            examples += [ARGUMENTS | {"slug": slug, "id": slug} for slug in ("hush-note", "note-on-hush-a")]
        for example in examples:
            yield reverse(name, kwargs={argument: example[argument] for argument in arguments})
    yield from asked_for(site, turn)


def in_turn(things: list[Any], turn: int) -> list[Any]:
    """Two of the things, so that all readers together have each of up to eight; in the soak all of them."""
    numbers = dict.fromkeys(place % len(things) for place in (turn, turn + len(ROLES)))
    return things if PROFILE == "soak" else [things[number] for number in numbers]


def paths_for(role: str, site: Planted) -> list[str]:
    """The addresses that this role asks for: in the two languages by turns, each in the other one than the role before.

    In the soak every role asks for them in both.
    """
    turn, in_languages = ROLES.index(role), []
    for language in LANGUAGES:
        with translation.override(language):
            in_languages.append(list(addresses(site, turn)))
    paths = []
    for number, (english, khmer) in enumerate(zip(*in_languages, strict=True)):
        # Data for programs have one language, and pages of one's own account know no text.
        has_both = khmer.startswith("/km/") and not khmer.startswith("/km/accounts/")
        if PROFILE == "soak" and has_both:
            paths += [english, khmer]
        else:
            paths.append(khmer if has_both and (number + turn) % 2 else english)
    return list(dict.fromkeys(paths))


def asked_for(site: Planted, turn: int) -> Iterator[str]:
    """What stands in the query of an address."""
    files = ["annotations", "annotations_feed", "annotations_jsonld", "annotations_csv", "concerns_csv"]
    for number, name in enumerate(files):
        path = reverse(name, kwargs={"law": "draft"} if name == "concerns_csv" else {})
        yield f"{path}?organisation=hush-house"
        for secret in in_turn(site.secrets, number + turn):
            yield f"{path}?law={secret.version.law.slug}&version={secret.slug}"
    for path in (reverse("search"), reverse("api:search"), reverse("clause_names")):
        yield f"{path}?q={planting.COMMON}"
        yield f"{path}?q={planting.COMMON}&organisation=hush-house"
    for secret in in_turn(site.secrets, turn):
        address = secret.version.address
        yield f"{reverse('search')}?q={planting.COMMON}&law={secret.version.law.slug}"
        yield f"{reverse('search')}?q={address}"
        yield f"{reverse('compare')}?old={address}&new=draft/old"
        yield f"{reverse('clause_names')}?q={address}/{secret.clause.eid}"
        yield f"{reverse('suggestions')}?source=draft/old&target={address}"
        yield f"/laws/draft/old/?beside={address}&texts={secret.version.text_hash[:12]}"
        yield f"{reverse('versions_table', args=['draft'])}?versions=old,{secret.slug}"


def unpacked(body: bytes) -> str:
    """What stands in an answer as words, in whatever it is packed."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if body.startswith(b"%PDF"):
        pages = pypdfium2.PdfDocument(body)
        return " ".join(page.get_textpage().get_text_range() for page in pages)
    return body.decode("utf-8", "replace")


def read(client: Client, path: str) -> tuple[int, str]:
    answer = client.get(path, headers={"sec-fetch-site": "same-origin"})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, unpacked(body) + str(dict(answer.headers))


@pytest.mark.verify
@pytest.mark.parametrize("role", ROLES)
def test_no_output_names_what_the_reader_may_not_see(role, site):
    client, leaks, counts = Client(raise_request_exception=False), [], {200: 0}
    if role != "visitor":
        client.force_login(getattr(site.cast, role))
    for path in paths_for(role, site):
        cache.clear()
        status, body = read(client, path)
        counts[status] = counts.get(status, 0) + 1
        text = html.unescape(unquote(body)).lower()
        hidden = words_hidden_from(role, site, path, status)
        leaks += [f"{path} ({status}): {word}" for word in hidden if word.lower() in text]
        if status >= 500 and status != 503:
            leaks.append(f"{path} broke")
    assert not leaks, f"{len(leaks)} leaks to {role}:\n" + "\n".join(leaks)
    assert counts[200] > 100, counts


@pytest.mark.soak
def test_a_mirror_holds_nothing_of_it_and_its_checker_would_notice(site, settings, tmp_path):
    settings.ALLOWED_HOSTS = ["testserver"]
    for name in ("source-serif-4", "source-serif-4-italic", "noto-sans-khmer", "moul"):
        (settings.FONT_DIR / f"{name}.woff2").write_bytes(b"a face")
    set_triggers()
    folder = tmp_path / "mirror"
    options = {"processes": 1, "site": "http://testserver", "stdout": io.StringIO()}
    call_command("export_site", folder, **options)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    hidden = words_hidden_from("visitor", site, "", 200)
    text = {name: html.unescape(unpacked(path.read_bytes())).lower() for name, path in files.items()}
    leaks = [f"{name}: {word}" for name in text for word in hidden if word.lower() in text[name] + name]
    assert not leaks and len(files) > 40
    assert check_mirror(folder, None).problems == []
    clause = site.secrets[0].clause
    (folder / "README.txt").write_text(clause.text)
    assert any("holds words of hush-a/hush-a" in problem for problem in check_mirror(folder, None).problems)
