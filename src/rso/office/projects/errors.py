"""What can go wrong with a proposal, for pages and interface alike."""

from __future__ import annotations

from rso.base.errors import RsoError


class StaleEdit(RsoError):
    """Somebody else saved the draft after this person had opened it. Nothing is lost: both texts are shown."""

    def __init__(self, revision: int) -> None:
        super().__init__(
            "edited-by-another",
            "Somebody else saved this draft while you were writing. Your text is below, with what changed; look at "
            "both, then save again.",
        )
        self.revision = revision


class Incomplete(RsoError):
    """A draft lacks what a submission needs; ``fields`` names what is missing."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__("proposal-incomplete", "Before it can be submitted, the proposal needs: " + ", ".join(fields))
        self.fields = fields
