"""Each test begins with nothing counted and no code used up."""

import pytest
from django.core.cache import cache

from tests import second_factor

PASSWORD = "a long enough pass phrase"


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()
    second_factor.forget()
    yield
    cache.clear()
    second_factor.forget()


@pytest.fixture
def alice(cast):
    """Alice, who signs in by PASSWORD."""
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    return cast.alice
