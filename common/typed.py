"""Request types for views: after `login_required` the user is a real one, and mypy should know it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from accounts.models import User


class AnyRequest(HttpRequest):
    """A request of anybody, signed in or not."""

    htmx: HtmxDetails
    csp_nonce: str


class LearnerRequest(AnyRequest):
    """A request whose user is signed in."""

    user: "User"
