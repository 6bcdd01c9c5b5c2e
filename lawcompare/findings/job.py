"""What a worker does to examine a text."""

from lawcompare.findings.examine_version import examine_version
from lawcompare.findings.models import Examination
from lawcompare.jobs.registry import Report


def run_examination(examination: Examination, report: Report) -> None:
    report("examining", 0, 0)
    examine_version(examination)
