"""Strangers' wrong guesses keep nobody out of a device on which they signed in before, and guessing stays limited."""

from __future__ import annotations

import ast
import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as project
from django.core.cache import caches
from django.test import Client, TestCase
from django.urls import reverse

from tests import second_factor
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_limits import NOBODY_LISTENS
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
STRANGERS = [f"203.0.113.{number}" for number in range(1, 120)]


def sign_in(browser: Client, password: str = PASSWORD, email: str = "alice@example.org", address: str = "192.0.2.7"):
    return browser.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=address)


def is_in(answer) -> bool:
    return answer.status_code == 302


@pytest.fixture
def known(alice) -> Client:
    """A browser in which Alice signed in, and out again."""
    browser = Client()
    assert is_in(sign_in(browser))
    browser.post(reverse("account_logout"))
    return browser


def guess_from_everywhere(settings, email: str = "alice@example.org") -> None:
    """Uses up what all strangers together may try."""
    settings.LOGIN_ATTEMPTS_PER_HOUR = 8
    for address in STRANGERS[:10]:
        sign_in(Client(), "wrong", email, address)


def test_a_device_that_signed_in_before_is_not_kept_out(known, settings):
    guess_from_everywhere(settings)
    refused = sign_in(Client())
    assert "Too many failed" in refused.content.decode() and "new password" in refused.content.decode()
    assert is_in(sign_in(known, address="198.51.100.1")), "from whatever network"


def test_nor_by_who_shares_its_network(known):
    for number in range(40):
        sign_in(Client(), "wrong", f"p{number}@example.org")
    assert not is_in(sign_in(Client())) and is_in(sign_in(known))


def test_without_redis_too(known, settings):
    settings.CACHES = {"default": NOBODY_LISTENS, "pages": NOBODY_LISTENS | {"KEY_PREFIX": "pages"}}
    guess_from_everywhere(settings)
    assert not is_in(sign_in(Client())) and is_in(sign_in(known))
    caches["default"]._own.clear()


def test_guessing_on_a_known_device_is_limited_as_well(known):
    answers = [sign_in(known, "wrong") for _ in range(7)]
    assert "Too many failed" in answers[-1].content.decode() and not is_in(sign_in(known))


def test_a_token_is_good_for_its_person_alone_and_cannot_be_made(known, cast, settings):
    cast.rita.set_password(PASSWORD)
    cast.rita.save()
    guess_from_everywhere(settings, cast.rita.email)
    assert not is_in(sign_in(known, email=cast.rita.email)), "it is Alice's"
    value = known.cookies["device-en"].value
    guess_from_everywhere(settings)
    for forged in (
        value[:-1] + ("0" if value[-1] != "0" else "1"),
        value[24:],
        "." * 40,
        "x" * 5000,
        value[:24] + "é" * 32,
    ):
        browser = Client()
        browser.cookies["device-en"] = forged
        assert not is_in(sign_in(browser)), forged


def test_a_visitor_gets_no_cookie_and_the_one_of_a_device_says_nothing(alice, drafts):
    browser = Client()
    for path in ("/", "/accounts/login/", "/laws/draft/old/"):
        browser.get(path)
    sign_in(browser, "wrong")
    assert not [name for name in browser.cookies if name.startswith("device")]
    sign_in(browser)
    for name, path in (("device-en", "/accounts/"), ("device-km", "/km/accounts/")):
        cookie = browser.cookies[name]
        assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (path, True, "Strict")
        assert re.fullmatch(r"[0-9a-f]{56}", cookie.value), "neither a name nor a number"
    once = browser.cookies["device-en"].value
    browser.post(reverse("account_logout"))
    sign_in(browser)
    assert browser.cookies["device-en"].value != once


def test_people_who_share_a_device_are_each_known_on_it(known, cast, settings):
    for other in (cast.bob, cast.rita, cast.eve, cast.adam, cast.charlie):  # more than a token or two
        other.authenticator_set.all().delete()
        other.set_password(PASSWORD)
        other.save()
        assert is_in(sign_in(known, email=other.email))
        known.post(reverse("account_logout"))
    assert is_in(sign_in(known, email=cast.bob.email))
    known.post(reverse("account_logout"))
    for person in (cast.alice, cast.bob):
        guess_from_everywhere(settings, person.email)
        assert is_in(sign_in(known, email=person.email))
        known.post(reverse("account_logout"))


@pytest.mark.parametrize("what", ["password", "others", "one"])
def test_a_new_password_and_ending_sessions_leave_one_device(known, alice, settings, what):
    here = Client()
    sign_in(here)
    new = PASSWORD
    if what == "password":
        new = "quite another pass phrase"
        here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    elif what == "others":
        here.post(reverse("sessions_end_others"))
    else:
        sign_in(known)
        pk = alice.usersession_set.order_by("-pk").first().pk
        here.post(reverse("session_end", args=[pk]))
    here.post(reverse("account_logout"))
    guess_from_everywhere(settings)
    assert not is_in(sign_in(known, new)), "it was left behind, or taken"
    assert is_in(sign_in(here, new))


