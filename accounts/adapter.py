"""Where allauth asks us what to do: a new account is a learner's, signed in at once, whether or not mail can be sent."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.models import Role, User
from accounts.services.roles import give_role

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        saved: User = super().save_user(request, user, form, commit=commit)
        if commit:
            give_role(saved, Role.LEARNER)
            logger.info("signed_up", extra={"user": saved.pk})
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it if we can: a mail server that is away must not keep anybody from signing up."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:  # smtplib's errors are OSErrors too
            logger.exception("mail_not_sent", extra={"template": template_prefix})
