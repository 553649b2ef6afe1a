"""The words in which decisions are given: codes that never change. ``docs/reference/policy.md`` explains each."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What may happen now. From the mildest to the gravest; the gravest of all rules decides."""

    ALLOWED = "allowed"
    NEEDS_APPROVAL = "needs-approval"
    """Another person must approve."""
    NEEDS_EXAMINER = "needs-examiner"
    """An examiner must compare and decide: a hit is never automatic."""
    NEEDS_PROTECTION_OFFICER = "needs-protection-officer"
    """The protection officer must agree, with a reason."""
    REFUSED = "refused"
    """Not under this arrangement. A changed arrangement, or another day, may allow it."""
    BARRED = "barred"
    """Never: the protection of the person forbids it, and nobody can lift that."""

    @property
    def gravity(self) -> int:
        """0 for ALLOWED, rising to BARRED."""
        return _GRAVITY[self]


_GRAVITY = {verdict: gravity for gravity, verdict in enumerate(Verdict)}


class Side(StrEnum):
    """Who is about to do what."""

    ASKING = "asking"
    """The asker is about to send a question."""
    ANSWERING = "answering"
    """The holder has received a question, or is about to answer a probe."""
    DISCLOSING = "disclosing"
    """The holder is about to disclose fields, or to reply in writing."""
    ONWARD = "onward"
    """The asker is about to give what it received to a third party."""
    CONSENTING = "consenting"
    """The holder, from whom it came, is about to agree to that."""


class Kind(StrEnum):
    """The question that it is about, as its message is called in ``rso.wire``."""

    PROBE = "probe"
    DISCLOSURE_REQUEST = "disclosure-request"
    WRITTEN_REQUEST = "written-request"


class Role(StrEnum):
    """In which capacity a person has agreed."""

    PROTECTION_OFFICER = "protection-officer"
    EXAMINER = "examiner"
    APPROVER = "approver"


class Clause(StrEnum):
    """The rules, in the order in which they are looked at. A decision names the one that decided."""

    ABSENT = "arrangement.absent"
    NOT_IN_FORCE = "arrangement.not-in-force"
    PARTY = "arrangement.party"
    SERVICE = "arrangement.service"
    PURPOSE = "arrangement.purpose"
    MODALITY = "arrangement.modality"
    FIELD = "arrangement.field"
    QUALITY_FLOOR = "arrangement.quality-floor"
    NO_HIT = "exchange.no-hit"
    ONWARD_NEVER = "onward.never"
    ONWARD_NO_CONSENT = "onward.no-consent"
    BARRED_STATE = "protection.barred-state"
    UNKNOWN_ORIGIN = "protection.unknown-origin"
    PROTECTION_OFFICER = "protection.officer"
    QUOTA = "quota.exceeded"
    EXAMINER = "person.examiner"
    OWN_REQUEST = "person.own-request"
    APPROVAL = "person.approval"


class Duty(StrEnum):
    """What whoever acts on a decision must do besides."""

    EXCLUDE_FROM_CANDIDATES = "exclude-from-candidates"
    """Take records that ``candidate_allowed`` refuses out before the search, the queue, the counts and logs."""
    EXAMINER = "examiner"
    """A person compares before anything but "no hit" or "insufficient quality" goes out."""
    SECOND_PERSON = "second-person"
    """Two different persons must agree."""
    ANSWER_AS_NO_HIT = "answer-as-no-hit"
    """Drop the record and decide again as if nothing had been found."""
    ANSWER_ON_TICK = "answer-on-tick"
    """Send at the instant given, not earlier."""
    DESTROY_AT = "destroy-at"
    """Destroy at the instant given, at the latest."""
    NOT_ONWARD = "not-onward"
    """Not to a third party without the originator's consent."""


class OutwardReason(StrEnum):
    """The only reasons that may travel to the other side. None of them tells of protection."""

    ARRANGEMENT = "arrangement-not-in-force"
    SERVICE = "service-not-agreed"
    PURPOSE = "purpose-not-agreed"
    MODALITY = "modality-not-agreed"
    FIELD = "field-not-agreed"
    QUOTA = "quota-exceeded"
    ONWARD = "onward-not-agreed"
    DECLINED = "declined"
    """No reason is given. Persons who simply do not want to answer send it too."""
