from django.urls import path

from lawcompare.site import feeds, jobs_page, views, workspace

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("glossary/", views.glossary, name="glossary"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("workspace/jobs/", jobs_page.jobs, name="jobs"),
    path("workspace/jobs/<slug:kind>/<int:number>/retry/", jobs_page.retry_job, name="job_retry"),
    path("workspace/log/", workspace.log, name="log"),
    path("feeds/annotations.atom", feeds.annotations_feed, name="annotations_feed"),
    path("feeds/laws/<slug:law>.atom", feeds.law_feed, name="law_feed"),
    path("feeds/topics/<slug:topic>.atom", feeds.topic_feed, name="topic_feed"),
    path("feeds/organisations/<slug:organisation>.atom", feeds.organisation_feed, name="organisation_feed"),
]
