from django.urls import path

from lawcompare.memos import views

urlpatterns = [
    path("workspace/memos/", views.memos, name="memos"),
    path("workspace/memos/collect/", views.collect, name="memo_collect"),
    path("workspace/memos/add/", views.memo_add, name="memo_add"),
    path("workspace/memos/of/<slug:key>/", views.memo, name="memo"),
    path("workspace/memos/of/<slug:key>/note-changes/", views.memo_take_note, name="memo_take_note"),
    path("workspace/memos/of/<slug:key>/delete/", views.memo_delete, name="memo_delete"),
    path("workspace/memos/of/<slug:key>/write/<slug:form>/", views.memo_write, name="memo_write"),
    path("workspace/memos/of/<slug:key>/file/<slug:form>/", views.memo_file, name="memo_file"),
]
