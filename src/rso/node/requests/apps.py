from __future__ import annotations

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "rso.node.requests"
    label = "requests"
