"""What happens around signing up and in, as allauth asks for it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import Role, User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Everybody who signs up is a learner."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            saved.groups.add(Group.objects.get_or_create(name=Role.LEARNER)[0])
        return saved
