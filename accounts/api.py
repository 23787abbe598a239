"""Tokens of the API."""

from __future__ import annotations

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_auth import BearerAuthentication
from accounts.models import ApiToken, User
from accounts.services.tokens import make_token
from common.errors import TooMany, UserFacingError
from common.ratelimit import count, seconds_to_wait

TRIES, WINDOW = 10, 300  # failed sign-ins of one address or one client, in so many seconds


class WrongPassword(UserFacingError):
    code, status, title = "wrong_password", 401, "This did not sign you in"


class CredentialsSerializer(serializers.Serializer[object]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=512, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[object]):
    token = serializers.CharField()


class TokenView(APIView):
    """Get a token for an e-mail address and its password, or end the one that is used."""

    def get_authenticators(self) -> list[object]:  # type: ignore[override]
        if getattr(self.request, "method", "") == "POST":  # there is no request while the schema is made
            return []
        return [BearerAuthentication(), SessionAuthentication()]

    def get_permissions(self) -> list[object]:  # type: ignore[override]
        return [AllowAny() if self.request.method == "POST" else IsAuthenticated()]

    @extend_schema(operation_id="auth_token_create", request=CredentialsSerializer, responses={200: TokenSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        email, password = given.validated_data["email"], given.validated_data["password"]
        keys = (f"token:{email.lower()}", f"token:{request.META.get('REMOTE_ADDR', '')}")
        wait = max(seconds_to_wait(key, limit=TRIES, window=WINDOW) for key in keys)
        if wait:
            raise TooMany("Too many tries to sign in. Wait a little and try again.", retry_after=wait)
        user = authenticate(request._request, email=email, password=password)
        if not isinstance(user, User):
            for key in keys:
                count(key, window=WINDOW)
            raise WrongPassword("The e-mail address and the password do not belong together. Check both and try again.")
        return Response({"token": make_token(user)})

    @extend_schema(operation_id="auth_token_destroy", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        if isinstance(request.auth, ApiToken):
            request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
