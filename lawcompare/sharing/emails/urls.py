from django.urls import path

from lawcompare.sharing.emails import views

urlpatterns = [
    path("accounts/letters/", views.letters, name="letters"),
    path("accounts/letters/<choice:number>/end/", views.unfollow, name="unfollow"),
    path("follow/laws/<slug:law>/", views.follow_law, name="follow_law"),
    path("follow/topics/<slug:topic>/", views.follow_topic, name="follow_topic"),
    path("follow/confirm/<str:token>/", views.confirm, name="follow_confirm"),
    path("follow/end/<str:token>/", views.end, name="follow_end"),
]
