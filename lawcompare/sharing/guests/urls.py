from django.urls import path

from lawcompare.sharing.guests import views

PAIR = "<slug:old_law>/<slug:old_version>/with/<slug:new_law>/<slug:new_version>"

urlpatterns = [
    path("workspace/guests/", views.guest_links, name="guest_links"),
    path("workspace/guests/<guestlink:number>/end/", views.end, name="guest_link_end"),
    path(f"workspace/guests/{PAIR}/", views.show_pair, name="guest_link_pair"),
    path(f"workspace/guests/{PAIR}/by-subject/", views.show_subjects, name="guest_link_subjects"),
    path("workspace/guests/drafts/of/<slug:key>/", views.show_draft, name="guest_link_draft"),
    path("workspace/guests/memos/of/<slug:key>/", views.show_memo, name="guest_link_memo"),
    path("workspace/guests/<slug:law>/<slug:version>/", views.show_text, name="guest_link_text"),
    path("guest/<str:token>/", views.guest, name="guest"),
]
