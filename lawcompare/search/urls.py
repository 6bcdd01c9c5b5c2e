from django.urls import path

from lawcompare.search import views

urlpatterns = [path("search/", views.search, name="search")]
