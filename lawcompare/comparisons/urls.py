from django.urls import path

from lawcompare.comparisons import outputs, views

PAIR = "compare/<slug:old_law>/<slug:old_version>/with/<slug:new_law>/<slug:new_version>"

urlpatterns = [
    path("compare/", views.choose, name="compare"),
    path(f"{PAIR}.json", views.comparison_json, name="comparison_json"),
    path(f"{PAIR}.docx", outputs.comparison_docx, name="comparison_docx"),
    path(f"{PAIR}.pdf", outputs.comparison_pdf, name="comparison_pdf"),
    path(f"{PAIR}/", views.comparison, name="comparison"),
]
