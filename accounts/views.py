"""What people set about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Theme, User
from common.context import THEME_COOKIE, THEMES
from common.typed import AnyRequest, LearnerRequest

YEAR = 365 * 24 * 3600


if TYPE_CHECKING:  # generic for the type checker alone
    UserForm = forms.ModelForm[User]
else:
    UserForm = forms.ModelForm


class YouForm(UserForm):
    """Name, look and editor."""

    class Meta:
        model = User
        fields = ("name", "theme", "editor_mode")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def you(request: LearnerRequest) -> HttpResponse:
    form = YouForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("accounts:you")
    return render(request, "account/you.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def theme(request: AnyRequest) -> HttpResponse:
    """Keep the choice in a cookie, and with the account where there is one."""
    chosen = request.POST.get("theme", "")
    response = redirect(_way_back(request))
    if chosen not in {*THEMES, Theme.SYSTEM}:
        return response
    response.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    return response


def _way_back(request: AnyRequest) -> str:
    """The page that was left, if it is one of ours."""
    back = request.POST.get("next", "/")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "/"
