"""The content security policy: one for every page, and two ways for a view to differ."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

_POLICY = (
    ("default-src", "'none'"),
    ("script-src", "'self'"),
    ("style-src-elem", "'self'"),
    ("style-src-attr", "'unsafe-inline'"),  # rendered mathematics sets lengths by attribute; a style cannot run anything
    ("img-src", "'self' data:"),
    ("font-src", "'self'"),
    ("connect-src", "'self'"),
    ("frame-src", "'self'"),
    ("form-action", "'self'"),
    ("base-uri", "'none'"),
    ("frame-ancestors", "'none'"),
)


def policy(style_nonce: str = "") -> str:
    """The header's value. The editor injects a style element of its own: on its pages that carries `style_nonce`."""
    parts = dict(_POLICY)
    if style_nonce:
        parts["style-src-elem"] += f" 'nonce-{style_nonce}'"
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def with_style_nonce(view: View) -> View:
    """Give the view's pages a nonce for style elements, as `request.csp_nonce`, new with each request."""

    @wraps(view)
    def with_nonce(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return cast("View", with_nonce)


def own_policy(value: str) -> Callable[[View], View]:
    """Let the view's answers carry this policy instead of the site's, and no X-Frame-Options: their policy says who may frame them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if response.status_code < 400:  # an error page of ours is a page of ours
                response.headers["Content-Security-Policy"] = value
            return response

        return cast("View", with_policy)

    return decorate
