"""Every address with every role and every method: who gets in, who is refused, and that nothing leaks or is written.

**You added an address?** Say in ``TABLE`` who may use it and by which methods. If it takes an argument that is not in
``ARGUMENTS``, name an example there. That is all; the walk does the rest.

    "my_page": everybody("GET"),                 # a page for readers
    "my_settings": signed_in("GET", "POST"),     # whoever has an account
    "my_form": may("review", "GET", "POST"),     # who may do it (accounts/access.py) in their organisation
    "my_thing": of_the_centre("review", "POST"), # the same, and ARGUMENTS names a thing of the Centre: no others
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from lawcompare.accounts.access import MAY, NEEDS_SECOND_FACTOR
from lawcompare.accounts.models import Invitation, Membership, Role
from lawcompare.accounts.services import add_member
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.core.log.services import publish as publish_statement
from lawcompare.core.log.services import read_signing_key
from lawcompare.crosswalk.models import DraftComparison, DraftPair, Topic, Value
from lawcompare.imports.corrections import keep_reading
from lawcompare.imports.models import ImportBatch, ImportDraft
from lawcompare.laws.documents import load_document
from lawcompare.laws.models import Event, Origin
from lawcompare.memos.models import Memo, MemoItem
from lawcompare.publishing.models import Carried, Carrying
from tests import second_factor
from tests.conftest import OLD_DRAFT
from tests.core.making import made

pytestmark = pytest.mark.django_db

# --- who may use what ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """Who may use an address: whoever has ``right``. ``centre``: the example belongs to the Centre."""

    right: str
    methods: frozenset[str]
    centre: bool = False
    # Staff may too, who belong to no organisation.
    staff: bool = False
    # What belongs to the Centre is also for those of other organisations who have this right.
    everywhere: str = ""


def everybody(*methods: str) -> Use:
    return Use("", frozenset(methods))


def signed_in(*methods: str) -> Use:
    return Use("sign in", frozenset(methods))


def may(action: str, *methods: str) -> Use:
    return Use(action, frozenset(methods))


def of_the_centre(action: str, *methods: str) -> Use:
    return Use(action, frozenset(methods), centre=True)


def all_of(use: Use, names: str) -> dict[str, Use]:
    """One use of several addresses, whose names are parted by spaces."""
    return dict.fromkeys(names.split(), use)


# Each has a page, a card and an embed.
SHARED = ("clause", "row", "subject", "note", "concerns")

# fmt: off
TABLE: dict[str, Use] = {
    **{f"{form}_{kind}": everybody("GET") for form in ("share", "card", "embed") for kind in SHARED},
    "metrics": everybody("GET"),  # 403 or 404 to whoever does not come from this machine
    "annotation_jsonld": everybody("GET"),  # published ones alone: nobody gets the example
    "comparison": everybody("GET", "POST"),  # POST asks for the comparison to be computed
    "versions_table": everybody("GET", "POST"),  # POST asks for the comparisons that are missing
    "comparison_docx": everybody("GET", "POST"),  # POST has a long one written
    "account_signup": everybody("GET", "POST"),  # says that it is by invitation
    **all_of(everybody("GET"), """
        home about glossary styleguide healthz readyz security_txt library law version version_json clause clause_json
        findings card_site offline offline_worker compare versions_table_xlsx comparison_json two_laws_docx
        two_laws_xlsx topics topic matrix_csv values_csv matrix_xlsx matrix_docx topic_docx topic_xlsx search
        annotations annotations_jsonld annotations_csv annotations_xlsx robots sitemap_index sitemap manifest opensearch
        annotations_feed law_feed topic_feed organisation_feed statements statement statements_feed version_akn
        version_markdown version_text api api_root api:api-root openapi api_nothing api:published api:annotation
        api:comparisons api:comparison api:pairs api:laws api:law api:version api:clauses api:clause api:topics
        api:topic api:correspondences api:concerns api:findings api:values api:matrix api:search clause_names kinds
        concerns concerns_svg concerns_dark_svg concerns_page_svg concerns_csv concerns_docx concerns_xlsx
        api:events text_corrections guide wanted in_language comparison_beside
        account_inactive account_reset_password_done account_reset_password_from_key_done
    """),
    **all_of(everybody("GET", "POST"), """
        comparison_pdf comparison_xlsx annotation_flag guest account_login account_logout account_reset_password
        account_reset_password_from_key account_confirm_email follow_law follow_topic follow_confirm follow_end
        mfa_authenticate mfa_login_webauthn invitation
    """),
    **all_of(signed_in("GET"), """
        workspace own_notes matrix_columns sessions mfa_index mfa_view_recovery_codes mfa_download_recovery_codes
        mfa_list_webauthn
    """),
    **all_of(signed_in("GET", "POST"), """
        own_note account_reauthenticate account_change_password account_set_password account_email profile letters
        proposals
        mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp mfa_generate_recovery_codes mfa_add_webauthn
        mfa_reauthenticate_webauthn mfa_edit_webauthn mfa_remove_webauthn
    """),
    **all_of(signed_in("POST"), "own_note_delete act_for unfollow session_end sessions_end_others"),
    **all_of(may("review", "POST"), """
        annotations_decide job_retry look_again draft_comparison_begin suggestions_ask suggestion_confirm
        suggestion_second suggestion_refuse suggestions_refuse suggestion_reopen values_import value_take_over
        value_confirm finding_decide propose_lead
    """),
    **all_of(may("annotate", "POST"), "annotation_reply memo_add"),
    **all_of(may("categorise", "GET", "POST"), "kind_edit kind_add"),
    **all_of(may("annotate", "GET", "POST"), "annotate memos memo_collect"),
    **all_of(may("annotate", "GET"), "jobs log carryings organisation"),
    **all_of(may("import", "GET", "POST"), """
        event_add review_translation rendered_words guest_link_text guest_link_pair guest_link_subjects imports uscode
        amending_start plain_words
    """),
    "translations": may("map", "GET"),
    **all_of(may("review", "GET"), "topic_list suggestions values_waiting"),
    **all_of(may("review", "GET", "POST"), """
        topic_add state_correspondence values_of_clause value_correct value_strike
    """),
    "guest_links": may("import", "GET"),
    **all_of(may("import", "POST"), "guest_link_end correct_text correct_slips uscode_again uscode_read"),
    **all_of(may("map", "GET", "POST"), "correct corrections languages"),
    "correction_undo": may("map", "POST"),
    "organisation_edit": may("invite", "GET", "POST"),
    "organisation_invite": may("invite", "POST"),
    # The examples are of the Centre: a submitted note, a published one carried to the second draft, an import. Guest
    # links lead to public texts, for which there are none: nobody is let in.
    **all_of(of_the_centre("annotate", "GET"), """
        annotation carrying memo_file draft_comparison draft_comparison_docx draft_comparison_preview
    """),
    **all_of(of_the_centre("annotate", "GET", "POST"), """
        annotation_edit annotation_withdraw carried_edit carried_look memo
    """),
    **all_of(of_the_centre("annotate", "POST"), """
        annotation_submit annotation_remark annotation_take_back carrying_undo carrying_confirm_kept carrying_again
        carried_decide carrying_close_lost memo_take_note memo_delete memo_write
    """),
    **all_of(of_the_centre("review", "POST"), """
        annotation_decide reply_decide flag_close topic_merge topic_retire draft_comparison_publish
        draft_comparison_discard draft_pair_state draft_pair_confirm draft_pair_refuse draft_pair_undo
        draft_refuse_group
    """),
    **all_of(of_the_centre("import", "GET", "POST"), """
        restore guest_link_draft guest_link_memo import_discard import_about amending
    """),
    **all_of(of_the_centre("import", "GET"), "import_batch import import_page import_clause import_preview"),
    **all_of(of_the_centre("import", "POST"), """
        import_again import_pages import_page_read import_here import_correct import_undo import_redo import_warnings
        import_publish
    """),
    "import_original": of_the_centre("open-original", "POST"),
    **all_of(of_the_centre("invite", "POST"), "invitation_withdraw member_role"),
    **all_of(of_the_centre("invite", "GET", "POST"), "member_remove member_second_factor"),
    **all_of(replace(of_the_centre("import", "GET", "POST"), staff=True),
           "text_rename law_edit withdraw_law withdraw event_edit"),
    # The example is the Centre's own: another organisation's reviewer changes it no more than a member does.
    "topic_edit": replace(of_the_centre("review", "GET", "POST"), everywhere="categorise"),
    "topic_move": may("edit the site", "POST"),  # which no role of an organisation allows
}
# fmt: on

# Examples of arguments by name; where one address needs another example, under the address's own name.
ARGUMENTS: dict[str, Any] = {
    "law": "draft",
    "version": "old",
    "eid": "chp_1__art_1",
    "old_law": "draft",
    "old_version": "old",
    "new_law": "draft",
    "new_version": "new",
    "row": "chp_1__art_1",
    "topic": "illegal-access",
    "organisation": "centre",
    "slug": "submitted-note",
    "section": "laws",
    "page": 1,
    "day": "2026-01-01",
    "number": 1,
    "pk": 1,
    "uidb36": "A" * 32,
    "key": "no-such-key",
    "token": "no-such-token",
    "event": "meeting",
    "code": "vague",
    "kind": "comparison",
    "id": "submitted-note",
    "rest": "no-such-thing",
    "form": "docx",
    "name": "readers",
    "place": "mine",
}
# Words that only some may read; see ``planted``.
DRAFT_WORDS, WAITING_WORDS, HIDDEN_WORDS = "planted-draft-words", "planted-waiting-words", "planted-hidden-law"
DRAFT_PAIR_WORDS = "planted-words-of-a-draft-comparison"

ROLES = ["visitor", "bob", "alice", "nora", "rita", "eve", "adam", "charlie", "sara"]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]
REFUSED = {302, 403, 404, 405}
# What is written for signing in and counting, and is nobody's data.
HOUSEKEEPING = {"django_session", "usersessions_usersession", "accounts_user"}


def rights_of(role: str) -> set[str]:
    """What somebody of the cast may do, from the one table in ``accounts/access.py``."""
    if role == "visitor":
        return {""}
    own = {"alice": Role.MEMBER, "nora": Role.REVIEWER, "rita": Role.REVIEWER, "eve": Role.EDITOR}
    own |= {"adam": Role.ADMINISTRATOR, "charlie": Role.ADMINISTRATOR}
    rights = set(MAY[own[role]]) if role in own else set()
    if role == "nora":  # a reviewer who has set up no second factor
        rights -= NEEDS_SECOND_FACTOR
    return rights | {"", "sign in"}


def is_let_in(role: str, use: Use) -> bool:
    if role == "charlie" and use.centre:
        return bool(use.everywhere) and use.everywhere in rights_of(role)
    return (use.staff and role == "sara") or use.right in rights_of(role)


# --- the walk -----------------------------------------------------------------------------------------------------


def patterns(entries: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """(name, names of its arguments) of every address but those of the admin pages."""
    for entry in get_resolver().url_patterns if entries is None else entries:
        if isinstance(entry, URLPattern):
            yield prefix + (entry.name or str(entry.pattern)), list(entry.pattern.regex.groupindex)
        elif isinstance(entry, URLResolver) and entry.app_name != "admin":
            yield from patterns(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else prefix)


def test_every_address_is_in_the_table():
    names = {name for name, _arguments in patterns()}
    missing, stale = sorted(names - TABLE.keys()), sorted(TABLE.keys() - names)
    assert not missing, f"say in TABLE of {__file__} who may use {', '.join(missing)}: see its first lines"
    assert not stale, f"no such address any more, take it out of TABLE: {', '.join(stale)}"


def test_every_argument_has_an_example():
    wanted = {(name, argument) for name, arguments in patterns() for argument in arguments}
    missing = sorted(f"{argument} (of {name})" for name, argument in wanted if argument not in ARGUMENTS)
    assert not missing, f"name an example in ARGUMENTS of {__file__} for {', '.join(missing)}"


def addresses() -> Iterator[tuple[str, str]]:
    for name, arguments in patterns():
        if name in TABLE:
            yield name, reverse(name, kwargs={argument: ARGUMENTS[argument] for argument in arguments})


@pytest.fixture
def planted(world, cast, store, drafts):
    """A world with things to find out: a draft, a note that waits, a law that is not public, an invitation."""
    return world.has("planted", lambda: plant(cast, store, drafts))


def plant(cast, store, drafts):
    old, _new = drafts
    Origin.objects.bulk_create(Origin(version=version, organisation=cast.centre) for version in drafts)
    store(OLD_DRAFT.replace("without right", f"{HIDDEN_WORDS} without right"), "hidden", published=False)
    clause = old.clauses.get(eid=ARGUMENTS["eid"])
    key = read_signing_key(b64encode(b"k" * 32).decode())
    publish_statement("example.org", date.fromisoformat(ARGUMENTS["day"]), list, key)
    for slug, words, status in (
        ("draft-note", DRAFT_WORDS, NoteStatus.DRAFT),
        ("submitted-note", WAITING_WORDS, NoteStatus.SUBMITTED),
    ):
        Annotation.objects.create(
            slug=slug, body=words, body_html=f"<p>{words}</p>", clause=clause, version=old, creator=cast.alice,
            organisation=cast.centre, status=status, risk=3,
        )  # fmt: skip
    public = Annotation.objects.create(
        slug="public-note", body="Why.", clause=clause, version=old, organisation=cast.centre,
        status=NoteStatus.PUBLISHED, published_at=timezone.now(),
    )  # fmt: skip
    carrying = made(Carrying, pk=ARGUMENTS["number"], old=old, new=_new, state="done")
    Carried.objects.create(
        pk=ARGUMENTS["number"], carrying=carrying, annotation=public, verdict="kept", clause=_new.clauses.first()
    )
    Event.objects.create(
        law=old.law, slug=ARGUMENTS["event"], date="2015", kind="drafting", title="A meeting", organisation=cast.centre,
        sources=[{"url": "https://example.org/", "name": "A page"}],
    )  # fmt: skip
    topic = Topic.objects.create(
        slug=ARGUMENTS["topic"], title="Illegal access", organisation=cast.centre, confirmation="confirmed"
    )
    between = DraftComparison.objects.create(
        key=ARGUMENTS["key"], source=old, target=_new, organisation=cast.centre, made_by=cast.rita
    )
    DraftPair.objects.create(
        draft=between, subject=clause, object=_new.clauses.get(eid=ARGUMENTS["eid"]), status="confirmed", topic=topic,
        relation="partial", reasoning=DRAFT_PAIR_WORDS, by=cast.rita,
    )  # fmt: skip
    memo = Memo.objects.create(key=ARGUMENTS["key"], title="Ours", organisation=cast.centre)
    MemoItem.objects.create(memo=memo, position=0, kind="words", text="What we think.")
    topic.clauses.add(clause)
    Value.objects.create(
        pk=ARGUMENTS["number"], clause=clause, version=old, element="conduct", words_clause=clause, start=0, end=7,
        quote=clause.text[:7],
    )  # fmt: skip
    reading = keep_reading(load_document(old), cast.centre.pk)
    ImportDraft.objects.create(
        pk=ARGUMENTS["number"], organisation=cast.centre, name="leak.txt", original="x", reading=reading
    )
    ImportBatch.objects.create(pk=ARGUMENTS["number"], organisation=cast.centre)
    # PostgreSQL does not count what was given a number by hand.
    for statement in connection.ops.sequence_reset_sql(
        no_style(), [Carrying, Carried, ImportDraft, ImportBatch, Value]
    ):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    Invitation.objects.create(
        organisation=cast.centre, email="asked@partner.example", token_digest="x", invited_by=cast.adam
    )
    # Who may do everything in another organisation may do nothing in the Centre.
    Membership.objects.filter(user=cast.charlie).update(role=Role.ADMINISTRATOR)
    cast.nora, _is_new = add_member("nora@example.org", cast.centre, Role.REVIEWER)
    for role in ROLES[1:]:
        person = getattr(cast, role)
        person.set_password("a long enough pass phrase")
        person.save()
    return cast


def secrets_from(role: str, cast: Any) -> list[str]:
    """What must stand on no page that this person gets."""
    people = [getattr(cast, name) for name in ROLES if name not in {"visitor", role}]
    words = []
    if role != "alice":
        words.append(DRAFT_WORDS)
    if role not in {"alice", "rita", "eve", "adam"}:
        words.append(WAITING_WORDS)
    if role not in {"alice", "nora", "rita", "eve", "adam"}:
        words.append(DRAFT_PAIR_WORDS)
    if role not in {"eve", "adam", "sara"}:
        words.append(HIDDEN_WORDS)
    if role != "adam":
        words += [person.email for person in people] + ["asked@partner.example"]
    else:
        words += [cast.charlie.email, cast.bob.email, cast.sara.email]
    return words


class Writes:
    """Notes which tables are written to while it watches."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        match = re.match(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', sql)
        if match and context["cursor"].rowcount:
            self.tables.add(match.group(1))
        return answer


