"""Concerns, text by text, whose addresses would be taken for a version's after those of the laws; and the queue."""

from django.urls import path

from lawcompare.publishing.carrying_forward import views as queue
from lawcompare.publishing.concerns import views
from lawcompare.publishing.concerns.chart_svg import DARK, LIGHT

urlpatterns = [
    path("laws/<slug:law>/concerns/", views.concerns, name="concerns"),
    path("laws/<slug:law>/concerns.svg", views.concerns_picture, {"palette": LIGHT}, name="concerns_svg"),
    path(
        "laws/<slug:law>/concerns.dark.svg",
        views.concerns_picture,
        {"palette": DARK, "is_bare": True},
        name="concerns_dark_svg",
    ),
    path(
        "laws/<slug:law>/concerns.page.svg",
        views.concerns_picture,
        {"palette": LIGHT, "is_bare": True},
        name="concerns_page_svg",
    ),
    path("laws/<slug:law>/concerns.csv", views.concerns_csv, name="concerns_csv"),
    path("laws/<slug:law>/concerns.docx", views.concerns_file, {"form": "docx"}, name="concerns_docx"),
    path("laws/<slug:law>/concerns.xlsx", views.concerns_file, {"form": "xlsx"}, name="concerns_xlsx"),
    path("workspace/carrying/", queue.carryings, name="carryings"),
    path("workspace/carrying/<carrying:number>/", queue.queue, name="carrying"),
    path("workspace/carrying/look-again/", queue.look_again, name="look_again"),
    path("workspace/carrying/<carrying:number>/again/", queue.carry_again, name="carrying_again"),
    path("workspace/carrying/<carrying:number>/undo/", queue.undo, name="carrying_undo"),
    path("workspace/carrying/<carrying:number>/confirm/", queue.confirm_kept, name="carrying_confirm_kept"),
    path("workspace/carrying/note/<carried:number>/", queue.decide, name="carried_decide"),
    path("workspace/carrying/<carrying:number>/close/", queue.close_lost, name="carrying_close_lost"),
    path("workspace/carrying/note/<carried:number>/look/", queue.look, name="carried_look"),
    path("workspace/carrying/note/<carried:number>/edit/", queue.edit, name="carried_edit"),
]
