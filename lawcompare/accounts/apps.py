from django.apps import AppConfig
from django.contrib.admin import apps as admin


class AccountsConfig(AppConfig):
    name = "lawcompare.accounts"
    default = True

    def ready(self) -> None:
        # Bound here and not in the package's __init__: the engine must load without Django.
        from lawcompare import celery  # noqa: F401
        from lawcompare.accounts.models import PasswordLetter
        from lawcompare.jobs.registry import register, register_chore

        letters = "lawcompare.accounts.sign_in.password_letters"
        register(PasswordLetter, f"{letters}.run_letter", lambda user: PasswordLetter.objects.none())  # seen by nobody
        register_chore(f"{letters}.forget_letters")


class StaffConfig(admin.AdminConfig):
    """Django's admin pages behind the site's own sign-in."""

    default = False
    default_site = "lawcompare.accounts.sign_in.staff_site.StaffSite"
