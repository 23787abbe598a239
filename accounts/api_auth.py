"""`Authorization: Bearer TOKEN` for the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services.tokens import holder_of

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema


class BearerAuthentication(BaseAuthentication):
    """401 with a challenge for a token that does not work."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        found = holder_of(words[1].decode("latin-1")) if len(words) == 2 else None
        if found is None:
            raise AuthenticationFailed("This token does not work any more, or never did. Get a new one from POST /api/v1/auth/token/.")
        return found.owner, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="cairn"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the token shows in the OpenAPI description."""

    target_class = "accounts.api_auth.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
