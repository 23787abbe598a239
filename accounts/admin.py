"""People in the admin: who they are and which roles they have. Passwords are set there, never shown, not even as a hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.models import ApiToken, User

if TYPE_CHECKING:
    CreationForm = UserCreationForm[User]
    ChangeForm = ModelForm[User]
    PeopleAdmin = UserAdmin[User]
else:
    CreationForm, ChangeForm, PeopleAdmin = UserCreationForm, ModelForm, UserAdmin


class NewPersonForm(CreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class PersonForm(ChangeForm):
    """Everything but the password: it has a page of its own."""

    class Meta:
        model = User
        exclude = ("password",)


@admin.register(User)
class PersonAdmin(PeopleAdmin):
    form = PersonForm
    add_form = NewPersonForm
    ordering = ("email",)
    list_display = ("email", "name", "role_names", "is_staff", "is_active", "date_joined", "last_login")
    list_filter = ("groups", "is_staff", "is_active")
    search_fields = ("email", "name", "public_id")
    readonly_fields = ("public_id", "date_joined", "last_login", "welcomed_at")
    filter_horizontal = ("groups",)
    fieldsets = (
        (None, {"fields": ("email", "name", "public_id")}),
        ("Roles", {"fields": ("groups", "is_active", "is_staff", "is_superuser")}),
        ("Choices", {"fields": ("theme", "editor_mode", "starting_point")}),
        ("Dates", {"fields": ("date_joined", "last_login", "welcomed_at")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "name", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="Roles")
    def role_names(self, person: User) -> str:
        return ", ".join(sorted(group.name for group in person.groups.all())) or "none"


@admin.register(ApiToken)
class TokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To see whose tokens there are and to end them; a token's text cannot be had again."""

    list_display = ("owner", "created_at", "last_used_at")
    search_fields = ("owner__email",)
    readonly_fields = ("owner", "created_at", "last_used_at")
    exclude: ClassVar[tuple[str, ...]] = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
