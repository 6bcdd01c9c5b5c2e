"""What readers and annotators do, for locust. ``SOAK`` names a JSON file with addresses and sessions."""

from __future__ import annotations

import json
import os
import random
import re
from itertools import cycle
from pathlib import Path

from locust import FastHttpUser, between, constant_throughput, task

SITE = json.loads(Path(os.environ["SOAK"]).read_text("utf-8"))
SESSIONS = cycle(SITE["sessions"])
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class ReadingUser(FastHttpUser):
    """Opens a page, reads it for some seconds, goes on: as after a leak, most open the newest draft."""

    fixed_count = int(os.environ.get("READERS", "200"))
    wait_time = between(2, 6) if os.environ.get("PAUSE") != "0" else between(0, 0)

    @task(3)
    def open_the_newest(self) -> None:
        self.client.get(random.choice(SITE["newest"]), name="reader")

    @task(7)
    def open_any(self) -> None:
        self.client.get(random.choice(SITE["pages"]), name="reader")

    @task(1)
    def search(self) -> None:
        self.client.get(f"/search/?q={random.choice(SITE['words'])}", name="search")


class Annotator(FastHttpUser):
    """Writes a draft, changes it and hands it in, then opens the workspace."""

    fixed_count = int(os.environ.get("ANNOTATORS", "20"))
    wait_time = between(3, 8)

    def on_start(self) -> None:
        self.client.client.cookiejar.clear()
        self.headers = {"Cookie": f"sessionid={next(SESSIONS)}"}

    @task
    def write(self) -> None:
        address = random.choice(SITE["annotate"])
        with self.client.get(address, headers=self.headers, name="form", catch_response=True) as page:
            match = TOKEN.search(page.text or "")
            if match is None:
                page.failure("no form")
                return
        cookie = f"{self.headers['Cookie']}; csrftoken={self._csrf_cookie()}"
        form = {"csrfmiddlewaretoken": match[1], "risk": "2", "motivation": "assessing", "body": "Written under load."}
        headers = {"Cookie": cookie, "Referer": self.host + address}
        with self.client.post(
            address, data=form, headers=headers, name="write", allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code == 302:
                answer.success()
            else:
                answer.failure(f"{answer.status_code} instead of a redirect")

    @task
    def look(self) -> None:
        self.client.get("/workspace/", headers=self.headers, name="workspace")

    def _csrf_cookie(self) -> str:
        return next((cookie.value for cookie in self.client.cookiejar if cookie.name == "csrftoken"), "")


class Baseline(FastHttpUser):
    """Asks twice a second for the smallest answer there is: what the machine itself takes under this load."""

    fixed_count = 1
    wait_time = constant_throughput(2)

    @task
    def ask(self) -> None:
        self.client.get("/healthz", name="smallest answer")
