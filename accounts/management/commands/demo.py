"""`manage.py demo`: three people to try the site with, and the benchmark exercise. Never on a production site."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from lessons.content.findings import ContentInvalid, Findings
from lessons.content.packages import exercise_from_files, exercise_slugs
from lessons.content.places import default_places
from lessons.content.rules import check_exercise
from lessons.services.load import load_exercises

PASSWORD = "learn-by-doing"  # noqa: S105 - printed in the documentation, and refused in production
PEOPLE: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("learner@example.com", "Lena Learner", (Role.LEARNER,)),
    ("mentor@example.com", "Milo Mentor", (Role.MENTOR,)),
    ("admin@example.com", "Ada Admin", (Role.AUTHOR, Role.ADMIN)),
)


class Command(BaseCommand):
    help = "Make the demo accounts and load the exercises that stand outside the roadmap."

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION or not settings.DEMO:
            raise CommandError(
                "Demo accounts have a public password, so this site refuses them. Unset CAIRN_PRODUCTION or set CAIRN_DEMO=1."
            )
        with transaction.atomic():
            made = [email for email, name, roles in PEOPLE if _make(email, name, roles)]
        loaded = self._load_exercises()
        if options["verbosity"] > 0:
            self.stdout.write(f"Demo: {len(made)} accounts created, {len(PEOPLE) - len(made)} were there; exercises: {loaded}.")

    def _load_exercises(self) -> str:
        places = default_places()
        lone = [slug for slug in exercise_slugs(places) if (places.extra_exercises / slug).is_dir()]
        findings = Findings()
        try:
            exercises = [exercise_from_files(slug, places) for slug in lone]
        except ContentInvalid as error:
            raise CommandError(str(error)) from None
        for exercise in exercises:
            check_exercise(exercise, findings, is_lesson=False)
        if findings:
            raise CommandError("\n".join(map(str, findings.items)))
        return load_exercises(exercises).sentence


def _make(email: str, name: str, roles: tuple[Role, ...]) -> bool:
    """The account with its roles; True if it is new. One that is there keeps its password and all that it did."""
    person = User.objects.filter(email__iexact=email).first()
    is_new = person is None
    if person is None:
        person = User.objects.create_user(email, PASSWORD, name=name)
    is_admin = Role.ADMIN in roles
    if (person.is_staff, person.is_superuser) != (is_admin, is_admin):
        person.is_staff = person.is_superuser = is_admin
        person.save(update_fields=["is_staff", "is_superuser"])
    if Role.LEARNER not in roles and person.welcomed_at is None:
        person.welcomed_at = timezone.now()  # the first question is for learners
        person.save(update_fields=["welcomed_at"])
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.value)
        if role in roles:
            person.groups.add(group)
    EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    return is_new
