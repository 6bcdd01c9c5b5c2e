"""The addresses of cards, of the pages that carry them and of embeds. ``embed/`` alone may stand in a frame."""

from django.urls import path

from lawcompare.sharing import views

KINDS = {
    "clause": "laws/<slug:law>/<slug:version>/<eid:eid>",
    "row": "compare/<slug:old_law>/<slug:old_version>/with/<slug:new_law>/<slug:new_version>/<eid:row>",
    "subject": "compare/<slug:old_law>/<slug:old_version>/with/<slug:new_law>/<slug:new_version>/subjects/<slug:topic>",
    "note": "annotations/<slug:slug>",
    "concerns": "laws/<slug:law>/concerns",
}

urlpatterns = [path("share/site.png", views.card_site, name="card_site")]
for kind, address in KINDS.items():
    urlpatterns += [
        path(f"share/{address}/", getattr(views, f"share_{kind}"), name=f"share_{kind}"),
        path(f"share/{address}.png", getattr(views, f"card_{kind}"), name=f"card_{kind}"),
        path(f"embed/{address}/", getattr(views, f"embed_{kind}"), name=f"embed_{kind}"),
    ]
