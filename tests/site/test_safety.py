"""Whom to tell of a weakness, and the headers that Django does not set."""

from datetime import UTC, datetime, timedelta

import pytest


def test_security_txt_names_whom_to_tell_for_the_next_months(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    response = client.get("/.well-known/security.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert lines["Contact"] == "mailto:security@example.org" and lines["Preferred-Languages"] == "en, km"
    assert lines["Canonical"] == "http://testserver/.well-known/security.txt"
    expires = datetime.fromisoformat(lines["Expires"])
    assert timedelta(days=150) < expires - datetime.now(UTC) < timedelta(days=365)


ONION = f"http://{'a2' * 28}.onion"


@pytest.mark.django_db
def test_pages_announce_the_onion_address_where_one_is_set(client, settings):
    assert "Onion-Location" not in client.get("/about/").headers
    settings.ONION_ADDRESS = ONION
    settings.ALLOWED_HOSTS = ["testserver", ONION.removeprefix("http://")]
    assert client.get("/km/search/?q=law").headers["Onion-Location"] == f"{ONION}/km/search/?q=law"
    assert "Onion-Location" not in client.get("/about/", HTTP_HOST=ONION.removeprefix("http://")).headers
    assert "Onion-Location" not in client.get("/offline-worker.js").headers


@pytest.mark.django_db
def test_the_service_worker_is_a_script_of_the_site_at_its_root(client):
    response = client.get("/offline-worker.js")
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert b'addEventListener("fetch"' in response.content and not response.cookies
    assert "max-age=0" in response.headers["Cache-Control"]
    assert "worker-src 'self'" in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/logout/", "/km/accounts/logout/", "/admin/logout/"])
def test_the_browser_of_who_signs_out_forgets_pages_and_what_was_typed(client, cast, path):
    client.force_login(cast.sara)
    assert "Clear-Site-Data" not in client.get("/workspace/").headers
    assert client.post(path).headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not client.get("/workspace/").wsgi_request.user.is_authenticated
