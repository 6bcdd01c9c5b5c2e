from django.urls import path

from lawcompare.pages import views

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("glossary/", views.glossary, name="glossary"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
