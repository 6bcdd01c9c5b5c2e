"""The kinds of job there are: each app registers its own in ``apps.py``, with the path of the function that does it.

A path and not the function: what reads and compares texts takes a second to import, and most commands run no job.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.utils.functional import _StrPromise as StrPromise

    from lawcompare.core.jobs.models import Job

# Called by a job's function with the step it is at, how much of it is done, and of how much.
Report = Callable[[str, int, int], None]
# A running job without a heartbeat for so long has lost its worker.
SILENCE_MAX = timedelta(seconds=settings.WORK_SILENCE_SECONDS)


def ignore_progress(step: str, done: int, total: int) -> None:
    """The progress of work that nobody watches."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of job. ``function`` is the path of what does it, which may be run twice.

    It is called with the row that points to the job (``model``, by its one-to-one ``field``), or with the job where
    there is no ``model``; and with a ``Report``. What it returns is not used.
    """

    name: str
    title: StrPromise | str
    function: str
    model: type[Model] | None = None
    field: str = "job"
    # The rows whose jobs a person may see on the page of jobs; None: staff alone see them, in the admin pages.
    visible: Callable[[Any], QuerySet[Any]] | None = None
    # What a person must be allowed to do to have one tried again (``accounts.access``); empty: nobody can.
    retried_by: str = "review"
    # Whether what the row is called is its organisation's own, and not shown to the staff of the site.
    is_private: bool = False
    # Words for each step that the function reports, and what is counted: ``clauses``, ``notes``, ``pages`` …
    steps: Mapping[str, StrPromise] = dataclasses.field(default_factory=dict)
    unit: str = ""
    # The steps in which the unit is counted; none: in all of them.
    counted_steps: tuple[str, ...] = ()
    # A job that has ended its worker so often would end the next one too. 1: it is never begun a second time.
    attempts_max: int = 3
    silence_max: timedelta = SILENCE_MAX
    # Short, and somebody waits for it: taken before all kinds that are not.
    goes_first: bool = False
    # Its function runs in one transaction, which nobody sees into: its progress is kept in the cache.
    is_one_transaction: bool = False
    # A periodic task: there is one job, which is run again after so long.
    every: timedelta | None = None
    # One is made whenever a job of these kinds is done or has failed (``Job.after``).
    follows: tuple[str, ...] = ()
    # Jobs that no row points to are deleted after so long.
    kept_for: timedelta | None = None

    def row_of(self, job: Job) -> Any:
        """The row that points to a job, holding this very job; None where it was deleted, or the kind has none."""
        if self.model is None:
            return None
        row = self.model._default_manager.filter(**{self.field: job}).first()
        if row is not None:
            setattr(row, self.field, job)
        return row


kinds: dict[str, Kind] = {}


def register(*new: Kind) -> None:
    kinds.update({kind.name: kind for kind in new})


def import_functions() -> None:
    """Import what all jobs need: in a server before it forks, so that its processes share the memory."""
    for kind in kinds.values():
        import_string(kind.function)