def tried(client: Client, method: str, path: str) -> tuple[Any, set[str]]:
    """The answer, and which tables were written to. Everything is undone again."""
    # The cookies too: signing out is one of the addresses.
    writes, before = Writes(), transaction.savepoint_create()
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    cache.clear()
    with connection.execute_wrapper(writes):
        answer = client.generic(method, path, headers={"sec-fetch-site": "same-origin"})
        if hasattr(answer, "streaming_content"):
            answer.content = b"".join(answer.streaming_content)
    transaction.savepoint_rollback(before)
    client.cookies = cookies
    return answer, writes.tables - HOUSEKEEPING


def faults_of(role: str, use: Use, method: str, answer: Any, written: set[str]) -> Iterator[str]:
    """What is wrong about an answer."""
    status = answer.status_code
    reading = method in {"GET", "HEAD"}
    method_is_right = ("GET" if reading else method) in use.methods
    if status >= 500 and status != 503:
        yield "broke"
    if not is_let_in(role, use):
        if status not in REFUSED | {400}:
            yield "let in"
        if role == "visitor" and status == 302 and "/accounts/login/" not in answer["Location"]:
            yield f"sent elsewhere: {answer['Location']}"
        if written:
            yield f"refused, and wrote to {sorted(written)}"
    elif method_is_right and status == 405:
        yield "the right method was refused"
    elif method_is_right and status == 403 and use.right and not use.centre:
        yield "shut out"
    # What takes forms alone may send a reader on to the page the form stands on: after signing in, or by a reload.
    if not method_is_right and status not in (REFUSED if reading or not is_let_in(role, use) else {403, 404, 405}):
        yield "a wrong method was answered"
    if reading and written:
        yield f"reading wrote to {sorted(written)}"


