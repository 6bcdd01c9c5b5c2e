from django.urls import path

from lawcompare.crosswalk import views

urlpatterns = [
    path("topics/", views.topics, name="topics"),
    path("topics/<slug:topic>/", views.topic, name="topic"),
]
