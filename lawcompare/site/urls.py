from django.urls import path

from lawcompare.site.views import activity_log, feeds, jobs, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("about/", pages.about, name="about"),
    path("glossary/", pages.glossary, name="glossary"),
    path("styleguide/", pages.styleguide, name="styleguide"),
    path("workspace/jobs/", jobs.jobs, name="jobs"),
    path("workspace/jobs/<slug:kind>/<int:number>/retry/", jobs.retry_job, name="job_retry"),
    path("workspace/log/", activity_log.log, name="log"),
    path("feeds/annotations.atom", feeds.annotations_feed, name="annotations_feed"),
    path("feeds/laws/<slug:law>.atom", feeds.law_feed, name="law_feed"),
    path("feeds/topics/<slug:topic>.atom", feeds.topic_feed, name="topic_feed"),
    path("feeds/organisations/<slug:organisation>.atom", feeds.organisation_feed, name="organisation_feed"),
]
