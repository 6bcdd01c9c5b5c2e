from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lawcompare.accounts"

    def ready(self) -> None:
        # Bound here and not in the package's __init__: the engine must load without Django.
        from lawcompare import celery  # noqa: F401
