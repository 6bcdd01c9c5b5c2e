from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class FindingsConfig(AppConfig):
    name = "lawcompare.findings"

    def ready(self) -> None:
        # A rule file with a mistake stops the start with its line, not the first page that needs it.
        from lawcompare.engine.errors import EngineError
        from lawcompare.engine.rules.runner import check_rules

        try:
            check_rules()
        except EngineError as error:
            raise ImproperlyConfigured(str(error)) from None
