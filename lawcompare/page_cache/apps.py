from django.apps import AppConfig


class PageCacheConfig(AppConfig):
    name = "lawcompare.page_cache"
