from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MemosConfig(AppConfig):
    name = "lawcompare.memos"

    def ready(self) -> None:
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.memos.access import visible_files
        from lawcompare.memos.models import MemoFile

        register(
            Kind(
                "memofile",
                _("file of a memo"),
                "lawcompare.memos.files.run_memo_file",
                MemoFile,
                visible=visible_files,
                retried_by="annotate",
                steps={"writing": _("Writing the file")},
            )
        )
        old = "deletion of files of memos", "lawcompare.memos.files.forget_old_files"
        register(Kind("old-memo-files", *old, every=timedelta(minutes=10)))