# An editor sees most: enough to ask every address of PostgreSQL too.
ASKS_ALL = "eve"
ROLES_MARKED = [pytest.param(role, marks=pytest.mark.both_databases) if role == ASKS_ALL else role for role in ROLES]
# Files in which no words would be found, packed or drawn as they are: a visitor and an editor get each.
# test_private_names.py unpacks them.
PACKED = re.compile(r"^card_|_(?:docx|xlsx|pdf)$")


def signed_in_as(role: str, planted: Any) -> Client:
    client = Client(raise_request_exception=False)
    if role != "visitor":
        client.force_login(getattr(planted, role))
        assert client.get(reverse("profile")).status_code == 200
    return client


def faults_in(client: Client, role: str, secret: list[str], name: str, path: str, method: str) -> list[str]:
    answer, written = tried(client, method, path)
    problems = list(faults_of(role, TABLE[name], method, answer, written))
    body = answer.content.decode("utf-8", "replace")
    problems += [f"shows {word}" for word in secret if word in body]
    return [f"{role} {method} {path} ({name}): {answer.status_code}, {fault}" for fault in problems]


# A visitor, a member, and an administrator of another organisation.
@pytest.mark.parametrize("role", ["visitor", "alice", "charlie"])
def test_every_address_by_its_first_method(role, planted):
    client, secret, faults = signed_in_as(role, planted), secrets_from(role, planted), []
    for name, path in addresses():
        if not PACKED.search(name):
            faults += faults_in(client, role, secret, name, path, min(TABLE[name].methods))
    assert not faults, f"{len(faults)} answers as {role}:\n" + "\n".join(faults)


