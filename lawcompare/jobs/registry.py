"""The kinds of job there are. Each room registers its own when it starts, with the path of the function that does it.

A path and not the function: what reads and compares texts takes a second to import, and most commands run no job.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from lawcompare.jobs.models import Job

# Called by a job's function with the step it is at, how much of it is done, and of how much.
Report = Callable[[str, int, int], None]


def ignore_progress(step: str, done: int, total: int) -> None:
    """The progress of work that nobody watches."""


@dataclass(frozen=True)
class ImportedOnCall:
    """A function by its dotted path, ``room.module.function``; the module is imported when it is first called."""

    path: str

    def __call__(self, *arguments: Any) -> object:
        return self.load()(*arguments)

    def load(self) -> Callable[..., object]:
        """The function. Raises ImportError where there is none at the path."""
        function: Callable[..., object] = import_string(self.path)
        return function


@dataclass(frozen=True)
class JobKind:
    """``run`` does a job's work and may be run twice; ``visible`` gives the jobs that a person may see.

    ``retried_by`` names what a person must be allowed to do (see ``accounts.access``) to have one tried again.
    """

    name: str
    model: type[Job]
    run: Callable[[Any, Report], object]
    visible: Callable[[Any], Any]
    retried_by: str


kinds: dict[str, JobKind] = {}
# Done at each sweep besides.
chores: list[Callable[[], object]] = []
# Called with each job that is done or has failed, in the transaction that says so.
watchers: list[Callable[[Any], object]] = []


def register(model: type[Job], run: str, visible: Callable[[Any], Any], retried_by: str = "review") -> None:
    """Have jobs of ``model`` done by the function at the path ``run``; it takes the job and a ``Report``."""
    name = str(model._meta.model_name)
    kinds[name] = JobKind(name, model, ImportedOnCall(run), visible, retried_by)


def register_chore(path: str) -> None:
    """Have the function at ``path`` called at each sweep, every minute. Several processes may do it at once."""
    chores.append(ImportedOnCall(path))


def register_watcher(watcher: Callable[[Any], object]) -> None:
    """Have ``watcher`` called with each job, of whatever kind, once it is done or has failed."""
    watchers.append(watcher)


def import_functions() -> None:
    """Import what all jobs and chores need: in a server before it forks, so that its processes share the memory."""
    for function in (*(kind.run for kind in kinds.values()), *chores):
        if isinstance(function, ImportedOnCall):
            function.load()


def kind_of(job: Job) -> JobKind:
    return kinds[job.kind]
