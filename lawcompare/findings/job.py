"""A worker's way with an examination: do it, or say why it failed."""

from __future__ import annotations

import logging

from lawcompare.findings.examine_version import examine_version
from lawcompare.findings.models import Examination

log = logging.getLogger(__name__)


def run_examination(examination_id: int) -> None:
    examination = Examination.objects.select_related("version").filter(pk=examination_id).first()
    if examination is None or examination.finished_at is not None:
        return
    try:
        examine_version(examination)
    except Exception:
        log.exception("examination %s failed", examination_id)
        Examination.objects.filter(pk=examination_id).update(
            reason="The examination ended with an unexpected error, which is in the server's log."
        )
