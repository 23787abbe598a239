"""Tokens of the API."""

from __future__ import annotations

from collections.abc import Sequence

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from accounts.services.tokens import sign_in_for_token
from common.api import ApiView, object_in
from common.client import client_address
from common.errors import UserFacingError


class NoToken(UserFacingError):
    code, status, title = "no_token", 400, "There is no token to end"


class CredentialsSerializer(serializers.Serializer[object]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=512, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[object]):
    token = serializers.CharField(help_text="Shown once. Send it as `Authorization: Bearer TOKEN`.")


class TokenView(ApiView):
    """Get a token for an e-mail address and its password, or end the one that is used."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Signing in asks for no session: neither does it need a CSRF token."""
        return [] if getattr(self.request, "method", "") == "POST" else super().get_authenticators()

    def get_permissions(self) -> Sequence[BasePermission]:
        return [AllowAny()] if self.request.method == "POST" else super().get_permissions()  # type: ignore[return-value]

    @extend_schema(operation_id="auth_token_create", request=CredentialsSerializer, responses=TokenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """A new token. Too many wrong passwords are answered with 429 and `Retry-After`."""
        given = CredentialsSerializer(data=object_in(request))
        given.is_valid(raise_exception=True)
        return Response({"token": sign_in_for_token(**given.validated_data, client=client_address(request._request))})

    @extend_schema(operation_id="auth_token_destroy", request=None, responses={204: OpenApiResponse(description="It works no more.")})
    def delete(self, request: Request) -> Response:
        """End the token that this request carries, at once."""
        if not isinstance(request.auth, ApiToken):
            raise NoToken("Send the token that you want to end as `Authorization: Bearer TOKEN`.")
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
