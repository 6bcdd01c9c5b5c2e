from django.apps import AppConfig


class ComparisonsConfig(AppConfig):
    name = "lawcompare.comparisons"
