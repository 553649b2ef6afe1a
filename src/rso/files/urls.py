from __future__ import annotations

from django.urls import path

from rso.files.views import downloads

app_name = "files"
urlpatterns = [path("<uuid:pk>/", downloads.download, name="download")]
