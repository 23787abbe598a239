"""People: one account per e-mail address, roles as groups."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Role(models.TextChoices):
    """Each role is a Django group of this name; people may hold several."""

    LEARNER = "learner"
    MENTOR = "mentor"
    AUTHOR = "author"
    ADMIN = "admin"


class Theme(models.TextChoices):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class EditorMode(models.TextChoices):
    RICH = "rich"
    PLAIN = "plain"


class StartingPoint(models.TextChoices):
    """What a new learner already knows: decides only where Today points first."""

    UNKNOWN = ""
    MATHS = "maths"
    PYTHON = "python"
    BOTH = "both"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in with an e-mail address, compared without regard to case."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=80, blank=True, help_text="Shown to mentors; may be empty.")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May enter the admin; gives no other right.")
    date_joined = models.DateTimeField(default=timezone.now)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    editor_mode = models.CharField(max_length=5, choices=EditorMode.choices, default=EditorMode.RICH)
    starting_point = models.CharField(max_length=6, choices=StartingPoint.choices, default=StartingPoint.UNKNOWN, blank=True)
    welcomed_at = models.DateTimeField(null=True, blank=True, help_text="Answered or skipped the first question.")

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_one_per_email"),)

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))

    def forget_roles(self) -> None:
        """Read the roles again next time: they were changed."""
        self.__dict__.pop("roles", None)

    @property
    def is_admin(self) -> bool:
        return self.is_superuser or Role.ADMIN in self.roles

    @property
    def is_mentor(self) -> bool:
        return Role.MENTOR in self.roles

    @property
    def is_author(self) -> bool:
        return self.is_admin or Role.AUTHOR in self.roles

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = (self.name or self.email.partition("@")[0]).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper() or "?"


class ApiToken(models.Model):
    """A bearer token of the API. Only its SHA-256 is kept; the text is shown once."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"token {self.digest[:8]} of {self.owner_id}"
