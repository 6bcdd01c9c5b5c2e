from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "lawcompare.backups"
