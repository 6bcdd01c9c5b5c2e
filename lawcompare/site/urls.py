from datetime import date

from django.urls import path, register_converter

from lawcompare.site.counterparts import in_language
from lawcompare.site.guides import guide
from lawcompare.site.proposals.views import proposals
from lawcompare.site.views import activity_log, discovery, feeds, pages


class DayConverter:
    """A day of the calendar in an address, as 2026-11-25."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")

urlpatterns = [
    path("", pages.home, name="home"),
    path("in/<slug:code>/", in_language, name="in_language"),
    path("offline/", discovery.offline, name="offline"),
    path("about/", pages.about, name="about"),
    path("glossary/", pages.glossary, name="glossary"),
    path("guides/<slug:name>/", guide, name="guide"),
    path("manifest.webmanifest", discovery.manifest, name="manifest"),
    path("opensearch.xml", discovery.opensearch, name="opensearch"),
    path("styleguide/", pages.styleguide, name="styleguide"),
    path("workspace/jobs/", pages.jobs, name="jobs"),
    path("workspace/jobs/<slug:kind>/<job:number>/retry/", pages.retry_job, name="job_retry"),
    path("workspace/proposals/", proposals, name="proposals"),
    path("workspace/log/", activity_log.log, name="log"),
    path("statements/", activity_log.statements, name="statements"),
    path("statements/<day:day>.txt", activity_log.statement, name="statement"),
    path("feeds/statements.atom", feeds.statements_feed, name="statements_feed"),
    path("feeds/annotations.atom", feeds.annotations_feed, name="annotations_feed"),
    path("feeds/laws/<slug:law>.atom", feeds.law_feed, name="law_feed"),
    path("feeds/topics/<slug:topic>.atom", feeds.topic_feed, name="topic_feed"),
    path("feeds/organisations/<slug:organisation>.atom", feeds.organisation_feed, name="organisation_feed"),
]
