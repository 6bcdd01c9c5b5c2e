from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lawcompare.audit"
