"""Ends answers that take more processor time, or memory, than one may: in the thread that makes them."""

import ctypes
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock, Thread, get_ident
from time import clock_gettime, pthread_getcpuclockid, sleep
from typing import Any

from django.conf import settings
from django.core.cache import cache

log = logging.getLogger(__name__)

# Processor seconds up to which an answer is short, after which it needs a place among those that take long, and after
# which it ends.
SECONDS_SHORT, SECONDS_ALONE, SECONDS_MAX = 1, 3, 20
# Megabytes of a process beyond which the answer that worked longest ends: to store a file of 50 MB takes 480. And those
# that it may keep: with more at so many looks, while it makes nothing long, another takes its place, one in a minute.
MEGABYTES_MAX, MEGABYTES_KEPT, KEPT_LOOKS, REPLACED_EACH = 1_000, 500, 20, 60
# Seconds from one look to the next.
LOOKS_EACH = 0.5


class AnswerEnded(BaseException):
    """Raised in the thread of an answer that had its time. No ``except Exception`` takes it for one of its own."""


def holding[Made](lock: Any, do: Callable[[], Made]) -> Made:
    """Do it while this thread holds the lock, an ``RLock``, which knows who does. ``with`` keeps one for ever where an
    answer ends as it has just been given it: after it waited for who ended it.
    """
    try:
        lock.acquire()
        return do()
    finally:
        try:  # noqa: SIM105 (nothing is called before, where it could end)
            lock.release()
        except RuntimeError:
            pass  # it was ended before it had it


@dataclass(eq=False)
class _Answer:
    """``clock`` is that of its thread's processor time; ``may_go_on``, which waits for nothing, gives it a place."""

    thread: int
    clock: int
    begun: float
    may_go_on: Callable[[], bool]
    is_ended: bool = False

    @property
    def seconds(self) -> float:
        return clock_gettime(self.clock) - self.begun


class AnswerLimits:
    """The answers that a process is making. ``leave`` belongs into a ``finally`` inside what catches AnswerEnded."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.answers: dict[int, _Answer] = {}
        self.process = 0
        self.looks_kept = 0

    def enter(self, may_go_on: Callable[[], bool]) -> None:
        clock = pthread_getcpuclockid(get_ident())
        with self.lock:
            self.answers[get_ident()] = _Answer(get_ident(), clock, clock_gettime(clock), may_go_on)
            if self.process != os.getpid():  # a thread does not outlive a fork
                self.process = os.getpid()
                Thread(target=self._watch, name="answer limits", daemon=True).start()

    def leave(self) -> None:
        """The answer is made, or was ended. May be called twice."""
        holding(self.lock, self._leave)

    def _leave(self) -> None:
        answer = self.answers.pop(get_ident(), None)
        if answer is not None and answer.is_ended:  # and where it was made all the same, what is to come is not
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(answer.thread), None)

    def look(self) -> None:
        """End what had its time. Called by a thread of its own."""
        # Under the lock, for who leaves gives back the place that it was given here.
        with self.lock:
            answers = [answer for answer in self.answers.values() if not answer.is_ended]
            for answer in answers:
                if answer.seconds > SECONDS_MAX or (answer.seconds > SECONDS_ALONE and not answer.may_go_on()):
                    _end(answer)
            # What takes memory works; who asked for something short meanwhile is not ended for it.
            working = [answer for answer in answers if answer.seconds > SECONDS_SHORT and not answer.is_ended]
            if working and only_answers() and megabytes_of_process() > MEGABYTES_MAX:
                _end(max(working, key=lambda answer: answer.seconds))

    def _watch(self) -> None:
        while True:
            sleep(LOOKS_EACH)
            try:
                self.look()
                self._make_room()
            except Exception as error:  # the next look may be luckier, and without it nothing would be ended
                log.error("a look at answers under way failed: %s", type(error).__name__)

    def _make_room(self) -> None:
        """Have gunicorn set another process in the place of this one, which goes with the words that it keeps."""
        with self.lock:
            is_busy = any(answer.seconds > SECONDS_SHORT for answer in self.answers.values())
        if is_busy:  # then its memory is that of what it makes
            return
        keeps = only_answers() and megabytes_of_process() > MEGABYTES_KEPT
        self.looks_kept = self.looks_kept + 1 if keeps else 0
        # Not two at once: until it has finished what it began, a process that goes takes nothing new.
        if self.looks_kept >= KEPT_LOOKS and cache.add("web-process-replaced", True, REPLACED_EACH):
            self.looks_kept = 0
            os.kill(os.getpid(), signal.SIGTERM)


def _end(answer: _Answer) -> None:
    answer.is_ended = True
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(answer.thread), ctypes.py_object(AnswerEnded))


def only_answers() -> bool:
    """Whether this is a process of gunicorn that does no jobs: then its memory is that of its answers."""
    return bool(os.environ.get("ANSWERS")) and settings.TASKS == "worker"


def megabytes_of_process() -> int:
    """Megabytes of memory that this process has; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except OSError:
        return 0