@pytest.mark.verify
@pytest.mark.parametrize("role", ROLES_MARKED)
def test_every_address_with_every_method(role, planted, record_testsuite_property):
    client, secret, faults, count = signed_in_as(role, planted), secrets_from(role, planted), [], 0
    for name, path in addresses():
        for method in METHODS:
            is_packed = method == "GET" and PACKED.search(name) and not TABLE[name].right
            # HEAD is answered by what answers GET.
            if role in {"visitor", ASKS_ALL} or not (is_packed or method == "HEAD"):
                faults += faults_in(client, role, secret, name, path, method)
                count += 1
    if role != "visitor":
        assert client.get(reverse("profile")).status_code == 200, "still signed in: the walk was not a visitor's"
    record_testsuite_property(f"requests tried as {role}", count)
    assert not faults, f"{len(faults)} of {count} answers as {role}:\n" + "\n".join(faults)
    assert count > len(TABLE) * 3


# What never asks who a reader is.
FOR_NOBODY = {"api:annotation", "api_nothing", "guest"}


@pytest.mark.verify
@pytest.mark.parametrize("role", ["alice", "nora", "rita"])
def test_without_a_second_factor_nothing_private_is_shown_where_the_site_asks_for_one(role, planted, settings):
    """Rita has one, and her session did not pass it."""
    settings.PRIVATE_NEEDS_SECOND_FACTOR = True
    client, visitor, faults = Client(), signed_in_as("visitor", planted), []
    second_factor.sign_in_by_password_alone(client, getattr(planted, role))
    words = [*secrets_from("visitor", planted), planted.centre.name]
    for name, path in addresses():
        is_of_signing_in = path.startswith(("/accounts/", "/invitation/")) and name not in {"letters", "unfollow"}
        if PACKED.search(name) or is_of_signing_in:
            continue
        for method in sorted(TABLE[name].methods):
            plain, written = tried(visitor, method, path)
            answer, written_too = tried(client, method, path)
            body = answer.content.decode("utf-8", "replace")
            refused = plain.status_code in {403, 404} or "/accounts/login/" in plain.headers.get("Location", "")
            led = answer.headers.get("Location") == reverse("mfa_index")
            if (name not in FOR_NOBODY and refused != led) or (not led and answer.status_code != plain.status_code):
                faults.append(f"{method} {path} ({name}): {plain.status_code} to a visitor, {answer.status_code}")
            shown = [word for word in words if word in body and word not in plain.content.decode("utf-8", "replace")]
            faults += [f"{method} {path} ({name}): shows {word}" for word in shown]
            faults += [f"{method} {path} ({name}): writes {written_too}"] if written_too != written else []
    assert not faults, "\n".join(faults)
    page = client.get(reverse("workspace"), follow=True).content.decode()
    assert "opens with a second factor" in page and ("Confirm your identity" in page) == (role == "rita")
    assert "បើកបាន" in client.get("/km/accounts/second-factor/").content.decode()


