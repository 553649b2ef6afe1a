from __future__ import annotations

from django.urls import path

from rso.node.post.views import arrangements, state

app_name = "post"
urlpatterns = [
    path("", state.state, name="state"),
    path("outbox/", state.outbox, name="outbox"),
    path("inbox/", state.inbox, name="inbox"),
    path("exchange/", state.exchange, name="exchange"),
    path("arrangements/", arrangements.arrangements, name="arrangements"),
    path("arrangements/new/", arrangements.new, name="new-arrangement"),
    path("arrangements/<str:digest>/", arrangements.arrangement, name="arrangement"),
    path("arrangements/<str:digest>/change/", arrangements.change, name="change-arrangement"),
    path("arrangements/<str:digest>/propose/", arrangements.propose, name="propose-arrangement"),
    path("arrangements/<str:digest>/discard/", arrangements.discard, name="discard-arrangement"),
    path("arrangements/<str:digest>/sign/", arrangements.sign, name="sign-arrangement"),
    path("arrangements/<str:digest>/end/", arrangements.end, name="end-arrangement"),
]
