"""A second factor: set up, asked for, taken away, and what cannot be done without one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from django.contrib.sessions.models import Session
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode
from fido2.webauthn import AttestedCredentialData

from lawcompare.accounts.access import may
from lawcompare.accounts.models import User
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now
from tests import second_factor
from tests.accounts.conftest import PASSWORD
from tests.conftest import NEW_DRAFT
from tests.test_clock import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_password(cast):
    for person in (cast.alice, cast.rita, cast.sara):
        person.set_password(PASSWORD)
        person.save()
    return cast


def sign_in(client, person, password=PASSWORD):
    return client.post("/accounts/login/", {"login": person.email, "password": password})


def test_who_has_a_second_factor_is_asked_for_it(client, with_password):
    answer = sign_in(client, with_password.rita)
    assert answer["Location"] == "/accounts/second-factor/authenticate/"
    assert client.get("/workspace/").status_code == 302, "half a sign-in opens nothing"
    page = client.get(answer["Location"]).content.decode()
    assert 'name="code"' in page
    assert client.post(answer["Location"], {"code": "000000"}).status_code == 200
    assert client.get("/workspace/").status_code == 302
    assert client.post(answer["Location"], {"code": second_factor.code()})["Location"] == "/workspace/"
    assert client.get("/workspace/").status_code == 200


def test_half_a_sign_in_ends_with_the_password_it_began_with(client, with_password):
    """Who had learned it kept some minutes for the second factor after it was changed."""
    asked = sign_in(client, with_password.rita)["Location"]
    with_password.rita.set_password("another of many words")
    with_password.rita.save()
    assert client.post(asked, {"code": second_factor.code()})["Location"] == "/accounts/login/"
    assert client.get("/workspace/").status_code == 302
    assert client.get(asked)["Location"] == "/accounts/login/", "it is over"


def test_who_is_asked_for_a_second_factor_that_was_removed_meanwhile_begins_anew(client, with_password):
    """Its page led to that of the password, and that one back."""
    asked = sign_in(client, with_password.rita)["Location"]
    Authenticator.objects.filter(user=with_password.rita).delete()
    assert client.get(asked)["Location"] == "/accounts/login/"
    assert client.get("/accounts/login/").status_code == 200
    assert Client().get(asked).cookies == {}, "of whom nothing is under way, nothing is kept"


def test_a_code_is_good_once_as_long_as_it_holds(client, with_password):
    code = second_factor.code()
    for seconds, expected in ((0, 302), (0, 200), (25, 200), (31, 200)):
        with clock(timedelta(seconds=seconds)):
            asked = sign_in(Client(), with_password.rita)["Location"]
            answer = sign_in(client, with_password.rita)
            assert answer["Location"] == asked
            assert client.post(asked, {"code": code}).status_code == expected, seconds
        client.logout()


def test_a_reviewer_without_one_is_led_to_set_one_up_and_then_may_review(client, with_password, templates_used):
    rita = with_password.rita
    Authenticator.objects.filter(user=rita).delete()
    assert sign_in(client, rita)["Location"] == "/accounts/second-factor/"
    assert "Set up a second factor to use everything" in client.get("/accounts/second-factor/").content.decode()
    assert not may(User.objects.get(pk=rita.pk), "review")
    page = client.get("/accounts/second-factor/app/set-up/")
    html = page.content.decode()
    assert "<svg" in html and "<?xml" not in html and "data:image" not in html
    secret = page.context["form"].secret
    done = client.post("/accounts/second-factor/app/set-up/", {"code": second_factor.code(secret)})
    assert done["Location"] == "/accounts/second-factor/codes/"
    codes = re.findall(r"<code>(\d+)</code>", client.get(done["Location"]).content.decode())
    assert len(codes) == 10
    assert may(User.objects.get(pk=rita.pk), "review")
    assert client.get("/accounts/second-factor/codes/download/").content.decode().split() == codes

    client.logout()
    sign_in(client, rita)
    client.post("/accounts/second-factor/authenticate/", {"code": codes[0]})
    assert client.get("/workspace/").status_code == 200, "a recovery code stands in for the app"
    client.logout()
    sign_in(client, rita)
    assert client.post("/accounts/second-factor/authenticate/", {"code": codes[0]}).status_code == 200, "once"


def test_a_session_from_before_the_second_factor_reviews_nothing_until_it_passes_it(client, cast):
    second_factor.sign_in_by_password_alone(client, cast.rita)
    assert client.get(reverse("suggestions")).status_code == 403
    for name in ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
        assert client.get(reverse(name))["Location"].startswith(reverse("mfa_reauthenticate")), name
    page = client.get(reverse("workspace")).content.decode()
    assert "Confirm your identity" in page
    client.post(reverse("mfa_reauthenticate"), {"code": second_factor.code()})
    assert client.get(reverse("suggestions")).status_code == 200
    assert "Confirm your identity" not in client.get(reverse("workspace")).content.decode()


def test_staff_who_signed_in_by_password_alone_are_asked_for_the_second_factor(client, cast):
    second_factor.sign_in_by_password_alone(client, cast.sara)
    assert client.get(reverse("admin:login"))["Location"] == reverse("mfa_reauthenticate")


def test_staff_by_password_alone_read_nothing_that_is_not_public(client, cast, store):
    hidden = store(NEW_DRAFT, "hidden", published=False)
    second_factor.sign_in_by_password_alone(client, cast.sara)
    assert client.get(hidden.get_absolute_url()).status_code == 404
    second_factor.sign_in(client, cast.sara)
    assert client.get(hidden.get_absolute_url()).status_code == 200


def test_the_secret_is_not_stored_in_the_clear(client, with_password):
    stored = Authenticator.objects.get(user=with_password.rita).data["secret"]
    assert second_factor.SECRET not in stored


def test_a_key_that_was_changed_still_opens_what_the_earlier_one_sealed(with_password, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is as long as it has to be for signing things"
    assert Authenticator.objects.get(user=with_password.rita).wrap().validate_code(second_factor.code())


def test_removing_it_works_after_the_password_and_a_letter_tells(client, with_password, mailoutbox):
    rita = with_password.rita
    client.force_login(rita)
    asked = client.get(reverse("mfa_deactivate_totp"))["Location"]
    client.post(asked, {"password": PASSWORD})
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=rita).exists()
    assert not may(User.objects.get(pk=rita.pk), "review")
    assert [letter.to for letter in mailoutbox] == [[rita.email]]
    assert "127.0.0.1" not in mailoutbox[0].body


def test_a_refused_action_says_what_is_missing(client, with_password):
    Authenticator.objects.filter(user=with_password.rita).delete()
    client.force_login(with_password.rita)
    page = client.post("/organisation/invite/", {"email": "x@example.org", "role": "member"})
    assert page.status_code == 403 and "second factor" in page.content.decode()


def test_the_admin_pages_need_one_and_ask_for_no_password_of_their_own(client, with_password):
    sara = with_password.sara
    assert client.get("/admin/login/")["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    client.post("/admin/login/", {"username": sara.email, "password": PASSWORD})
    assert client.get("/admin/").status_code == 302, "no way past the second factor"
    client.force_login(sara)
    assert client.get("/admin/").status_code == 200
    for name in ("accounts/user", "accounts/organisation", "mfa/authenticator", "account/emailaddress"):
        assert client.get(f"/admin/{name}/").status_code == 200, name
    Authenticator.objects.filter(user=sara).delete()
    client.force_login(User.objects.get(pk=sara.pk))
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/")["Location"] == "/accounts/second-factor/"
    client.force_login(with_password.alice)
    assert client.get("/admin/login/").status_code == 403


CLIENT_DATA = base64.urlsafe_b64encode(b"[" * 35_000).decode()
DEEP_INSIDE = json.dumps(
    {
        "id": "YWJj",
        "rawId": "YWJj",
        "type": "public-key",
        "response": dict.fromkeys(("authenticatorData", "attestationObject", "signature"), "YWJj")
        | {"clientDataJSON": CLIENT_DATA},
    }
)


@pytest.mark.parametrize(
    "credential",
    ["9" * 5000, "[" * 45_000, DEEP_INSIDE, "[" + "{}," * 20_000 + "0]"],
    ids=["a long number", "a deep list", "one inside it", "a long list"],
)
def test_what_no_passkey_answers_is_refused(client, cast, credential):
    signing_in, others = reverse("mfa_login_webauthn"), ("mfa_add_webauthn", "mfa_reauthenticate_webauthn")
    client.get(signing_in, headers={"X-Requested-With": "XMLHttpRequest"})
    assert client.post(signing_in, {"credential": credential}).status_code == 400
    client.force_login(cast.alice)
    answers = [client.post(reverse(name), {"credential": credential}).status_code for name in others]
    assert answers == [400, 403 if credential == DEEP_INSIDE else 400], "who has no passkey is asked nothing"


def test_what_strangers_ask_a_passkey_for_is_kept_for_minutes(client, with_password):
    """A row for every question stayed for ever; who signs in is kept as long as before."""
    asked = Client()
    asked.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    assert Session.objects.get().expire_date < timezone.now() + timedelta(minutes=11)
    client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    sign_in(client, with_password.alice)
    assert client.session.get_expiry_age() > 24 * 3600 and UserSession.objects.count() == 1
    assert Session.objects.count() == 2
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    run_now(Job.objects.create(kind="old-sessions", is_periodic=True))
    assert not Session.objects.exists() and not UserSession.objects.exists()


class Key:
    """A passkey in software, whose answers say that its holder was asked for a PIN or that it was merely touched."""

    def __init__(self, user: User) -> None:
        self.handle, self.id, self.key = user_pk_to_url_str(user).encode(), b"k" * 32, generate_private_key(SECP256R1())
        known = AttestedCredentialData.create(bytes(16), self.id, ES256.from_cryptography_key(self.key.public_key()))
        made = {"fmt": "none", "authData": self._said(0x45) + bytes(known), "attStmt": {}}
        response = {"clientDataJSON": self._asked("create", ""), "attestationObject": _base64(cbor.encode(made))}
        WebAuthn.add(user, "key", self._answer(response))

    def answer(self, challenge: str, *, asked_for_pin: bool) -> str:
        asked, said = self._asked("get", challenge), self._said(0x05 if asked_for_pin else 0x01)
        words = said + hashlib.sha256(websafe_decode(asked)).digest()
        response = {"clientDataJSON": asked, "authenticatorData": _base64(said), "userHandle": _base64(self.handle)}
        signature = _base64(self.key.sign(words, ECDSA(SHA256())))
        return json.dumps(self._answer(response | {"signature": signature}))

    def _answer(self, response: dict[str, str]) -> dict[str, object]:
        return {"id": _base64(self.id), "rawId": _base64(self.id), "type": "public-key", "response": response}

    def _asked(self, kind: str, challenge: str) -> str:
        asked = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": "https://testserver"}
        return _base64(json.dumps(asked).encode())

    def _said(self, flags: int) -> bytes:
        return hashlib.sha256(b"testserver").digest() + bytes([flags]) + bytes(4)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_passkey_that_was_merely_touched_signs_nobody_in_whatever_was_asked(client, with_password):
    """The question of one's own second step, left, was answered in place of a password with another's key in hand."""
    with_password.alice.authenticator_set.all().delete()
    key, signing_in = Key(with_password.alice), reverse("mfa_login_webauthn")
    for leaves in (False, True):
        asked = sign_in(client, with_password.rita)["Location"]
        client.get(asked)
        WebAuthn.add(with_password.rita, "own", with_password.alice.authenticator_set.get().data["credential"])
        client.get(asked)
        challenge = client.session["mfa.webauthn.state"]["challenge"]
        if leaves:
            client.post("/accounts/logout/", {"next": "/accounts/login/"})
        for asked_for_pin in (False, True):
            client.post(signing_in, {"credential": key.answer(challenge, asked_for_pin=asked_for_pin)})
            assert "_auth_user_id" not in client.session
    asked = client.get(signing_in, headers={"X-Requested-With": "XMLHttpRequest"}).json()
    challenge = asked["request_options"]["publicKey"]["challenge"]
    client.post(signing_in, {"credential": key.answer(challenge, asked_for_pin=False)})
    assert "_auth_user_id" not in client.session
    client.post(signing_in, {"credential": key.answer(challenge, asked_for_pin=True)})
    assert client.session["_auth_user_id"] == str(with_password.alice.pk)


def test_a_session_that_did_not_pass_the_second_factor_changes_neither_address_nor_password(client, with_password):
    """A thief's, from before the factor was set up, changed both and signed the owner out."""
    with_password.alice.authenticator_set.all().delete()
    sign_in(client, with_password.alice)
    second_factor.give(with_password.alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    asked = {"password1": "another of many words", "password2": "another of many words", "oldpassword": PASSWORD}
    for page in ("password/change/", "email/", "sessions/end-others/"):
        answer = client.post(f"/accounts/{page}", asked | {"email": "thief@example.org"})
        assert answer["Location"].startswith(reverse("mfa_reauthenticate")), page
    assert answer["Location"].endswith("?next=%2Faccounts%2Fsessions%2F"), "which is a page"


def test_the_code_with_which_an_app_is_set_up_signs_nobody_in(client, with_password):
    with_password.alice.authenticator_set.all().delete()
    sign_in(client, with_password.alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    code = second_factor.code(client.session["mfa.totp.secret"])
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert with_password.alice.authenticator_set.filter(type="totp").exists()
    other = Client()
    asked = sign_in(other, with_password.alice)["Location"]
    assert other.post(asked, {"code": code}).status_code == 200 and "_auth_user_id" not in other.session
    client.post("/accounts/sessions/end-others/")
    asked = sign_in(other, with_password.alice)["Location"]
    assert other.post(asked, {"code": code}).status_code == 200, "whatever of the account was changed since"
