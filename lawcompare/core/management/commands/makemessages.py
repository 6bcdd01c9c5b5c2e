"""Django's own ``makemessages``, which reads the messages of YAML files too: of rules, and of packages."""

from pathlib import Path
from typing import Any

import yaml
from django.core.management.commands import makemessages


def messages_in(path: Path) -> list[tuple[str, ...]]:
    """The messages of a YAML file, each alone or with its plural; none where it marks none.

    A file of rules marks ``message``, ``answer`` and the words of its standard; ``library_messages.yaml`` has them in
    two lists.
    """
    if path.name == "library_messages.yaml":
        listed = yaml.safe_load(path.read_text("utf-8"))
        return [*((message,) for message in listed["messages"]), *map(tuple, listed["plurals"])]
    if path.parent.name == "rules":
        rule = yaml.safe_load(path.read_text("utf-8"))
        marked = [rule.get("message"), rule.get("answer"), rule.get("standard", {}).get("words")]
        return [(" ".join(words.split()),) for words in marked if words]
    return []


class MessagesFile(makemessages.BuildFile):
    def preprocess(self) -> None:
        path = Path(self.path)
        if path.suffix != ".yaml":
            return super().preprocess()
        calls = [
            "ngettext" + repr((*words, 1)) if words[1:] else f"gettext({words[0]!r})" for words in messages_in(path)
        ]
        Path(self.work_path).write_text("\n".join(calls), "utf-8")


class Command(makemessages.Command):
    build_file_class = MessagesFile

    def handle(self, *args: Any, **options: Any) -> None:
        options["extensions"] = options["extensions"] or ["html", "txt", "py", "yaml"]
        super().handle(*args, **options)
