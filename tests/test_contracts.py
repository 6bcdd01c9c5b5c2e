"""What docs/architecture.md and CONTRIBUTING.md say of rooms and names, checked wherever the tests run."""

import ast
import re
import subprocess
import sys
from collections import Counter

import pytest

from tests.conftest import ROOT

# In a process of its own: import-linter configures logging and would silence the loggers of the tests that follow.
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_rooms_know_only_the_rooms_below_them():
    done = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_html_is_made_by_templates_and_the_renderer_alone():
    """Elsewhere nothing is marked as safe, and no string outside a docstring opens an element."""
    files = [file for file in (ROOT / "lawcompare").rglob("*.py") if "engine" not in file.parts]
    makers = {file.name for file in files if _makes_html(ast.parse(file.read_text()))}
    assert makers == {"rendering.py"}


def _makes_html(module: ast.Module) -> bool:
    docstrings = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    texts = [
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
    opened = [text for text in texts if re.search(r"<(a|p|div|span|li|ul|i|b|mark|svg|table)( [a-z]+=[\"{]|>)", text)]
    names = {getattr(node, "id", getattr(node, "attr", None)) for node in ast.walk(module)}
    return bool(opened) or bool(names & {"mark_safe", "format_html"})


# Django asks for these names, and ``Clause`` is one thing in the engine and in the rows that hold it.
SHARED_CLASS_NAMES = {"Meta", "Migration", "Command", "Clause"}


def class_names(folder: str) -> Counter[str]:
    modules = [ast.parse(file.read_text("utf-8")) for file in (ROOT / folder).rglob("*.py")]
    names = Counter(node.name for module in modules for node in ast.walk(module) if isinstance(node, ast.ClassDef))
    return Counter({name: count for name, count in names.items() if name not in SHARED_CLASS_NAMES})


def test_a_class_name_means_one_thing():
    program, tests = class_names("lawcompare"), class_names("tests")
    assert len(program) > 500 and len(tests) > 50
    assert [name for name, count in program.items() if count > 1] == []
    assert program.keys() & tests.keys() == set()
    # Each of the tests on real services has a ``Site`` of its own, as that test sets it up.
    assert [name for name, count in tests.items() if count > 1 and name != "Site"] == []


# Words that say nothing of what a thing is; ``none_found`` and ``NOT_FOUND`` are words of the field.
DIALECT = re.compile(r"(?i)(^|_)(said|told|saying|apart)(_|$)|^_?found(_|$)|^_?says?$")
# Columns of tables, whose names stay.
KEPT_COLUMNS = {"found_at"}


def identifiers(module: ast.Module) -> set[str]:
    """The names of a module's variables, attributes, arguments and functions, but for tests: theirs are sentences."""
    names: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not name.startswith("test_"):
                names.add(name)
    return names - KEPT_COLUMNS


def dialect(module: ast.Module) -> list[str]:
    return sorted(name for name in identifiers(module) if DIALECT.search(name))


def test_a_name_is_of_what_the_thing_is():
    files = [file for folder in ("lawcompare", "tests") for file in (ROOT / folder).rglob("*.py")]
    names = {str(file.relative_to(ROOT)): dialect(ast.parse(file.read_text("utf-8"))) for file in files}
    assert len(names) > 900
    assert {file: words for file, words in names.items() if words} == {}


@pytest.mark.parametrize(
    "code",
    ["found = 1", "one.found_title", "FOUND = 1", "def show(said): ...", "def _say(): ...", "set_apart = 1"],
)
def test_a_name_of_dialect_is_noticed(code):
    assert len(dialect(ast.parse(code))) == 1
    assert dialect(ast.parse("none_found = http.NOT_FOUND\ndef test_it_is_said(): ...")) == []
