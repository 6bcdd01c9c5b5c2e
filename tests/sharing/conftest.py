"""Published notes, as the tests of annotations have them; pictures in a folder of the test's own."""

import pytest
from django.core.cache import cache

from tests.annotations.conftest import clause, write

__all__ = ["clause", "write"]


@pytest.fixture(autouse=True)
def pictures(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    cache.clear()  # how many were drawn for this visitor
    return tmp_path / "cards"
