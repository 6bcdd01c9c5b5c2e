"""The limits of processor time: they hold back what is slow, and move with the machine."""

import time

import pytest

from tests import processor_time
from tests.processor_time import at_most


def work_for(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_what_takes_longer_fails_and_what_does_not_passes():
    with pytest.raises(AssertionError, match="rounds, of which 2 are allowed"), at_most(0.01):
        work_for(0.3)
    with at_most(10):
        work_for(0.3)


def test_on_a_slower_machine_more_is_allowed(monkeypatch):
    monkeypatch.setattr(processor_time, "_seconds_of_a_round", lambda: 1.0)
    with at_most(0.01):
        work_for(0.3)


def test_the_time_of_children_is_counted_once_they_ended(monkeypatch):
    used = iter([1.0, 9.0])
    monkeypatch.setattr(processor_time, "_seconds_used", lambda of_children: next(used) if of_children else 0.0)
    with pytest.raises(AssertionError, match=r"it took 8\.00 s"), at_most(0.1, of_children=True):
        pass
