"""What every page's frame needs: theme, navigation, and whether to ask for the confirmation of an e-mail address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

THEME_COOKIE: Final = "theme"
THEMES: Final = ("light", "dark")
_CONFIRMED: Final = "email_is_confirmed"


@dataclass(frozen=True, slots=True)
class NavLink:
    """`key` is the letter that follows `g` on the keyboard."""

    title: str
    url: str
    icon: str
    key: str
    is_current: bool = False


class Frame:
    """Answers lazily: a fragment that shows no frame pays for none of it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._user = getattr(request, "user", None)  # absent when an error came before the authentication

    @property
    def is_signed_in(self) -> bool:
        return self._user is not None and self._user.is_authenticated

    @cached_property
    def theme(self) -> str:
        """`light`, `dark`, or nothing to follow the system. The account decides, else the cookie."""
        chosen = self._user.theme if self._user is not None and self._user.is_authenticated else self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def other_theme(self) -> str:
        """What the switch asks for where no script runs."""
        return "light" if self.theme == "dark" else "dark"

    @cached_property
    def nav(self) -> Sequence[NavLink]:
        links = [self._link("Roadmap", "roadmap:map", "map", "m")]
        if self.is_signed_in:
            links.insert(0, self._link("Today", "progress:today", "sun", "t"))
        return links

    @cached_property
    def tabs(self) -> Sequence[NavLink]:
        """The bar at the bottom of phones."""
        return [*self.nav, self._link("You", "accounts:you", "circle-user-round", "y")]

    def _link(self, title: str, name: str, icon: str, key: str) -> NavLink:
        url = reverse(name)
        path = self._request.path
        is_current = path.startswith(url) or (name == "roadmap:map" and path.startswith("/lessons/"))
        return NavLink(title=title, url=url, icon=icon, key=key, is_current=is_current)

    @property
    def is_demo(self) -> bool:
        return bool(settings.DEMO)

    @cached_property
    def asks_for_confirmation(self) -> bool:
        """Whether this person's address is still unconfirmed; once it is confirmed, the session remembers and nothing is asked."""
        if self._user is None or not self._user.is_authenticated or self._request.session.get(_CONFIRMED) == self._user.email:
            return False
        from allauth.account.models import EmailAddress

        if EmailAddress.objects.filter(user=self._user, email__iexact=self._user.email, verified=True).exists():
            self._request.session[_CONFIRMED] = self._user.email
            return False
        return True


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: one name, `frame`, in every template."""
    return {"frame": Frame(request)}
