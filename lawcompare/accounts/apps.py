from django.apps import AppConfig
from django.contrib.admin import apps as admin


class AccountsConfig(AppConfig):
    name = "lawcompare.accounts"
    default = True

    def ready(self) -> None:
        # Bound here and not in the package's __init__: the engine must load without Django.
        from lawcompare import celery  # noqa: F401


class StaffConfig(admin.AdminConfig):
    """Django's admin pages behind the site's own sign-in."""

    default = False
    default_site = "lawcompare.accounts.sign_in.staff_site.StaffSite"
