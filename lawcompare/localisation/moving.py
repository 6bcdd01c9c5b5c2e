"""For migrations: from a column for the Khmer words of a field to words in any number of languages, and back."""

from collections.abc import Callable, Sequence
from typing import Any

Step = Callable[[Any, Any], None]


def move(app: str, model: str, fields: Sequence[str]) -> Step:
    """Returns what puts the Khmer words of ``<field>_km`` into ``in_other_languages``."""

    def step(apps: Any, schema_editor: Any) -> None:
        for row in apps.get_model(app, model).objects.using(schema_editor.connection.alias).all():
            texts = {field: {"km": words} for field in fields if (words := getattr(row, f"{field}_km"))}
            if texts:
                row.in_other_languages = texts
                row.save(update_fields=["in_other_languages"])

    return step


def move_back(app: str, model: str, fields: Sequence[str]) -> Step:
    """Returns what puts the Khmer words back into their columns; those in other languages are lost."""

    def step(apps: Any, schema_editor: Any) -> None:
        for row in apps.get_model(app, model).objects.using(schema_editor.connection.alias).all():
            for field in fields:
                setattr(row, f"{field}_km", row.in_other_languages.get(field, {}).get("km", ""))
            row.save()

    return step
