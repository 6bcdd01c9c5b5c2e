"""Whom to tell of a weakness, and the headers that Django does not set."""

from datetime import UTC, datetime, timedelta


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
