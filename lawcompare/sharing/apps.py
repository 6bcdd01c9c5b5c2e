from datetime import timedelta

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext as _


class SharingConfig(AppConfig):
    name = "lawcompare.sharing"

    def ready(self) -> None:
        from lawcompare.accounts.leaving import ENDINGS, OPENINGS, Opening
        from lawcompare.annotations.models import NoteDecision
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.laws.models import Version
        from lawcompare.sharing.emails.access import forget_waiting
        from lawcompare.sharing.guests.models import GuestLink

        OPENINGS.append(Opening(
            "import", "by",
            lambda: GuestLink.objects.filter(ended_at=None, expires_at__gt=timezone.now()).select_related(
                "organisation", "memo", "old__law", "new__law"
            ),
            lambda: {"ended_at": timezone.now()}, "end guest link",
            lambda row: _("Guest link to %(text)s") % {"text": row.title},
        ))  # fmt: skip
        ENDINGS.append(forget_waiting)
        telling, title, day = "lawcompare.sharing.emails.telling", "announcement by e-mail", timedelta(days=1)
        ended = ("reading", "storing", "fetch", "carrying")
        register(
            Kind("note-news", title, f"{telling}.tell_of_decision", NoteDecision, kept_for=day),
            Kind("text-news", title, f"{telling}.tell_of_text", Version, field="news_job"),
            Kind("job-news", title, f"{telling}.tell_of_job", follows=ended, kept_for=day),
            Kind("daily-emails", "daily e-mails", f"{telling}.write_daily", every=timedelta(minutes=10)),
        )
