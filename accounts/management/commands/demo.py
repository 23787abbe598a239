"""`manage.py demo`: three people to try the site with. Only where it cannot be a public site."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Role, User

PASSWORD = "learn-by-doing"  # noqa: S105  told to everybody in the README
PEOPLE = (
    ("learner@example.com", "Lena Learner", (Role.LEARNER,)),
    ("mentor@example.com", "Milo Mentor", (Role.LEARNER, Role.MENTOR)),
    ("admin@example.com", "Ada Admin", (Role.LEARNER, Role.AUTHOR, Role.ADMIN)),
)


class Command(BaseCommand):
    help = "Make the demo accounts, or leave them as they are."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo accounts have a known password: they are refused on a production site.")
        groups = {role: Group.objects.get_or_create(name=role)[0] for role in Role.values}
        for email, name, roles in PEOPLE:
            if User.objects.filter(email__iexact=email).exists():
                continue
            is_admin = Role.ADMIN in roles
            person = User.objects.create_user(email, PASSWORD, name=name, is_staff=is_admin, is_superuser=is_admin)
            person.groups.set([groups[role] for role in roles])
            EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
            self.stdout.write(f"made {email}")
