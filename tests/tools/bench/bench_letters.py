"""5,000 letters of a digest: written by one worker and handed over one SMTP connection to a server on this machine.

Beside it, in the same run, the least it could take: the same number of letters sent by smtplib with nothing kept.
"""

from __future__ import annotations

import smtplib
import time
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from unittest.mock import patch

from tests.core.sink import Sink, mail_sink
from tests.tools.bench.child import measure_on_each_database

LETTERS, LIMIT = 5_000, 120.0  # seconds


def main() -> None:
    for name, figures in measure_on_each_database("tests.tools.bench.bench_letters"):
        verdict = "kept" if figures["all"] < LIMIT else "MISSED"
        print(f"{name}: {figures['sent']} letters over {figures['connections']} connection")
        print(f"  written                       {figures['written']:7.1f} s")
        print(f"  written and handed over       {figures['all']:7.1f} s; limit {LIMIT:.0f} s: {verdict}")
        print(f"  smtplib alone                 {figures['peer']:7.1f} s")


def measure() -> dict[str, Any]:
    from django.conf import settings
    from django.utils import timezone

    from lawcompare import celery
    from lawcompare.core.jobs.models import Job
    from lawcompare.core.jobs.tasks import run_job
    from lawcompare.laws.models import Law
    from lawcompare.sharing.emails.access import digests_of, seal
    from lawcompare.sharing.emails.models import Follower, Notice

    law = Law.objects.create(slug="long", title="A long law", jurisdiction="us", kind="statute")
    followers = Follower.objects.bulk_create(
        Follower(law=law, sealed=seal(f"reader{n}@example.org"), digest=digests_of(f"reader{n}@example.org")[0],
                 pace="daily", language="en", root="https://law.example", confirmed_at=timezone.now())
        for n in range(LETTERS)
    )  # fmt: skip
    yesterday = timezone.now() - timedelta(days=1)
    Notice.objects.bulk_create(Notice(follower=one, kind="text", at=yesterday) for one in followers)
    with mail_sink() as server:
        settings.TASKS = "worker"  # the e-mails wait in their rows
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {
            "host": "127.0.0.1", "port": server.server_address[1], "use_tls": False}}}  # fmt: skip
        began = time.perf_counter()
        with patch.object(celery, "_post"):
            run_job("daily-emails", Job.objects.create(kind="daily-emails").pk)
            written = time.perf_counter() - began
            for number in list(Job.objects.filter(kind="email").values_list("pk", flat=True)):
                run_job("email", number)
        seconds, sent, connections = time.perf_counter() - began, server.letters, server.connections
        assert sent == LETTERS == Job.objects.filter(kind="email", state="done").count(), sent
        return {"written": written, "all": seconds, "sent": sent, "connections": connections, "peer": _peer(server)}


def _peer(server: Sink) -> float:
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", server.server_address[1]) as connection:
        for number in range(LETTERS):
            message = EmailMessage()
            message["Subject"], message["From"], message["To"] = "New", "us@example.org", f"reader{number}@example.org"
            message.set_content("There is a new text.")
            connection.send_message(message)
    return time.perf_counter() - began
