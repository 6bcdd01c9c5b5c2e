"""The Khmer catalogue: complete, the same in .po and .mo, in Khmer, and whatever a page says is in it."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import allauth
import django
import pytest
from django.utils import translation
from django.utils.translation.template import templatize

from lawcompare.annotations.models import NoteStatus, Risk
from lawcompare.comparisons.models import PairKind
from lawcompare.core.management.commands.makemessages import messages_in
from lawcompare.crosswalk.models import Relation
from lawcompare.engine.rules import load_rules
from lawcompare.engine.values.words import load_value_words
from lawcompare.engine.wording.values import NAMES
from lawcompare.laws.models import LawKind, TextStatus
from tests.conftest import ROOT

pytestmark = pytest.mark.content
CATALOGUE = ROOT / "locale/km/LC_MESSAGES"
KHMER = re.compile(r"[\u1780-\u17b3]")
PLACE = re.compile(r"%\(\w+\)[sd]|%%\w*|%[sd]")
# Names, and what is typed as it stands.
LATIN_WORDS = {
    "lawcompare", "Markdown", "NUL", "SHA", "demo", "import_law", "YYYY", "MM", "DD", "passkey", "JSON", "LD",
    "CSV", "DOCX", "XLSX", "PDF", "SVG", "ZIP", "HTML", "XML", "USLM", "AKN", "Word", "docx", "Atom", "Web", "W", "C",
    "Annotation", "Annotations", "Akoma", "Ntoso", "BibTeX", "OpenAPI", "UTF", "MB", "JavaScript", "Enter", "Space",
    "Escape", "PIN", "Aegis", "FreeOTP", "Google", "Authenticator", "low", "medium", "high", "critical", "old", "new",
    "eId", "hash", "Office", "of", "the", "Law", "Revision", "Counsel", "n", "p", "API", "Attorney", "General",
    "JPEG", "PNG", "TIFF", "Unicode", "un", "coe", "OpenDocument", "odt", "RTF",
}  # fmt: skip
# What a person types as it stands here, digits and all.
TYPED = re.compile(
    r"`[^`]+`|RFC 9457|ISO 639-1|ISO 3166-1"
    r"|SHA-256|W3C|UTF-8|ICCPR 19\(3\)|Budapest 15|18 U\.S\.C\. 2518|18:1030,2510-2523|47:230|119-36|28\(3\)|art_28"
    r"|20[12]4(?:-\d\d)*|old,new|intent · court|at most 90 days|at least 2 years"
    r"|prison 1 year\.\.3 years; fine \.\.5000 USD; or both"
)


LIBRARY_MESSAGES = ROOT / "lawcompare/core/translations/library_messages.yaml"


class Message(NamedTuple):
    context: str
    msgid: str
    plural: str = ""


# --- reading ------------------------------------------------------------------------------------------------------


def read_po(path: Path) -> Iterator[tuple[Message, str, str]]:
    """(message, translation, flags) of each entry after the header."""
    for block in path.read_text("utf-8").strip().split("\n\n")[1:]:
        words: dict[str, str] = {}
        name = ""
        for key, quoted in re.findall(r'^(?:(msg\S+) )?(".*")$', block, re.M):
            name = key or name  # a line without a keyword goes on with the one before
            words[name] = words.get(name, "") + ast.literal_eval(quoted)
        message = Message(words.get("msgctxt", ""), words["msgid"], words.get("msgid_plural", ""))
        flags = " ".join(re.findall(r"^#, (.*)$", block, re.M))
        yield message, words["msgstr[0]" if message.plural else "msgstr"], flags


def in_python(source: str) -> Iterator[Message]:
    """The messages that a Python file marks."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        kind = re.fullmatch(r"_|(n?)(p?)gettext(?:_lazy|_noop)?|(p?)ngettext(?:_lazy)?|pgettext(?:_lazy)?", name)
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if not kind or not words:
            continue
        context = words.pop(0) if "pgettext" in name else ""
        if words:
            yield Message(context, words[0], words[1] if "ngettext" in name else "")


def in_template(source: str) -> Iterator[Message]:
    """The messages that a template marks, as Django's makemessages finds them."""
    for call in re.findall(
        r"(?:\bn?p?gettext|\b_)\((?:u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")[, ]*)+", templatize(source)
    ):
        yield from in_python(call.rstrip(", ") + ")")


