from django.urls import path

from lawcompare.annotations import exchange, own_notes, rendered_words, views

urlpatterns = [
    path("annotations/", views.annotation_list, name="annotations"),
    path("annotations.jsonld", exchange.annotations_jsonld, name="annotations_jsonld"),
    path("annotations.csv", exchange.annotations_csv, name="annotations_csv"),
    path("annotations.xlsx", exchange.annotations_xlsx, name="annotations_xlsx"),
    path("annotations/clauses.json", views.clause_names, name="clause_names"),
    path("annotations/kinds/", views.kinds, name="kinds"),
    path("annotations/kinds/<slug:code>/", views.edit_kind, name="kind_edit"),
    path("workspace/kinds/new/", views.edit_kind, name="kind_add"),
    path("annotations/<slug:slug>.jsonld", exchange.annotation_jsonld, name="annotation_jsonld"),
    path("annotations/<slug:slug>/", views.annotation, name="annotation"),
    path("annotations/<slug:slug>/edit/", views.edit, name="annotation_edit"),
    path("annotations/<slug:slug>/submit/", views.submit, name="annotation_submit"),
    path("annotations/<slug:slug>/take-back/", views.take_back, name="annotation_take_back"),
    path("annotations/<slug:slug>/decide/", views.decide, name="annotation_decide"),
    path("annotations/<slug:slug>/remark/", views.remark, name="annotation_remark"),
    path("annotations/<slug:slug>/withdraw/", views.withdraw, name="annotation_withdraw"),
    path("annotations/<slug:slug>/reply/", views.reply, name="annotation_reply"),
    path("annotations/<slug:slug>/flag/", views.flag, name="annotation_flag"),
    path("annotations/<slug:slug>/words/<slug:law>/<slug:version>/", rendered_words.words, name="rendered_words"),
    path("replies/<slug:slug>/decide/", views.decide_reply, name="reply_decide"),
    path("flags/<slug:slug>/close/", views.close_flag, name="flag_close"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/annotate/", views.annotate, name="annotate"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/own-note/", own_notes.write, name="own_note"),
    path("workspace/own-notes/", own_notes.own_notes, name="own_notes"),
    path("workspace/own-notes/<ownnote:number>/delete/", own_notes.delete, name="own_note_delete"),
    path("workspace/decide/", views.decide_many, name="annotations_decide"),
    path("workspace/", views.workspace, name="workspace"),
]
