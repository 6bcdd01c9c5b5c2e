from django.urls import path

from lawcompare.annotations import outputs, views

urlpatterns = [
    path("annotations/", views.annotation_list, name="annotations"),
    path("annotations.jsonld", outputs.annotations_jsonld, name="annotations_jsonld"),
    path("annotations.csv", outputs.annotations_csv, name="annotations_csv"),
    path("annotations.xlsx", outputs.annotations_xlsx, name="annotations_xlsx"),
    path("annotations/<slug:slug>.jsonld", outputs.annotation_jsonld, name="annotation_jsonld"),
    path("annotations/<slug:slug>/", views.annotation, name="annotation"),
    path("annotations/<slug:slug>/edit/", views.edit, name="annotation_edit"),
    path("annotations/<slug:slug>/submit/", views.submit, name="annotation_submit"),
    path("annotations/<slug:slug>/decide/", views.decide, name="annotation_decide"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/annotate/", views.annotate, name="annotate"),
    path("workspace/import/", outputs.take_in, name="annotations_take_in"),
    path("workspace/", views.workspace, name="workspace"),
]
