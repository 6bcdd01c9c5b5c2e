"""The parts of the soak that need no site still run; the others are like the tests in ``services``."""

from __future__ import annotations

from tests.soak import __main__ as soak
from tests.soak import growth, mutants


def test_growth_is_measured_beside_a_peer(monkeypatch, capsys):
    monkeypatch.setattr(growth, "SIZES", [60, 120])
    assert growth.run() == []
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 2 and all("diff-match-patch on the whole texts" in line for line in printed)


def test_growth_that_takes_too_long_breaks_a_promise(monkeypatch):
    monkeypatch.setattr(growth, "SIZES", [20])
    monkeypatch.setattr(growth, "SECONDS_MAX", 0)
    assert len(growth.run()) == 1


def test_damaged_files_of_every_form_are_read_or_refused(monkeypatch, capsys):
    """A few of the ten thousand of the soak."""
    monkeypatch.setattr(mutants, "COUNT", 8)
    monkeypatch.setattr(mutants, "RECOGNISED", 2)
    assert mutants.run() == []
    printed = capsys.readouterr().out.splitlines()[1:]
    counts = dict.fromkeys(mutants.FORMS, "8") | {"recognition": "2"}
    assert [tuple(line.split()[:2]) for line in printed] == list(counts.items())


def test_a_part_that_breaks_down_is_told_and_the_next_one_runs(monkeypatch, capsys):
    monkeypatch.setattr(growth, "SIZES", None)
    monkeypatch.setattr(mutants, "run", list)
    assert soak.main(["growth", "mutants"]) == 1
    printed = capsys.readouterr().out
    assert "BROKEN growth: it broke down: TypeError" in printed and "--- mutants" in printed
    assert soak.main(["mutants"]) == 0 and soak.main(["nothing"]) == 2
