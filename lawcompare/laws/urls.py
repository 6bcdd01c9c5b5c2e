from django.urls import path, register_converter
from django.urls.converters import StringConverter

from lawcompare.laws import views, wanted
from lawcompare.laws.editing import views as editing_views
from lawcompare.laws.plain_words import views as plain_words_views
from lawcompare.laws.timeline import views as timeline_views
from lawcompare.laws.translations import views as translation_views
from lawcompare.laws.withdrawal import views as withdrawal_views


class EidConverter(StringConverter):
    """An eId in an address, by the AKN naming convention: letters, digits, ``_`` and ``-``."""

    regex = r"[\w-]+"


register_converter(EidConverter, "eid")

urlpatterns = [
    path("workspace/withdraw/<slug:law>/", withdrawal_views.withdraw, name="withdraw_law"),
    path("workspace/withdraw/<slug:law>/<slug:version>/", withdrawal_views.withdraw, name="withdraw"),
    path("workspace/restore/<withdrawal:number>/", withdrawal_views.restore, name="restore"),
    path("workspace/laws/<slug:law>/", editing_views.edit_law, name="law_edit"),
    path("workspace/laws/<slug:law>/<slug:version>/", editing_views.rename_text, name="text_rename"),
    path("workspace/renderings/", translation_views.translations, name="translations"),
    path("workspace/renderings/<slug:law>/<slug:version>/", translation_views.review, name="review_translation"),
    path("wanted/", wanted.wanted, name="wanted"),
    path("laws/", views.library, name="library"),
    path("laws/<slug:law>/", views.law, name="law"),
    path("laws/<slug:law>/events/add/", timeline_views.add_event, name="event_add"),
    path("laws/<slug:law>/events/<slug:event>/", timeline_views.edit_event, name="event_edit"),
    path("laws/<slug:law>/<slug:version>.json", views.version_json, name="version_json"),
    path("laws/<slug:law>/<slug:version>.akn.xml", views.version_akn, name="version_akn"),
    path("laws/<slug:law>/<slug:version>.md", views.version_markdown, name="version_markdown"),
    path("laws/<slug:law>/<slug:version>.txt", views.version_text, name="version_text"),
    path("laws/<slug:law>/<slug:version>/", views.version, name="version"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/plain-words/", plain_words_views.plain_words, name="plain_words"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>.json", views.clause_json, name="clause_json"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/", views.clause, name="clause"),
]
