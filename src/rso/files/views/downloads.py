"""Handing a file out: always as an attachment, never as a page of ours."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rso.accounts.guards import signed_in
from rso.accounts.middleware import ActorRequest
from rso.audit.actions import viewed
from rso.files import queries
from rso.files.adapters import folder
from rso.files.models import StoredFile
from rso.files.rules import FilesEvent, owner_of


def attachment(file: StoredFile) -> FileResponse:
    """The answer that hands ``file`` out; raises ``Http404`` where its bytes are gone. The caller has asked who may."""
    try:
        content = folder.read(file.pk)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
@never_cache
@signed_in
def download(request: ActorRequest, pk: UUID) -> FileResponse:
    """The bytes for those whom the file's owner lets read it; for all others there is nothing here."""
    file = queries.readable(request.actor, pk)
    if file is None:
        raise Http404
    response = attachment(file)
    owner = owner_of(file.scope)
    if owner is not None and owner.audited:
        viewed(request.actor, FilesEvent.READ, subject=file.pk, facts={"scope": file.scope, "of": file.subject})
    return response
