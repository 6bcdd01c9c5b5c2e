"""HTML is made by templates and the renderer alone."""

import ast
import re

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.content


def test_html_is_made_by_templates_and_the_renderer_alone():
    """Elsewhere nothing is marked as safe, and no string outside a docstring opens an element."""
    files = [file for file in (ROOT / "lawcompare").rglob("*.py") if "engine" not in file.parts]
    makers = {file.name for file in files if _makes_html(ast.parse(file.read_text()))}
    assert makers == {"html.py"}


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
