from django.apps import AppConfig


class MemosConfig(AppConfig):
    name = "lawcompare.memos"

    def ready(self) -> None:
        from lawcompare.jobs.registry import register
        from lawcompare.memos.access import visible_files
        from lawcompare.memos.models import MemoFile

        register(MemoFile, "lawcompare.memos.files.job.run_memo_file", visible_files, retried_by="annotate")
