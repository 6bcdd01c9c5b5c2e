"""What a server loads before its first request: a mistake in the rules or the thesaurus stops it there."""

import gc

from django.core.exceptions import ImproperlyConfigured

from lawcompare.core.jobs.registry import import_functions
from lawcompare.engine.compare_laws import thesaurus
from lawcompare.engine.errors import EngineError
from lawcompare.engine.rules import runner
from lawcompare.engine.text.search_form import compile_patterns


def load_data_files() -> None:
    """Load the rules, the thesaurus and what jobs need. A mistake raises ImproperlyConfigured with file and line.

    Commands of a moment do without: they load what they use when they use it, and start in a third of the time.
    """
    import_functions()
    compile_patterns()
    try:
        runner.check_rules()
        thesaurus.load_thesaurus()
    except EngineError as error:
        raise ImproperlyConfigured(str(error)) from None
    # What is loaded stays: without it searches for garbage take a tenth less of a comparison's time.
    gc.freeze()


def load_for_worker() -> None:
    """Load as a worker starts. Celery goes on after an exception of a listener, but not after this one."""
    try:
        load_data_files()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None
