"""The kinds of job there are. Each room registers its own when it starts, with the function that does the work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lawcompare.jobs.models import Job

# Called by a job's function with the step it is at, how much of it is done, and of how much.
Report = Callable[[str, int, int], None]


def ignore_progress(step: str, done: int, total: int) -> None:
    """The progress of work that nobody watches."""


@dataclass(frozen=True)
class JobKind:
    """``run`` does a job's work and may be run twice; ``visible`` gives the jobs that a person may see.

    ``retried_by`` names what a person must be allowed to do (see ``accounts.access``) to have one tried again.
    """

    name: str
    model: type[Job]
    run: Callable[[Any, Report], None]
    visible: Callable[[Any], Any]
    retried_by: str


kinds: dict[str, JobKind] = {}
# Done at each sweep besides.
chores: list[Callable[[], object]] = []
# Called with each job that is done or has failed, in the transaction that says so.
watchers: list[Callable[[Any], object]] = []


def register(
    model: type[Job], run: Callable[[Any, Report], None], visible: Callable[[Any], Any], retried_by: str = "review"
) -> None:
    name = str(model._meta.model_name)
    kinds[name] = JobKind(name, model, run, visible, retried_by)


def register_chore(chore: Callable[[], object]) -> None:
    """Have ``chore`` done at each sweep, every minute. Several processes may do it at once."""
    chores.append(chore)


def register_watcher(watcher: Callable[[Any], object]) -> None:
    """Have ``watcher`` called with each job, of whatever kind, once it is done or has failed."""
    watchers.append(watcher)


def kind_of(job: Job) -> JobKind:
    return kinds[job.kind]
