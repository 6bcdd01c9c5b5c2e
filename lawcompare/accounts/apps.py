from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from lawcompare.accounts.models import Organisation

# Called with an organisation that asks for a second person no longer; apps above add to it in their ``apps.py``.
after_waiving: list[Callable[[Organisation], None]] = []


class AccountsConfig(AppConfig):
    name = "lawcompare.accounts"
    default = True

    def ready(self) -> None:
        # Bound here and not in the package's __init__: the engine must load without Django.
        from lawcompare import celery  # noqa: F401
        from lawcompare.accounts.leaving import OPENINGS, Opening
        from lawcompare.accounts.models import Invitation
        from lawcompare.core.jobs.registry import Kind, register

        sign_in = "lawcompare.accounts.sign_in"
        # A request that no worker took up is forgotten with its address, which nobody may have confirmed.
        kept_for = timedelta(hours=2)
        register(
            Kind(
                "password-email",
                "e-mail about a password",
                f"{sign_in}.send_password_email",
                goes_first=True,
                kept_for=kept_for,
            ),
            Kind("old-sessions", "deletion of sessions", f"{sign_in}.forget_sessions", every=timedelta(minutes=10)),
        )
        OPENINGS.append(Opening(
            "invite", "invited_by", lambda: Invitation.objects.waiting().select_related("organisation"),
            lambda: {"withdrawn_at": timezone.now()},
            "withdraw invitation", lambda row: _("Invitation as %(role)s") % {"role": row.get_role_display()},
        ))  # fmt: skip


class StaffConfig(admin.AdminConfig):
    """Django's admin pages behind the site's own sign-in."""

    default = False
    default_site = "lawcompare.accounts.sign_in.StaffSite"
