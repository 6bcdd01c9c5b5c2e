from django.urls import path

from lawcompare.annotations import moderating, outputs, views, writing

urlpatterns = [
    path("annotations/", views.annotation_list, name="annotations"),
    path("annotations.jsonld", outputs.annotations_jsonld, name="annotations_jsonld"),
    path("annotations.csv", outputs.annotations_csv, name="annotations_csv"),
    path("annotations/brief.docx", outputs.brief, name="brief"),
    path("annotations.xlsx", outputs.annotations_xlsx, name="annotations_xlsx"),
    path("annotations/clauses.json", views.clause_names, name="clause_names"),
    path("annotations/kinds/", views.kinds, name="kinds"),
    path("annotations/kinds/<slug:code>/", moderating.edit_kind, name="kind_edit"),
    path("workspace/kinds/new/", moderating.add_kind, name="kind_add"),
    path("annotations/<slug:slug>.jsonld", outputs.annotation_jsonld, name="annotation_jsonld"),
    path("annotations/<slug:slug>/", views.annotation, name="annotation"),
    path("annotations/<slug:slug>/edit/", writing.edit, name="annotation_edit"),
    path("annotations/<slug:slug>/submit/", writing.submit, name="annotation_submit"),
    path("annotations/<slug:slug>/take-back/", writing.take_back, name="annotation_take_back"),
    path("annotations/<slug:slug>/decide/", moderating.decide, name="annotation_decide"),
    path("annotations/<slug:slug>/withdraw/", moderating.withdraw, name="annotation_withdraw"),
    path("annotations/<slug:slug>/reply/", writing.reply, name="annotation_reply"),
    path("annotations/<slug:slug>/flag/", views.flag, name="annotation_flag"),
    path("replies/<slug:slug>/decide/", moderating.decide_reply, name="reply_decide"),
    path("flags/<slug:slug>/close/", moderating.close_flag, name="flag_close"),
    path("laws/<slug:law>/<slug:version>/<eid:eid>/annotate/", writing.annotate, name="annotate"),
    path("workspace/import/", outputs.take_in, name="annotations_take_in"),
    path("workspace/", moderating.workspace, name="workspace"),
]
