from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "lawcompare.jobs"
