"""Tests that publish texts: each file has a site of its own, so that no other test meets what it left behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import serving


@pytest.fixture(scope="module")
def site_data(prepared_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(prepared_site, tmp_path_factory.mktemp("own-site") / "data"))


@pytest.fixture(scope="module")
def site(site_data: Path) -> Iterator[str]:
    with serving.serving(site_data, site_data.with_name("server.log")) as address:
        yield address
