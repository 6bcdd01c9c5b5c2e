from django.urls import path

from lawcompare.annotations import views

urlpatterns = [
    path("annotations/", views.annotation_list, name="annotations"),
    path("annotations/<slug:slug>/", views.annotation, name="annotation"),
    path("annotations/<slug:slug>/edit/", views.edit, name="annotation_edit"),
    path("annotations/<slug:slug>/submit/", views.submit, name="annotation_submit"),
    path("annotations/<slug:slug>/decide/", views.decide, name="annotation_decide"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/annotate/", views.annotate, name="annotate"),
    path("workspace/", views.workspace, name="workspace"),
]
