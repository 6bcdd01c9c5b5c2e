from django.urls import path

from lawcompare.crosswalk import views

urlpatterns = [
    path("topics/", views.topics, name="topics"),
    path("topics/matrix.csv", views.matrix_csv, name="matrix_csv"),
    path("topics/matrix.xlsx", views.matrix_xlsx, name="matrix_xlsx"),
    path("topics/<slug:topic>/", views.topic, name="topic"),
]
