from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from lawcompare.core.log.services import record
from lawcompare.engine.errors import EngineError
from lawcompare.laws.citing import CitationError
from lawcompare.laws.timeline.services import EventFileError
from lawcompare.site.demonstration import load_corpus
from lawcompare.site.stated import LIBRARY


class Command(BaseCommand):
    help = "Load the demonstration corpus of fixtures/. Running it again corrects what changed in them."

    def handle(self, **options: Any) -> None:
        try:
            load_corpus(self.stdout.write)
        except (EngineError, CitationError, EventFileError, ValueError, yaml.YAMLError) as error:
            raise CommandError(f"The demonstration corpus has a mistake: {error}", returncode=2) from None
        record("load", LIBRARY)
        self.stdout.write("The demonstration corpus is loaded.")
