"""The database refuses to rewrite what people decided on a correspondence or did to a value; whose account is gone may
be forgotten.
"""

from lawcompare.core.triggers import any_changed, refuse_update

DECISION = (
    "correspondence_decision_is_frozen",
    "crosswalk_correspondencedecision",
    ["correspondence_id", "status", "relation", "reason", "organisation_id", "at"],
    "A decision on a correspondence is never changed: decide again.",
)
VALUE_CHANGE = (
    "value_change_is_frozen",
    "crosswalk_valuechange",
    ["value_id", "action", "status", '"values"', "words_eid", "quote", "reason", "organisation_id", "at"],
    "The history of a value is never changed.",
)
TOPIC_CHANGE = (
    "topic_change_is_frozen",
    "crosswalk_topicchange",
    ["topic_id", "action", "content", "reason", "organisation_id", "at"],
    "The history of a topic is never changed.",
)


def statements(vendor: str) -> list[str]:
    return [
        statement
        for name, table, frozen, refusal in (DECISION, VALUE_CHANGE, TOPIC_CHANGE)
        for statement in refuse_update(vendor, name, table, any_changed(frozen, vendor), refusal)
    ]
