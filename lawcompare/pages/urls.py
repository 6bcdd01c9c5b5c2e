from django.urls import path

from lawcompare.pages import desk, feeds, views

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("glossary/", views.glossary, name="glossary"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("workspace/work/", desk.work, name="work"),
    path("workspace/work/<slug:kind>/<int:number>/", desk.try_again, name="try_again"),
    path("workspace/log/", desk.log, name="log"),
    path("feeds/annotations.atom", feeds.annotations_feed, name="annotations_feed"),
    path("feeds/laws/<slug:law>.atom", feeds.law_feed, name="law_feed"),
    path("feeds/topics/<slug:topic>.atom", feeds.topic_feed, name="topic_feed"),
    path("feeds/organisations/<slug:organisation>.atom", feeds.organisation_feed, name="organisation_feed"),
]
