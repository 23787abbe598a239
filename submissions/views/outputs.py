"""Addresses that serve what learners' code put out, each under a policy of its own that lets it reach nothing."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common.csp import own_policy
from common.errors import NotThere
from submissions.models import Submission
from submissions.outputs import FRAME_POLICY, FRAME_SECONDS, frame_document, read_frame


@require_safe
@own_policy(FRAME_POLICY)
def outputs(request: HttpRequest, signed: str) -> HttpResponse:
    """One output in a document of its own. No session is read: the signature says who was shown this address, and it expires."""
    named = read_frame(signed)
    document = _document(*named) if named else None
    if document is None:
        raise NotThere("This output is no longer here. Run the cell again to see it.")
    headers = {"Cache-Control": f"private, max-age={FRAME_SECONDS}", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    return HttpResponse(document, headers=headers)


def _document(public_id: uuid.UUID, cell: int, output: int) -> str | None:
    stored = Submission.objects.filter(public_id=public_id).values_list("outputs", flat=True).first()
    of_cell = (stored or {}).get(str(cell)) or []
    return frame_document(of_cell[output]) if 0 <= output < len(of_cell) else None
