"""The rules and the thesaurus, loaded when a server starts: a mistake in one stops it there, not the first reader."""

import gc
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from lawcompare.engine.compare_laws import thesaurus
from lawcompare.engine.errors import EngineError
from lawcompare.engine.rules import runner


def load_data_files() -> None:
    """Load them. Raises ImproperlyConfigured with the file and line of a mistake.

    Commands of a moment do without: they load what they use when they use it, and start in half the time.
    """
    try:
        runner.check_rules()
        thesaurus.load_thesaurus()
    except EngineError as error:
        raise ImproperlyConfigured(str(error)) from None
    # What is loaded stays: without it searches for garbage take a tenth less of a comparison's time.
    gc.freeze()


def load_for_worker(**_: Any) -> None:
    """As a worker starts. Celery goes on after an exception of a listener, but not after this one."""
    try:
        load_data_files()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None
