from django.urls import path

from lawcompare.imports.amending import views as amending_views
from lawcompare.imports.review_page import views as review_page_views
from lawcompare.imports.storing import views as storing_views
from lawcompare.imports.upload import views
from lawcompare.imports.uscode import views as uscode_views

HERE = "workspace/imports/<importdraft:number>/"

urlpatterns = [
    path("workspace/imports/", views.imports, name="imports"),
    path("workspace/imports/batch/<importbatch:number>/", views.batch, name="import_batch"),
    path(HERE, review_page_views.review, name="import"),
    path(HERE + "again/", views.read_again, name="import_again"),
    path(HERE + "original/", views.original, name="import_original"),
    path(HERE + "pages/", review_page_views.pages, name="import_pages"),
    path(HERE + "pages/<int:page>/read/", review_page_views.page_read, name="import_page_read"),
    path(HERE + "pages/<int:page>/", review_page_views.page_image, name="import_page"),
    path(HERE + "discard/", views.discard, name="import_discard"),
    path(HERE + "here/", review_page_views.here, name="import_here"),
    path(HERE + "clause/<slug:key>/", review_page_views.clause, name="import_clause"),
    path(HERE + "correct/", review_page_views.correct, name="import_correct"),
    path(HERE + "undo/", review_page_views.step, {"is_redo": False}, name="import_undo"),
    path(HERE + "redo/", review_page_views.step, {"is_redo": True}, name="import_redo"),
    path(HERE + "warnings/", review_page_views.warnings, name="import_warnings"),
    path(HERE + "amending/", amending_views.review, name="amending"),
    path("workspace/amend/", amending_views.start, name="amending_start"),
    path(HERE + "about/", storing_views.about, name="import_about"),
    path(HERE + "preview/", storing_views.preview, name="import_preview"),
    path(HERE + "publish/", storing_views.publish, name="import_publish"),
    path("workspace/correct/<slug:law>/<slug:version>/", storing_views.correct, name="correct_text"),
    path(
        "workspace/correct/<slug:old_law>/<slug:old_version>/with/<slug:new_law>/<slug:new_version>/",
        storing_views.correct_slips,
        name="correct_slips",
    ),
    path("laws/<slug:law>/<slug:version>/corrections/", storing_views.corrections, name="text_corrections"),
    path("workspace/us-law/", uscode_views.uscode, name="uscode"),
    path("workspace/us-law/<fetch:pk>/again/", uscode_views.uscode_again, name="uscode_again"),
    path("workspace/us-law/notices/<releasenotice:pk>/read/", uscode_views.uscode_read, name="uscode_read"),
]
