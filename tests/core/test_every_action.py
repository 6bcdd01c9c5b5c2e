"""Whatever a person does is in the log, or stands here with the reason why not; and the log names nobody."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.urls import reverse

from lawcompare.accounts import services as accounts
from lawcompare.accounts.models import Organisation
from lawcompare.accounts.sign_in import RecordedAdmin
from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation, Reply
from lawcompare.annotations.targets import set_target
from lawcompare.core.log.services import check_log
from lawcompare.core.models import Entry
from lawcompare.crosswalk.models import ValueAction
from lawcompare.site.views.activity_log import ACTIONS
from tests.conftest import ROOT
from tests.imports.conftest import hand_in as hand_in
from tests.world import made_once

pytestmark = pytest.mark.django_db

# Files in which people's actions stand: one function for each thing a person does.
FILES = {"services", "requests"}
PERSON = {"user", "by", "author"}
# What is done by a person and is not in the log. Each with its reason.
NOT_LOGGED = {
    "crosswalk.services.state_correspondence": "for files of the demonstration; people state by state_by_hand",
    "imports.storing.services.save_details": "what is typed before it is stored; storing it is in the log",
    "core.jobs.services.get_job": "asks which there are; changes nothing",
    "core.jobs.services.jobs_of": "asks which there are; changes nothing",
    "memos.services.candidates": "asks which there are; changes nothing",
    "memos.services.part_named": "asks which one it is; changes nothing",
    "core.log.services.record_each": "is what writes into the log",
    "imports.review_page.services.name_of": "says how colleagues know a person; changes nothing",
    "imports.review_page.services.note_presence": "who is at a text is known for half a minute, in the cache alone",
    "imports.review_page.services.others_present": "asks which there are; changes nothing",
    "imports.uscode.services.check_editor": "asks whether; changes nothing",
    "laws.withdrawal.services.may_withdraw": "asks whether; changes nothing",
    "laws.withdrawal.services.may_restore": "asks whether; changes nothing",
    "crosswalk.topics.services.may_order": "asks whether; changes nothing",
    "site.proposals.services.count_waiting": "asks which there are; changes nothing",
    "site.proposals.services.list_in_turns": "asks which there are; changes nothing",
    "laws.translations.services.visible_translations": "asks which there are; changes nothing",
    "laws.plain_words.services.plain_words_of": "asks which there are; changes nothing",
    "laws.editing.services.names_now": "asks how something is called now; changes nothing",
    "laws.editing.services.may_edit": "asks whether; changes nothing",
    "laws.editing.services.may_rename": "asks whether; changes nothing",
    "imports.amending.services.carried_out_before": "asks which there are; changes nothing",
    "laws.timeline.services.visible_events": "asks which there are; changes nothing",
    "laws.timeline.services.changeable_events": "asks which there are; changes nothing",
    "accounts.services.ask_for_address": "sends an e-mail; the address changes, and is logged, once it is answered",
}


def actions() -> Iterator[tuple[str, set[str]]]:
    """(name, names of all functions it reaches in its own file) of every public function with an acting person."""
    for path in sorted((ROOT / "lawcompare").rglob("*.py")):
        app = path.relative_to(ROOT / "lawcompare").parts[0]
        if path.stem in FILES and app != "engine":
            yield from _actions_of(path)


def _actions_of(path: Path) -> Iterator[tuple[str, set[str]]]:
    tree = ast.parse(path.read_text("utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name, node in functions.items():
        parameters = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
        if not name.startswith("_") and parameters & PERSON:
            module = ".".join(path.relative_to(ROOT / "lawcompare").with_suffix("").parts)
            yield f"{module}.{name}", _reached(name, functions)


def _reached(name: str, functions: dict[str, ast.FunctionDef]) -> set[str]:
    seen, waiting = set(), [name]
    while waiting:
        for node in ast.walk(functions[waiting.pop()]):
            called = node.func if isinstance(node, ast.Call) else None
            callee = getattr(called, "id", getattr(called, "attr", ""))
            if callee and callee not in seen:
                seen.add(callee)
                waiting += [callee] if callee in functions else []
    return seen


def test_every_action_of_a_person_is_recorded_or_has_a_reason():
    recorded = dict(actions())
    assert len(recorded) > 40
    # What records for its callers: in jobs, laws, annotations and crosswalk.
    recorders = {"record", "record_each", "retry", "open_original", "publish_annotation", "submit_annotation"}
    recorders |= {"record_decisions", "rename_version", "state_for", "refuse_suggestions", "revise"}
    silent = {name for name, reached in recorded.items() if not reached & recorders}
    assert silent - NOT_LOGGED.keys() == set(), "record it (core/log/services.py), or say in NOT_LOGGED why not"
    assert NOT_LOGGED.keys() - silent == set(), "these are recorded, or are no more: take them out of NOT_LOGGED"


def new_entries(act) -> list[str]:
    before = Entry.objects.count()
    act()
    return list(Entry.objects.order_by("number").values_list("action", flat=True))[before:]


@pytest.fixture
@made_once
def note(cast, drafts):
    note = Annotation(body="Planted words of a draft.", risk=3)
    set_target(note, drafts[1].clauses.get(eid="chp_1__art_3"), "deemed")
    annotating.write_annotation(cast.alice, note, {})
    return note


def test_each_action_in_the_name_of_an_organisation_has_words_in_its_log():
    unnamed = set()
    for path in (ROOT / "lawcompare").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and node.args:
                first, by_name = node.args[0], {keyword.arg for keyword in node.keywords}
                if isinstance(first, ast.Constant) and (len(node.args) > 3 or "organisation" in by_name):
                    unnamed |= {first.value} - ACTIONS.keys()
    assert unnamed == set()
    assert {f"value.{action}" for action in ValueAction} <= ACTIONS.keys()


def test_what_passes_between_people_is_in_the_log(cast, note):
    assert new_entries(lambda: annotating.submit_annotation(cast.alice, note)) == ["submit"]
    assert new_entries(lambda: annotating.return_annotation(cast.rita, note, "Planted reason.")) == ["return"]
    assert new_entries(lambda: annotating.submit_annotation(cast.alice, note)) == ["submit"]
    assert new_entries(lambda: annotating.take_back_annotation(cast.alice, note)) == ["take back"]
    annotating.submit_annotation(cast.alice, note)
    assert new_entries(lambda: annotating.publish_annotation(cast.rita, note)) == ["publish"]
    reply = Reply(body="Planted reply.")
    assert new_entries(lambda: annotating.write_reply(cast.alice, note, reply)) == ["reply"]
    assert new_entries(lambda: annotating.withdraw_annotation(cast.rita, note, "Planted reason.")) == ["withdraw"]
    assert_nobody_is_named(cast)


def test_changes_to_a_password_and_to_second_factors_are_in_the_log(client, cast, django_capture_on_commit_callbacks):
    password = "a long enough pass phrase"
    cast.rita.set_password(password)
    cast.rita.save()
    client.force_login(cast.rita)
    new = {"oldpassword": password, "password1": password + " two", "password2": password + " two"}
    with django_capture_on_commit_callbacks(execute=True):
        assert new_entries(lambda: client.post("/accounts/password/change/", new)) == ["password changed"]
    cast.rita.refresh_from_db()
    client.force_login(cast.rita)
    asked = client.get(reverse("mfa_deactivate_totp"))["Location"]
    client.post(asked, {"password": password + " two"})
    with django_capture_on_commit_callbacks(execute=True):
        assert "totp deactivated" in new_entries(lambda: client.post(reverse("mfa_deactivate_totp")))
    assert new_entries(lambda: accounts.set_display_name(cast.alice, "Planted Name")) == ["change name"]
    assert new_entries(lambda: client.post("/accounts/sessions/end-others/")) == ["end other sessions"]
    assert_nobody_is_named(cast)


def assert_nobody_is_named(cast) -> None:
    """The log holds together, and holds no name, no address and no words of a draft."""
    check_log()
    entries = "\n".join(f"{entry.subject} {entry.details} {entry.organisation}" for entry in Entry.objects.all())
    people = [getattr(cast, name) for name in ("alice", "rita", "eve", "adam", "charlie", "bob", "sara")]
    for person in people:
        assert person.email not in entries and (not person.display_name or person.display_name not in entries)
    assert not re.search(r"@|planted", entries, re.IGNORECASE)


def test_what_staff_do_in_the_admin_pages_is_in_the_log_without_what_they_typed(client, cast):
    client.force_login(cast.sara)
    new = {"slug": "third", "name": "Planted name"}
    assert new_entries(lambda: client.post("/admin/accounts/organisation/add/", new)) == ["admin.add"]
    third = Organisation.objects.get(slug="third")
    page = f"/admin/accounts/organisation/{third.pk}/change/"
    assert new_entries(lambda: client.post(page, new | {"name": "Planted again"})) == ["admin.change"]
    assert json.loads(Entry.objects.first().details) == {"fields": ["Name"]}
    assert new_entries(lambda: client.post(f"/admin/accounts/organisation/{third.pk}/delete/", {"post": "yes"})) == [
        "admin.delete"
    ]
    chosen = {"action": "delete_selected", "_selected_action": cast.bob.pk, "post": "yes"}
    assert new_entries(lambda: client.post("/admin/accounts/user/", chosen)) == ["admin.delete"]
    entry = Entry.objects.first()
    assert (entry.actor, entry.subject) == (cast.sara.pk, f"accounts.user/{cast.bob.pk}")
    assert not any("lanted" in str(vars(entry)) or "@" in str(vars(entry)) for entry in Entry.objects.all())
    check_log()


def test_every_page_of_the_admin_site_writes_into_the_log():
    assert all(isinstance(pages, RecordedAdmin) for pages in admin.site._registry.values())
