from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "lawcompare.datasets"
