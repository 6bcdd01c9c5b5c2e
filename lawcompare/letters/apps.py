from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "lawcompare.letters"

    def ready(self) -> None:
        from lawcompare.jobs.registry import register, register_chore, register_watcher
        from lawcompare.letters.access import visible_jobs
        from lawcompare.letters.announcing import hear, hear_job
        from lawcompare.letters.job import run_announcement, run_digest
        from lawcompare.letters.models import Announcement, Digest
        from lawcompare.letters.services import tidy
        from lawcompare.mail.announcements import register_listener

        register(Announcement, run_announcement, visible_jobs(Announcement))
        register(Digest, run_digest, visible_jobs(Digest))
        register_listener(hear)
        register_watcher(hear_job)
        register_chore(tidy)
