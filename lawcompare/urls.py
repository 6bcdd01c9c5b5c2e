"""Every address. Khmer pages are the same under ``/km/``."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from lawcompare.api.views import guide
from lawcompare.site.safety import security_txt
from lawcompare.site.views import discovery
from lawcompare.site.views.health import healthz, metrics, readyz

handler400 = "lawcompare.site.views.pages.bad_request"
handler403 = "lawcompare.site.views.pages.permission_denied"
handler404 = "lawcompare.site.views.pages.not_found"
handler429 = "lawcompare.accounts.responses.too_many"  # asked for by allauth
handler500 = "lawcompare.site.views.pages.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("offline-worker.js", discovery.offline_worker, name="offline_worker"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("robots.txt", discovery.robots, name="robots"),
    path("sitemap.xml", discovery.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:section>-<int:page>.xml", discovery.sitemap, name="sitemap"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("lawcompare.api.urls")),
]

urlpatterns += i18n_patterns(
    path("", include("lawcompare.site.urls")),
    path("api/", guide, name="api"),
    path("", include("lawcompare.sharing.guests.urls")),
    path("", include("lawcompare.memos.urls")),
    path("", include("lawcompare.comparisons.urls")),
    # These three before laws, whose clauses would take the addresses of findings, corrections and concerns.
    path("", include("lawcompare.crosswalk.urls")),
    path("", include("lawcompare.imports.urls")),
    # Laws first: they register the converter that annotations use.
    path("", include("lawcompare.search.urls")),
    path("", include("lawcompare.publishing.urls")),
    path("", include("lawcompare.laws.urls")),
    path("", include("lawcompare.sharing.emails.urls")),
    path("", include("lawcompare.annotations.urls")),
    path("", include("lawcompare.sharing.urls")),
    path("", include("lawcompare.accounts.urls")),
    prefix_default_language=False,
)
