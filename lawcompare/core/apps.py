from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CoreConfig(AppConfig):
    name = "lawcompare.core"

    def ready(self) -> None:
        from lawcompare.core import numbers  # noqa: F401  # how numbers stand in addresses
        from lawcompare.core.jobs import tasks  # noqa: F401  # sent by name
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.core.mail import KEPT_FOR, KINDS

        function = "lawcompare.core.mail.send_email"
        once: dict[str, Any] = {"retried_by": "", "attempts_max": 1, "goes_first": True, "kept_for": KEPT_FOR}
        register(*(Kind(name, "e-mail", function, **once) for name in KINDS))
        connection_created.connect(end_with_who_asks)


def end_with_who_asks(connection: Any, **_kwargs: Any) -> None:
    """Have PostgreSQL end a query whose process is gone, as that of a web worker that took too long."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET client_connection_check_interval = '5s'")
