from django.contrib import admin

from lawcompare.localisation.models import LocalisedText
from lawcompare.localisation.texts import announce


@admin.register(LocalisedText)
class LocalisedTextAdmin(admin.ModelAdmin):
    """The texts side by side, for who knows both languages to correct, and to set their name to."""

    list_display = ["original", "words", "checked_by"]
    list_filter = ["language", ("checked_by", admin.EmptyFieldListFilter)]
    search_fields = ["original", "words"]
    fields = ["language", "original", "words", "checked_by"]
    readonly_fields = ["language", "original"]

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        announce([obj.original])
