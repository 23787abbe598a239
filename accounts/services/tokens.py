"""Bearer tokens of the API: shown once, kept as a hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q
from django.utils import timezone

from accounts.models import ApiToken, User
from common.errors import TooMany, UserFacingError
from common.ratelimit import count, forget, seconds_to_wait

PREFIX = "cairn_"
TOKENS_KEPT = 100  # of one person: with one more the oldest ends
NOTE_USE_EVERY = dt.timedelta(minutes=1)

FAILURES, FAILURES_OF_AN_ADDRESS, WINDOW_SECONDS = 10, 100, 300


class WrongPassword(UserFacingError):
    code, status, title = "wrong_password", 401, "This did not sign you in"


def sign_in_for_token(*, email: str, password: str, client: str) -> str:
    """A new token for whoever knows the password; the text cannot be had again.

    Failures are limited per e-mail address and client address, and per client address alone: TooMany (429). Takes the same time whether
    or not there is such a person.
    """
    pair, alone = f"token:{email.lower()}:{client}", f"token:{client}"
    wait = max(
        seconds_to_wait(pair, limit=FAILURES, window=WINDOW_SECONDS),
        seconds_to_wait(alone, limit=FAILURES_OF_AN_ADDRESS, window=WINDOW_SECONDS),
    )
    if wait:
        raise TooMany(f"There were too many tries to sign in from here. Try again in {wait} s.", retry_after=wait)
    owner = _whose(email, password)
    if owner is None:
        count(pair, window=WINDOW_SECONDS)
        count(alone, window=WINDOW_SECONDS)
        raise WrongPassword("The e-mail address and the password do not belong together. Check both and try again.")
    forget(pair)
    return make_token(owner)


def _whose(email: str, password: str) -> User | None:
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        make_password(password)  # as slow as comparing with a stored one
        return None
    return person if check_password(password, person.password) and person.is_active else None


def make_token(owner: User) -> str:
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(owner=owner, digest=digest_of(token))
    newest = ApiToken.objects.filter(owner=owner).order_by("-pk").values("pk")[:TOKENS_KEPT]
    ApiToken.objects.filter(owner=owner).exclude(pk__in=newest).delete()
    return token


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def holder_of(token: str) -> ApiToken | None:
    """The token with its owner, if it works. Found by its hash: comparing takes the same time for every wrong one."""
    found = ApiToken.objects.select_related("owner").filter(digest=digest_of(token), owner__is_active=True).first()
    if found is not None:
        now = timezone.now()
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
        if found.last_used_at is None or found.last_used_at < now - NOTE_USE_EVERY:
            ApiToken.objects.filter(stale, pk=found.pk).update(last_used_at=now)
    return found