def marked(*roots: Path) -> set[Message]:
    """Every message of the Python files and templates below."""
    messages: set[Message] = set()
    for root in roots:
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.suffix == ".py":
                messages.update(in_python(path.read_text("utf-8")))
            elif path.suffix == ".yaml":
                messages.update(Message("", *words) for words in messages_in(path))
            elif path.suffix in {".html", ".txt", ".xml"}:
                messages.update(in_template(path.read_text("utf-8")))
    return messages


PO = {message: translated for message, translated, _flags in read_po(CATALOGUE / "django.po")}


# --- the catalogue ------------------------------------------------------------------------------------------------


def test_the_compiled_catalogue_says_what_the_source_says():
    compiled = gettext.GNUTranslations((CATALOGUE / "django.mo").open("rb"))._catalog  # type: ignore[attr-defined]
    translations = {key: words for key, words in compiled.items() if key != ""}
    expected = {}
    for message, translated in PO.items():
        key = f"{message.context}\x04{message.msgid}" if message.context else message.msgid
        expected[(key, 0) if message.plural else key] = translated
    assert translations == expected, "compile it again: python manage.py compilemessages"


def test_every_marked_message_of_code_and_templates_is_translated():
    messages = marked(ROOT / "lawcompare", ROOT / "templates")
    assert len(messages) > 300
    assert not messages - PO.keys(), (
        "missing; run: python manage.py makemessages -l km --no-obsolete --no-location --no-wrap"
    )
    assert not PO.keys() - messages, "nobody says this any more"


def test_no_translation_is_doubtful():
    flags = {message: flags for message, _translated, flags in read_po(CATALOGUE / "django.po")}
    assert len(flags) == len(PO), "an entry appears twice"
    assert [message for message, flag in flags.items() if "fuzzy" in flag] == []


def faults(message: Message, translated: str) -> Iterator[str]:
    words, original = (TYPED.sub("", PLACE.sub("", text)) for text in (translated, message.msgid))
    if set(PLACE.findall(translated)) != set(PLACE.findall(message.plural or message.msgid)):
        yield "other places for values"
    is_only_values = not re.search("[A-Za-z]", original)  # a date, which Khmer writes with the words year and month
    if not is_only_values and not KHMER.search(words):
        yield "not Khmer"
    if english := set(re.findall(r"[A-Za-z_]+", words)) - LATIN_WORDS:
        yield f"English is left in it: {english}"
    if re.search(r"[0-9]", words):
        yield "its digits are not Khmer"
    if translated != translated.strip():
        yield "space around it"
    leads_to_a_value = translated.endswith("៖")
    if not leads_to_a_value and (translated[-1:] in "។?!") != (message.msgid[-1:] in ".?:!"):
        yield "it ends otherwise"


def test_each_translation_is_khmer_with_the_same_places_and_the_same_end():
    by_message = {message.msgid: list(faults(message, translated)) for message, translated in PO.items()}
    assert {msgid: wrong for msgid, wrong in by_message.items() if wrong} == {}


def test_what_the_engine_s_data_files_say_is_marked_for_translation():
    rules = load_rules()
    assert {Message("", words) for rule in rules for words in (rule.message, rule.answer) if words} <= PO.keys()
    assert load_value_words().names <= set(NAMES)


def test_the_words_taken_over_from_packages_are_still_theirs():
    django_root, allauth_root = Path(django.__file__).parent, Path(allauth.__file__).parent
    theirs = marked(
        *(django_root / path for path in ("forms", "core/validators.py", "contrib/auth", "shortcuts.py")),
        *(allauth_root / path for path in ("account", "mfa", "templates/account")),
    )
    assert {Message("", *words) for words in messages_in(LIBRARY_MESSAGES)} <= theirs


def test_labels_are_the_glossary_s_words():
    glossary: dict[str, set[str]] = {}
    for term, khmer in re.findall(
        r"^\| `([\w-]+)` \| ([^|]+) \|", (ROOT / "docs/glossary.md").read_text("utf-8"), re.M
    ):
        glossary.setdefault(term, set()).add(khmer.strip())
    for choices in (PairKind, Relation, TextStatus, LawKind, NoteStatus, Risk):
        for choice in choices:
            term = choice.name.lower() if choices is Risk else str(choice.value)
            if choice == Risk.NONE:
                continue
            with translation.override("km"):
                assert str(choice.label).partition("៖")[0] in glossary[term], choice
