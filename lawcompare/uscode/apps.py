from django.apps import AppConfig


class UscodeConfig(AppConfig):
    name = "lawcompare.uscode"
