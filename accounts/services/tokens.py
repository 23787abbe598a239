"""Bearer tokens of the API: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets

from django.utils import timezone

from accounts.models import ApiToken, User

PREFIX = "cairn_"


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_token(owner: User) -> str:
    """A new token for this person; the text cannot be had again."""
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(owner=owner, digest=digest_of(token))
    return token


def owner_of(token: str) -> tuple[User, ApiToken] | None:
    """Who holds this token, if it is valid and its owner is active."""
    found = ApiToken.objects.select_related("owner").filter(digest=digest_of(token), owner__is_active=True).first()
    if found is None:
        return None
    now = timezone.now()
    if found.last_used_at is None or (now - found.last_used_at).total_seconds() > 60:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.owner, found
