"""Giving and taking roles."""

from django.contrib.auth.models import Group

from accounts.models import Role, User


def give_role(user: User, role: Role) -> None:
    """Put the person into the role's group; giving it twice changes nothing."""
    group, _ = Group.objects.get_or_create(name=role.value)
    user.groups.add(group)
    user.forget_roles()