def test_who_is_known_nowhere_comes_in_by_a_new_password(alice, settings, mailoutbox):
    guess_from_everywhere(settings)
    with TestCase.captureOnCommitCallbacks(execute=True):
        for address in STRANGERS[:6]:  # strangers ask for it before
            answer = Client().post(reverse("account_reset_password"), {"email": alice.email}, REMOTE_ADDR=address)
            assert is_in(answer)
    assert len(mailoutbox) == 3, "as many as are bearable, and each with a link that works"
    browser, new = Client(), "quite another pass phrase"
    link = re.search(r"http://testserver(\S+)", mailoutbox[0].body)[1]
    form = browser.get(link, follow=True)
    assert is_in(browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new}))
    assert not is_in(sign_in(Client(), new)) and is_in(sign_in(browser, new))


def test_who_has_an_account_sends_others_no_more_letters_than_a_stranger(alice, cast, mailoutbox):
    cast.rita.set_password(PASSWORD)
    cast.rita.save()
    Authenticator.objects.all().delete()
    with TestCase.captureOnCommitCallbacks(execute=True):
        for _ in range(3):
            browser = Client()
            assert is_in(sign_in(browser, email=cast.rita.email))
            for form in ({"email": alice.email}, {"email": alice.email, "login": cast.rita.email}):
                browser.post(reverse("account_reset_password"), form)
                browser.post(reverse("account_reset_password"), form)
    assert len(mailoutbox) == 3


def test_who_has_the_password_alone_keeps_nobody_out_by_wrong_codes(cast):
    cast.rita.set_password(PASSWORD)
    cast.rita.save()
    second = reverse("mfa_authenticate")
    known, thief = Client(), Client()
    sign_in(known, email=cast.rita.email)
    assert is_in(known.post(second, {"code": second_factor.code()}))
    known.post(reverse("account_logout"))
    sign_in(thief, email=cast.rita.email, address="203.0.113.1")
    for _ in range(6):
        refused = thief.post(second, {"code": "000000"}, REMOTE_ADDR="203.0.113.1")
    assert "Too many failed" in refused.content.decode()
    sign_in(known, email=cast.rita.email)
    assert is_in(known.post(second, {"code": second_factor.code()}))
    known.post(reverse("account_logout"))
    sign_in(known, email=cast.rita.email)
    answers = [known.post(second, {"code": "000000"}).content.decode() for _ in range(12)]
    assert "Too many failed" in answers[-1], "guessing ends on a known device as well"


# --- every limit: can a stranger use it up for somebody else? ---------------------------------------------------------

# What a limit of ours counts besides the person or network that asks, and why a stranger uses it up for nobody.
COUNTED = {
    "login-account": "attempts on an account; a known device has a count of its own",
    "second-factor": "the codes typed on one known device",
    "password-email": "whoever is refused has got three links that work",
    "guest-link": "openings of one link, by those who hold it",
    "guest-links": "openings of all links of an organisation, which may close them",
    "suggestions": "searches that an organisation's reviewers begin",
    "together": "suggestions that an organisation's reviewers refuse or take back together",
    "invitation": "what an organisation's administrators send",
    "import": "what an organisation's editors hand in",
    "import-bytes": "what an organisation's editors hand in",
    "correction": "what an organisation's editors correct and decide",
    "publication": "what an organisation's people change of public pages",
    "long": "answers of the pages that took long, for a network or an organisation's people; all others stay open",
    "follower": "letters to an address that ask to confirm; the next limit gives each subject one more",
    "follower-subject": "whoever is refused has got the letter about this very law or topic",
}
# allauth's limits a network or an account: what a stranger types for somebody else is counted for the stranger.
ALLAUTH = {
    "login": "ip", "login_failed": "ip,key", "reset_password": "ip", "reset_password_from_key": "ip",
    "reauthenticate": "user", "change_password": "user",
}  # fmt: skip


def limits() -> list[tuple[str, ast.expr]]:
    found = []
    for path in (ROOT / "lawcompare").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "allow":
                found.append((ast.literal_eval(node.args[1]), node.args[0]))
    return found


def test_every_limit_counts_who_asks_or_says_why_a_stranger_uses_it_up_for_nobody():
    found = limits()
    assert len(found) > 15
    others = {name for name, who in found if not (isinstance(who, ast.Name) and who.id == "request")}
    assert others == set(COUNTED)
    counted = {
        name: ",".join(sorted({rate.rpartition("/")[2] for rate in rates.split(",")}))
        for name, rates in project.ACCOUNT_RATE_LIMITS.items()
    }
    assert counted == ALLAUTH
