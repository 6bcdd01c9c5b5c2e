"""The parts of the soak that need no site still run; the others are like the tests in ``services``."""

from __future__ import annotations

from tests.soak import growth


def test_growth_is_measured_beside_a_peer(monkeypatch, capsys):
    monkeypatch.setattr(growth, "SIZES", [60, 120])
    assert growth.run() == []
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and all("diff-match-patch on the whole texts" in line for line in said)


def test_growth_that_takes_too_long_breaks_a_promise(monkeypatch):
    monkeypatch.setattr(growth, "SIZES", [20])
    monkeypatch.setattr(growth, "SECONDS_MAX", 0)
    assert len(growth.run()) == 1
