from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "lawcompare.findings"

    def ready(self) -> None:
        # A rule file with a mistake stops the start with its line, not the first page that needs it.
        from lawcompare.engine.rules import load_rules

        load_rules()
