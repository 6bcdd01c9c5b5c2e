from django.urls import path

from lawcompare.comparisons import correcting_views, many_views, outputs, views

PAIR = "compare/<slug:old_law>/<slug:old_version>/with/<slug:new_law>/<slug:new_version>"

urlpatterns = [
    path("compare/", views.choose, name="compare"),
    path("laws/<slug:law>/versions/", many_views.many_versions, name="many_versions"),
    path("laws/<slug:law>/versions.xlsx", many_views.many_versions_xlsx, name="many_versions_xlsx"),
    path("workspace/carrying/look-again/", views.look_again, name="look_again"),
    path("workspace/carrying/<int:number>/again/", views.carry_again, name="carrying_again"),
    path(f"{PAIR}.json", views.comparison_json, name="comparison_json"),
    path(f"{PAIR}.docx", outputs.comparison_docx, name="comparison_docx"),
    path(f"{PAIR}.pdf", outputs.comparison_pdf, name="comparison_pdf"),
    path(f"{PAIR}/correct/", correcting_views.correct, name="correct"),
    path(f"{PAIR}/corrections/", correcting_views.corrections, name="corrections"),
    path(f"{PAIR}/corrections/take-back/", correcting_views.take_back, name="correction_take_back"),
    path(f"{PAIR}/languages/", correcting_views.languages, name="languages"),
    path(f"{PAIR}/", views.comparison, name="comparison"),
]
