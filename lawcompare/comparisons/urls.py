from django.urls import path

from lawcompare.comparisons import exports, third, versions, views
from lawcompare.comparisons.correcting import views as correcting_views

PAIR = "compare/<slug:old_law>/<slug:old_version>/with/<slug:new_law>/<slug:new_version>"

urlpatterns = [
    path("compare/", views.choose, name="compare"),
    path("laws/<slug:law>/versions/", versions.versions_table, name="versions_table"),
    path("laws/<slug:law>/versions.xlsx", versions.versions_table_xlsx, name="versions_table_xlsx"),
    path(f"{PAIR}.json", views.comparison_json, name="comparison_json"),
    path(f"{PAIR}.docx", exports.comparison_file, {"form": "docx"}, name="comparison_docx"),
    path(f"{PAIR}.pdf", exports.comparison_file, {"form": "pdf"}, name="comparison_pdf"),
    path(f"{PAIR}.xlsx", exports.comparison_file, {"form": "xlsx"}, name="comparison_xlsx"),
    path(f"{PAIR}/by-subject.docx", exports.two_laws_file, {"form": "docx"}, name="two_laws_docx"),
    path(f"{PAIR}/by-subject.xlsx", exports.two_laws_file, {"form": "xlsx"}, name="two_laws_xlsx"),
    path(f"{PAIR}/correct/", correcting_views.correct, name="correct"),
    path(f"{PAIR}/corrections/", correcting_views.corrections, name="corrections"),
    path(f"{PAIR}/corrections/undo/", correcting_views.undo, name="correction_undo"),
    path(f"{PAIR}/sentence/", views.propose_lead, name="propose_lead"),
    path(f"{PAIR}/languages/", correcting_views.languages, name="languages"),
    path(f"{PAIR}/<eid:row>/beside/", third.beside, name="comparison_beside"),
    path(f"{PAIR}/", views.comparison, name="comparison"),
]
