"""Topics in the search index, in each language they are written in."""

from lawcompare.crosswalk.models import Topic
from lawcompare.languages import in_every_language
from lawcompare.search import services as search
from lawcompare.search.models import EntryKind


def index_topic(topic: Topic) -> None:
    """Put a topic into the search index, in each language it is written in."""
    descriptions = in_every_language(topic, "description")
    findables = [
        search.Findable(EntryKind.TOPIC, topic.slug, title, descriptions.get(language, ""), language)
        for language, title in in_every_language(topic, "title").items()
    ]
    search.put(EntryKind.TOPIC, topic.slug, findables)


def index_all_topics() -> int:
    """Index every topic anew. Returns how many."""
    search.take_out_all(EntryKind.TOPIC)
    topics = list(Topic.objects.current().order_by("position", "pk"))
    for topic in topics:
        index_topic(topic)
    return len(topics)
