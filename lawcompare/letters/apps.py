from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "lawcompare.letters"

    def ready(self) -> None:
        from lawcompare.jobs.registry import register, register_chore, register_watcher
        from lawcompare.letters.access import visible_jobs
        from lawcompare.letters.announcing import hear, hear_job
        from lawcompare.letters.models import Announcement, Digest
        from lawcompare.mail.announcements import register_listener

        register(Announcement, "lawcompare.letters.job.run_announcement", visible_jobs(Announcement))
        register(Digest, "lawcompare.letters.job.run_digest", visible_jobs(Digest))
        register_listener(hear)
        register_watcher(hear_job)
        register_chore("lawcompare.letters.services.tidy")
