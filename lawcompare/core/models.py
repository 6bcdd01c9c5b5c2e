"""The tables of the app; each stands with what it is for."""

from lawcompare.core.jobs.models import Job, JobQuerySet, JobState, Progress
from lawcompare.core.log.models import Entry, Statement
from lawcompare.core.page_cache.models import ContentToken
from lawcompare.core.translations.models import LocalisedText, Translated

__all__ = [
    "ContentToken",
    "Entry",
    "Job",
    "JobQuerySet",
    "JobState",
    "LocalisedText",
    "Progress",
    "Statement",
    "Translated",
]
