from django.urls import path

from lawcompare.annotations import exchange
from lawcompare.annotations.own_notes import views as own_views
from lawcompare.annotations.reading import views
from lawcompare.annotations.renderings import views as rendering_views
from lawcompare.annotations.review import views as review_views
from lawcompare.annotations.writing import views as writing_views

urlpatterns = [
    path("annotations/", views.annotation_list, name="annotations"),
    path("annotations.jsonld", exchange.annotations_jsonld, name="annotations_jsonld"),
    path("annotations.csv", exchange.annotations_csv, name="annotations_csv"),
    path("annotations.xlsx", exchange.annotations_xlsx, name="annotations_xlsx"),
    path("annotations/clauses.json", views.clause_names, name="clause_names"),
    path("annotations/kinds/", views.kinds, name="kinds"),
    path("annotations/kinds/<slug:code>/", review_views.edit_kind, name="kind_edit"),
    path("workspace/kinds/new/", review_views.add_kind, name="kind_add"),
    path("annotations/<slug:slug>.jsonld", exchange.annotation_jsonld, name="annotation_jsonld"),
    path("annotations/<slug:slug>/", views.annotation, name="annotation"),
    path("annotations/<slug:slug>/edit/", writing_views.edit, name="annotation_edit"),
    path("annotations/<slug:slug>/submit/", writing_views.submit, name="annotation_submit"),
    path("annotations/<slug:slug>/take-back/", writing_views.take_back, name="annotation_take_back"),
    path("annotations/<slug:slug>/decide/", review_views.decide, name="annotation_decide"),
    path("annotations/<slug:slug>/remark/", review_views.remark, name="annotation_remark"),
    path("annotations/<slug:slug>/withdraw/", review_views.withdraw, name="annotation_withdraw"),
    path("annotations/<slug:slug>/reply/", writing_views.reply, name="annotation_reply"),
    path("annotations/<slug:slug>/flag/", views.flag, name="annotation_flag"),
    path("annotations/<slug:slug>/words/<slug:law>/<slug:version>/", rendering_views.words, name="rendered_words"),
    path("replies/<slug:slug>/decide/", review_views.decide_reply, name="reply_decide"),
    path("flags/<slug:slug>/close/", review_views.close_flag, name="flag_close"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/annotate/", writing_views.annotate, name="annotate"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/own-note/", own_views.write, name="own_note"),
    path("workspace/own-notes/", own_views.own_notes, name="own_notes"),
    path("workspace/own-notes/<int:number>/delete/", own_views.delete, name="own_note_delete"),
    path("workspace/decide/", review_views.decide_many, name="annotations_decide"),
    path("workspace/", review_views.workspace, name="workspace"),
]
