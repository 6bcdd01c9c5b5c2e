"""Published notes, as the tests of annotations have them; pictures in a folder of the test's own."""

import pytest
from django.core.cache import cache

from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.laws.models import Clause
from tests.annotations.conftest import clause, write
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.world import made_once

SUBJECT = "compare/one/old/with/two/new/subjects/speech/"

__all__ = ["clause", "write"]


@pytest.fixture
@made_once
def subject(store):
    """Two laws of which something is stated under the subject "Speech"."""
    store(OLD_DRAFT, "old", law="one")
    store(NEW_DRAFT, "new", law="two")
    topic = Topic.objects.create(slug="speech", title="Speech", title_km="ការបញ្ចេញមតិ")
    clauses = [Clause.objects.get(version__law__slug=law, heading="Publications") for law in ("one", "two")]
    return state_correspondence(topic, *clauses, "broader", "It reaches more than its model.", "Chan Dara")


@pytest.fixture(autouse=True)
def pictures(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    cache.clear()  # how many were drawn for this visitor
    return tmp_path / "cards"
