from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("", login_not_required(TemplateView.as_view(template_name="ui/page.html"))),
    path("sign-in/", include("allauth.urls")),
    path("ui/", include("rso.ui.urls")),
]
handler400 = "rso.ui.errors.bad_request"
handler403 = "rso.ui.errors.refused"
handler404 = "rso.ui.errors.not_found"
handler500 = "rso.ui.errors.failed"
