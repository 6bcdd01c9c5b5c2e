from django.urls import path

from lawcompare.imports import views
from lawcompare.imports.views import mending, publishing

HERE = "workspace/imports/<int:number>/"

urlpatterns = [
    path("workspace/imports/", views.imports, name="imports"),
    path("workspace/imports/batch/<int:number>/", views.batch, name="import_batch"),
    path(HERE, mending.desk, name="import"),
    path(HERE + "again/", views.read_again, name="import_again"),
    path(HERE + "original/", views.original, name="import_original"),
    path(HERE + "discard/", views.discard, name="import_discard"),
    path(HERE + "here/", mending.here, name="import_here"),
    path(HERE + "clause/<slug:key>/", mending.clause, name="import_clause"),
    path(HERE + "mend/", mending.mend, name="import_mend"),
    path(HERE + "undo/", mending.undo, name="import_undo"),
    path(HERE + "redo/", mending.redo, name="import_redo"),
    path(HERE + "doubts/", mending.doubts, name="import_doubts"),
    path(HERE + "about/", publishing.about, name="import_about"),
    path(HERE + "preview/", publishing.preview, name="import_preview"),
    path(HERE + "publish/", publishing.publish, name="import_publish"),
    path("workspace/correct/<slug:law>/<slug:version>/", publishing.correct, name="correct_text"),
    path("laws/<slug:law>/<slug:version>/mends/", publishing.mends, name="mends"),
]
