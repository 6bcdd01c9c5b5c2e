"""``make outside``: a tool that is missing is named and skipped, or a failure where it is required."""

import pytest

from tests.outside import __main__ as outside
from tests.outside import parts


@pytest.mark.parametrize("name", [name for name in parts.PARTS if name not in {"akn", "pdf", "office"}])
def test_a_missing_tool_is_named_with_the_reason(tmp_path, name):
    errors, skipped = outside.run([name], "http://127.0.0.1:9", "npm is not installed")
    assert errors == [] and skipped == [f"{name}: npm is not installed"]


def test_a_tool_that_was_not_installed_is_named(tmp_path):
    with pytest.raises(parts.ToolMissing, match="redocly is not installed"):
        next(parts.PARTS["openapi"]("http://127.0.0.1:9", tmp_path, ""))


def test_libreoffice_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(parts.shutil, "which", lambda *_names, **_more: None)
    errors, skipped = outside.run(["office"], "http://127.0.0.1:9", "")
    assert errors == [] and skipped == ["office: libreoffice-writer and python3-uno are not installed"]
