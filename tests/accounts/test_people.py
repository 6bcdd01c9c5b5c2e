"""Coming in by invitation, and only by invitation."""

import io
import re
from urllib.parse import urlparse

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from lawcompare.accounts.access import is_staff, lacks_second_factor, may
from lawcompare.accounts.models import Organisation, User
from lawcompare.accounts.services import add_member
from tests import second_factor
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def invite(email: str = "new@example.org", **options: str) -> str:
    output = io.StringIO()
    options = {"organisation": "centre", "name": "The Centre", "role": "reviewer"} | options
    call_command("add_member", email, stdout=output, **options)
    return urlparse(re.search(r"http\S+", output.getvalue()).group()).path


@pytest.mark.parametrize("email", ["new@example.org", "New@Example.org"])
def test_an_invited_person_sets_a_password_and_signs_in(client, email):
    link = invite(email, role="member")
    form_address = client.get(link)["Location"]
    response = client.post(form_address, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert response.status_code == 200
    client.logout()
    response = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert response.status_code == 302 and response["Location"] == "/workspace/"
    assert client.get("/workspace/").status_code == 200


def test_a_form_finds_the_account_that_has_the_address_in_small_letters():
    add_member("new@example.org", Organisation.objects.create(slug="centre", name="The Centre"))
    with pytest.raises(ValidationError, match="already exists"):
        User(email="New@example.org", password="x").full_clean()


def test_nobody_signs_up_by_themselves_or_learns_which_addresses_are_known(client):
    client.post("/accounts/signup/", {"email": "me@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()
    invite()
    answers = set()
    for email in ("new@example.org", "nobody@example.org"):
        page = client.post("/accounts/login/", {"login": email, "password": "wrong"}).content.decode()
        assert "/workspace/" not in page
        answers.update(re.findall(r"The email[^<]*not correct[^<]*", page))
    assert len(answers) == 1


def test_a_wrong_invitation_is_one_sentence(subtests):
    for email, options, sentence in [
        ("not an address", {}, "is not an email address"),
        ("a@example.org", {"organisation": "elsewhere", "name": ""}, "no organisation"),
        ("a@example.org", {"organisation": "!!!", "name": "A"}, "cannot be blank"),
        ("a@example.org", {"organisation": "a" * 60, "name": "A"}, "at most 50 characters"),
        (f"{'a' * 64}@{'b.' * 110}org", {}, "is not an email address"),
    ]:
        with subtests.test(email=email, options=options, sentence=sentence):
            with pytest.raises(CommandError, match=sentence) as refused:
                invite(email, **options)
            assert refused.value.returncode == 2
            assert not User.objects.exists()


def test_an_organisation_named_as_people_write_is_the_same_one_the_second_time():
    for email in ("one@example.org", "two@example.org"):
        invite(email, organisation="The Centre")
    assert [one.slug for one in Organisation.objects.all()] == ["the-centre"]


def test_each_role_may_do_what_the_table_says_and_what_a_member_may_without_a_second_factor(db):
    organisation, so_far = Organisation.objects.create(slug="o", name="O"), set()
    actions = {"member": "annotate", "reviewer": "review", "editor": "import", "administrator": "invite"}
    for role, more in actions.items():
        user, _ = add_member(f"{role}@example.org", organisation, role)
        so_far |= {more}
        for has_one, wanted in ((False, {"annotate"}), (True, so_far)):
            if has_one:
                second_factor.give(user)
                user = User.objects.get(pk=user.pk)
            assert {action for action in actions.values() if may(user, action)} == wanted, role
            assert lacks_second_factor(user) == (not has_one and role != "member")


def test_nobody_runs_the_site_without_a_second_factor_that_the_session_passed(cast):
    assert is_staff(cast.sara) and not is_staff(cast.alice)
    cast.sara.passed_second_factor = False  # as the middleware says of a session by password alone
    assert not is_staff(cast.sara)
    assert not is_staff(User.objects.create(email="new@example.org", is_staff=True))
