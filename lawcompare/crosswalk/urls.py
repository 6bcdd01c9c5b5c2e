from django.urls import path

from lawcompare.crosswalk.suggestions import views as suggestion_views
from lawcompare.crosswalk.topics import views

urlpatterns = [
    path("topics/", views.topics, name="topics"),
    path("topics/matrix.csv", views.matrix_csv, name="matrix_csv"),
    path("topics/matrix.xlsx", views.matrix_xlsx, name="matrix_xlsx"),
    path("topics/<slug:topic>/", views.topic, name="topic"),
    path("workspace/suggestions/", suggestion_views.suggestions, name="suggestions"),
    path("workspace/suggestions/ask/", suggestion_views.ask, name="suggestions_ask"),
    path("workspace/suggestions/<int:number>/confirm/", suggestion_views.confirm, name="suggestion_confirm"),
    path("workspace/suggestions/<int:number>/refuse/", suggestion_views.refuse, name="suggestion_refuse"),
    path("workspace/suggestions/<int:number>/reopen/", suggestion_views.reopen, name="suggestion_reopen"),
    path(
        "workspace/correspondences/<slug:law>/<slug:version>/<str:eid>/",
        suggestion_views.state,
        name="state_correspondence",
    ),
]
