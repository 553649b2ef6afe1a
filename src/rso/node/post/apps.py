from __future__ import annotations

from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "rso.node.post"
    label = "post"

    def ready(self) -> None:
        from rso.node.post.receivers import register
        from rso.node.post.rules import enter_own

        enter_own()
        register()
