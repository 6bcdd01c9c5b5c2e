"""What docs/deploy/nginx.conf promises, by a real nginx with that file, before a site that the test plays."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import ROOT, require
from tests.services.private import NotHere, find_program, free_port, wait_for_port

pytestmark = pytest.mark.services
WORDS = b"the words of the text"
PUBLIC = {"Cache-Control": "public, max-age=0, must-revalidate", "Vary": "Cookie, Accept-Encoding, HX-Request"}
PRIVATE = {"Cache-Control": "private, no-store"}


class Site:
    """An upstream whose next answer the test sets; counts what it is asked."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 200, PUBLIC, WORDS
        self.asked: list[str] = []
        self.askers: list[str] = []
        self.port = free_port()
        self.server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.askers.append(f"{self.headers['X-Forwarded-For']} by {self.headers['X-Forwarded-Proto']}")
                self.send_response(site.status)
                for name, value in (site.headers | {"Content-Length": str(len(site.body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(site.body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
        self.server = None


class Proxy:
    def __init__(self, folder: Path, site: Site) -> None:
        self.folder, self.plain, self.tls, self.onion = folder, free_port(), free_port(), free_port()
        for name in ("cache", "www/.well-known/acme-challenge", "logs", "temp"):
            (folder / name).mkdir(parents=True)
        make_certificate(folder)
        names = ("nginx.conf", "nginx-onion.conf")
        conf = "\n".join((ROOT / "docs" / "deploy" / name).read_text("utf-8") for name in names)
        assert "/var/log" not in conf
        for documented, here in {
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.tls} ssl;",
            "127.0.0.1:8081": f"127.0.0.1:{self.onion}",
            "abc….onion": "abc.onion",
            "/etc/letsencrypt/live/example.org": str(folder),
            "/var/cache/nginx/lawcompare": str(folder / "cache"),
            "/var/www/html": str(folder / "www"),
            "/srv/lawcompare/app": str(ROOT),
            "127.0.0.1:8000": f"127.0.0.1:{site.port}",
        }.items():
            assert documented in conf, documented
            conf = conf.replace(documented, here)
        conf = re.sub(r"listen \[::\]:.*;", "", conf)
        temporary = "".join(
            f"{name}_temp_path {folder}/temp/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user} daemon off; master_process off; pid {folder}/pid; error_log {folder}/logs/error.log warn;\n"
            f"events {{ }}\nhttp {{ access_log {folder}/logs/access.log; {temporary}\n{conf}\n}}\n"
        )

    def get(self, path: str = "/laws/a/b/", **headers: str) -> tuple[int, bytes]:
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls, context=context, timeout=10)
        connection.request("GET", path, headers={"Host": "example.org", **headers})
        response = connection.getresponse()
        return response.status, response.read()

    def get_plain(self, path: str) -> tuple[int, bytes, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=10)
        connection.request("GET", path, headers={"Host": "example.org"})
        response = connection.getresponse()
        return response.status, response.read(), response.headers.get("Location", "")

    def ask_by_tor(self, circuit: str, forwarded: str = "") -> bytes:
        """The first line of the answer to a circuit of the onion service; empty where nothing is answered."""
        with socket.create_connection(("127.0.0.1", self.onion), timeout=10) as tor:
            line = f"PROXY TCP6 {circuit} ::1 65535 80\r\n" if circuit else ""
            tor.sendall(f"{line}GET / HTTP/1.0\r\nHost: abc.onion\r\n{forwarded}\r\n".encode())
            try:
                return tor.recv(1000).partition(b"\r\n")[0]
            except ConnectionResetError:
                return b""


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example.org")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    form = serialization.PrivateFormat.PKCS8
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Site, Proxy]]:
    try:
        program = find_program("nginx", "nginx-light")
    except NotHere as reason:
        if not Path("/usr/sbin/nginx").exists():
            require("services", str(reason))
        program = "/usr/sbin/nginx"
    folder = Path(tempfile.mkdtemp(prefix="lawcompare-nginx-"))
    site = Site()
    proxy = Proxy(folder, site)
    checked = subprocess.run([program, "-t", "-c", f"{folder}/nginx.conf"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and "[warn]" not in checked.stderr, checked.stderr
    process = subprocess.Popen(
        [program, "-c", f"{folder}/nginx.conf", "-p", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(proxy.tls, process)
        yield site, proxy
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def site(served) -> Iterator[Site]:
    one = served[0]
    one.status, one.headers, one.body, one.asked, one.askers = 200, PUBLIC, WORDS, [], []
    one.start()
    yield one
    one.stop()


@pytest.fixture
def proxy(served) -> Proxy:
    return served[1]


def test_what_was_withdrawn_is_shown_by_nobody_while_the_site_answers_or_is_down(site, proxy):
    assert proxy.get("/laws/first/") == proxy.get("/laws/second/") == (200, WORDS)
    site.status, site.headers, site.body = 410, PRIVATE, b"withdrawn"
    time.sleep(2.1)  # a page is fresh for a second of the proxy's clock, which knows whole seconds alone
    assert proxy.get("/laws/first/") == (410, b"withdrawn")
    site.stop()
    for path in ("/laws/first/", "/laws/second/"):  # the second nobody asked for since it was withdrawn
        status, page = proxy.get(path)
        assert status == 502 and WORDS not in page and "មិនឆ្លើយតប".encode() in page


def test_a_crowd_at_a_public_page_is_one_question_to_the_site(site, proxy):
    assert {proxy.get("/crowd/") for _ in range(20)} == {(200, WORDS)}
    assert len(site.asked) <= 3


def test_a_private_page_and_a_page_of_someone_signed_in_are_never_kept(site, proxy):
    site.headers = PRIVATE
    for _ in range(3):
        proxy.get("/private/")
    assert len(site.asked) == 3
    site.headers, site.body = PUBLIC, b"for one person"
    proxy.get("/shared/", Cookie="sessionid=x")
    site.body = WORDS
    assert proxy.get("/shared/") == (200, WORDS)


def test_each_circuit_of_the_onion_service_is_an_address_of_its_own(site, proxy):
    circuits = ["fc00:dead:beef:4dab::3:1", "fc00:dead:beef:4dab::3:2"]
    for circuit in circuits:
        assert b"200" in proxy.ask_by_tor(circuit)
        assert b"200" in proxy.ask_by_tor(circuit, "X-Forwarded-For: 192.0.2.1\r\n"), (
            "what a reader claims is not taken"
        )
    assert site.askers == [f"{circuit} by https" for circuit in circuits for _ in range(2)]
    assert b"200" not in proxy.ask_by_tor(""), (
        "Tor without the line is a mistake of the set-up, and not all readers as one"
    )
    assert len(site.asked) == 4


def test_a_certificate_is_renewed_with_this_file_in_place(site, proxy):
    (proxy.folder / "www" / ".well-known" / "acme-challenge" / "token").write_text("answer")
    assert proxy.get_plain("/.well-known/acme-challenge/token")[:2] == (200, b"answer")
    assert proxy.get_plain("/laws/?q=1")[::2] == (301, "https://example.org/laws/?q=1")
    assert site.asked == []


def test_no_reader_is_logged_whatever_fails(served, proxy):
    served[0].status = 200
    proxy.get("/secret-page/?q=secret-word")  # the site is down
    proxy.get_plain("/secret-page/%2e%2e/%2e%2e/%00?q=secret-word")
    with socket.create_connection(("127.0.0.1", proxy.tls)) as raw:
        raw.sendall(b"GET /secret-page/ HTTP/1.1\r\n\r\n")
        raw.recv(1000)
    (proxy.folder / "cache").chmod(0o500)
    logs = {path.name: path.read_text() for path in (proxy.folder / "logs").iterdir()}
    (proxy.folder / "cache").chmod(0o700)
    for name, text in logs.items():
        assert "secret" not in text and "client:" not in text, (name, text)


def offer(port: int, version: ssl.TLSVersion, ciphers: str) -> str | None:
    context = ssl._create_unverified_context()
    context.minimum_version = context.maximum_version = version
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    try:
        with (
            socket.create_connection(("127.0.0.1", port)) as raw,
            context.wrap_socket(raw, server_hostname="example.org") as one,
        ):
            return one.version()
    except (ssl.SSLError, ConnectionError):
        return None


def test_only_the_tls_of_today_is_spoken(served, proxy):
    version = ssl.TLSVersion
    assert offer(proxy.tls, version.TLSv1_3, "ALL") == "TLSv1.3"
    assert offer(proxy.tls, version.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256") == "TLSv1.2"
    for old in ("AES256-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-SHA256"):
        assert offer(proxy.tls, version.TLSv1_2, old) is None, old
