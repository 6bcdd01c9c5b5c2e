from django.urls import path

from lawcompare.crosswalk import reviewing, views

urlpatterns = [
    path("topics/", views.topics, name="topics"),
    path("topics/matrix.csv", views.matrix_csv, name="matrix_csv"),
    path("topics/matrix.xlsx", views.matrix_xlsx, name="matrix_xlsx"),
    path("topics/<slug:topic>/", views.topic, name="topic"),
    path("workspace/suggestions/", reviewing.suggestions, name="suggestions"),
    path("workspace/suggestions/ask/", reviewing.ask, name="suggestions_ask"),
    path("workspace/suggestions/<int:number>/confirm/", reviewing.confirm, name="suggestion_confirm"),
    path("workspace/suggestions/<int:number>/refuse/", reviewing.refuse, name="suggestion_refuse"),
    path("workspace/suggestions/<int:number>/reopen/", reviewing.reopen, name="suggestion_reopen"),
    path(
        "workspace/correspondences/<slug:law>/<slug:version>/<str:eid>/", reviewing.state, name="state_correspondence"
    ),
]