def test_with_the_second_factor_all_is_as_before(planted, settings):
    settings.PRIVATE_NEEDS_SECOND_FACTOR = True
    client = Client()
    second_factor.sign_in_by_password_alone(client, planted.rita)
    assert client.get(reverse("workspace")).status_code == 302
    client.post(reverse("mfa_reauthenticate"), {"code": second_factor.code()})
    assert WAITING_WORDS in client.get(reverse("annotation", args=["submitted-note"])).content.decode()
    assert client.get(reverse("workspace")).status_code == 200
    second_factor.forget()


def test_a_fault_would_be_found(planted):
    """The judge itself: what it must not let pass."""
    use = may("review", "POST")
    answer = type("Answer", (dict,), {"status_code": 200})()
    assert "let in" in list(faults_of("alice", use, "POST", answer, set()))
    assert "let in" in list(faults_of("nora", use, "POST", answer, set()))
    assert "let in" in list(faults_of("charlie", replace(use, centre=True), "POST", answer, set()))
    assert list(faults_of("rita", use, "POST", answer, {"annotations_annotation"})) == []
    assert "a wrong method was answered" in list(faults_of("rita", use, "DELETE", answer, set()))
    assert any("reading wrote" in one for one in faults_of("rita", everybody("GET"), "GET", answer, {"laws_law"}))


# Nora is as Rita without a second factor: test_second_factor.py
def test_the_admin_pages_are_for_staff_alone(cast, client, subtests):
    for role in [role for role in ROLES if role != "nora"]:
        with subtests.test(role=role):
            from django.contrib import admin

            if role != "visitor":
                client.force_login(getattr(cast, role))
            for model in admin.site._registry:
                path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
                assert client.get(path).status_code == (200 if role == "sara" else 302), path
