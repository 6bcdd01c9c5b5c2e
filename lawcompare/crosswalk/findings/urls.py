from django.urls import path

from lawcompare.crosswalk.findings import views

urlpatterns = [
    path("laws/<slug:law>/<slug:version>/findings/", views.findings, name="findings"),
    path("findings/<int:number>/decide/", views.decide, name="finding_decide"),
]
