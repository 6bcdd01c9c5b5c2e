from django.urls import path

from lawcompare.crosswalk.drafts import views as draft_views
from lawcompare.crosswalk.findings import views as finding_views
from lawcompare.crosswalk.suggestions import views as suggestion_views
from lawcompare.crosswalk.topics import views
from lawcompare.crosswalk.values import views as value_views

urlpatterns = [
    path("laws/<slug:law>/<slug:version>/findings/", finding_views.findings, name="findings"),
    path("findings/<finding:number>/decide/", finding_views.decide, name="finding_decide"),
    path("topics/", views.topics, name="topics"),
    path("topics/matrix.csv", views.matrix_csv, name="matrix_csv"),
    path("topics/matrix.xlsx", views.matrix_file, {"form": "xlsx"}, name="matrix_xlsx"),
    path("topics/matrix.docx", views.matrix_file, {"form": "docx"}, name="matrix_docx"),
    path("topics/values.csv", value_views.values_csv, name="values_csv"),
    path("topics/<slug:topic>/", views.topic, name="topic"),
    path("topics/<slug:topic>.docx", views.topic_file, {"form": "docx"}, name="topic_docx"),
    path("topics/<slug:topic>.xlsx", views.topic_file, {"form": "xlsx"}, name="topic_xlsx"),
    path("workspace/matrix/", views.matrix_columns, name="matrix_columns"),
    path("workspace/topics/", views.topic_list, name="topic_list"),
    path("workspace/topics/add/", views.topic_add, name="topic_add"),
    path("workspace/topics/edit/<slug:topic>/", views.topic_edit, name="topic_edit"),
    path("workspace/topics/edit/<slug:topic>/move/", views.topic_move, name="topic_move"),
    path("workspace/topics/edit/<slug:topic>/merge/", views.topic_merge, name="topic_merge"),
    path("workspace/topics/edit/<slug:topic>/retire/", views.topic_retire, name="topic_retire"),
    path("workspace/suggestions/", suggestion_views.suggestions, name="suggestions"),
    path("workspace/suggestions/refuse/", suggestion_views.refuse_group, name="suggestions_refuse"),
    path("workspace/suggestions/ask/", suggestion_views.ask, name="suggestions_ask"),
    path("workspace/suggestions/<correspondence:number>/confirm/", suggestion_views.confirm, name="suggestion_confirm"),
    path("workspace/suggestions/<correspondence:number>/second/", suggestion_views.second, name="suggestion_second"),
    path("workspace/suggestions/<correspondence:number>/refuse/", suggestion_views.refuse, name="suggestion_refuse"),
    path("workspace/suggestions/<correspondence:number>/reopen/", suggestion_views.reopen, name="suggestion_reopen"),
    path(
        "workspace/correspondences/<slug:law>/<slug:version>/<str:eid>/",
        suggestion_views.state,
        name="state_correspondence",
    ),
    path("workspace/by-subject/begin/", draft_views.begin, name="draft_comparison_begin"),
    path("workspace/by-subject/<slug:key>/", draft_views.draft, name="draft_comparison"),
    path("workspace/by-subject/<slug:key>.docx", draft_views.docx, name="draft_comparison_docx"),
    path("workspace/by-subject/<slug:key>/preview/", draft_views.preview, name="draft_comparison_preview"),
    path("workspace/by-subject/<slug:key>/refuse/", draft_views.refuse_group, name="draft_refuse_group"),
    path("workspace/by-subject/<slug:key>/state/", draft_views.state, name="draft_pair_state"),
    path("workspace/by-subject/<slug:key>/publish/", draft_views.publish, name="draft_comparison_publish"),
    path("workspace/by-subject/<slug:key>/discard/", draft_views.discard, name="draft_comparison_discard"),
    path(
        "workspace/by-subject/<slug:key>/confirm/<correspondence:number>/",
        draft_views.confirm,
        name="draft_pair_confirm",
    ),
    path(
        "workspace/by-subject/<slug:key>/refuse/<correspondence:number>/", draft_views.refuse, name="draft_pair_refuse"
    ),
    path("workspace/by-subject/<slug:key>/undo/<draftpair:number>/", draft_views.undo, name="draft_pair_undo"),
    path("workspace/values/", value_views.values_waiting, name="values_waiting"),
    path("workspace/values/import/", value_views.import_values, name="values_import"),
    path("workspace/values/<value:number>/confirm/", value_views.confirm_value, name="value_confirm"),
    path("workspace/values/<value:number>/correct/", value_views.correct_value, name="value_correct"),
    path("workspace/values/<value:number>/strike/", value_views.strike_value, name="value_strike"),
    path(
        "workspace/values/<slug:law>/<slug:version>/<str:eid>/", value_views.values_of_clause, name="values_of_clause"
    ),
    path(
        "workspace/values/<slug:law>/<slug:version>/<str:eid>/take-over/",
        value_views.take_over,
        name="value_take_over",
    ),
]
