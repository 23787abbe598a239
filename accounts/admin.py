"""People in the admin: who they are and which roles they have."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm

from accounts.models import User


class NewUserForm(UserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "name", "role_names", "is_staff", "is_active", "date_joined", "last_login")
    list_filter = ("groups", "is_staff", "is_active")
    search_fields = ("email", "name")
    readonly_fields = ("public_id", "date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "name", "password", "public_id")}),
        ("Roles", {"fields": ("groups", "is_active", "is_staff", "is_superuser")}),
        ("Settings", {"fields": ("theme", "editor_mode", "starting_point")}),
        ("Dates", {"fields": ("date_joined", "last_login", "welcomed_at")}),
    )
    add_fieldsets: ClassVar = ((None, {"classes": ("wide",), "fields": ("email", "password1", "password2")}),)

    @admin.display(description="Roles")
    def role_names(self, person: User) -> str:
        return ", ".join(sorted(person.roles)) or "none"
