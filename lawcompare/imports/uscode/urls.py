from django.urls import path

from lawcompare.imports.uscode import views

urlpatterns = [
    path("workspace/us-law/", views.uscode, name="uscode"),
    path("workspace/us-law/<int:pk>/again/", views.uscode_again, name="uscode_again"),
    path("workspace/us-law/notices/<int:pk>/read/", views.uscode_read, name="uscode_read"),
]
