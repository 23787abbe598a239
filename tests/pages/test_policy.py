"""What browsers may do on our pages: the policy goes with every answer, and templates hold nothing that it would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from common.csp import policy

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html"))
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE)
HANDLER = re.compile(r"""[\s"'](?:on[a-z]+|hx-on[\w:-]*)\s*=|["']\s*(?:javascript|js):""", re.IGNORECASE)
FILTERED_TRIGGER = re.compile(r'hx-trigger="[^"]*\[')
STYLE = re.compile(r"<style(?![^>]*nonce)", re.IGNORECASE)


def parsed(header: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


SITE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src-elem": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/roadmap/", "/accounts/login/", "/accounts/signup/", "/nothing/", "/healthz", "/admin/login/"])
def test_every_answer_carries_the_policy(client, path):
    answer = client.get(path)
    assert parsed(answer["Content-Security-Policy"]) == SITE
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_nonce_opens_style_elements_and_nothing_else():
    assert parsed(policy("abc")) == SITE | {"style-src-elem": "'self' 'nonce-abc'"}


def test_an_output_that_is_gone_answers_as_a_page_of_ours(client, db):
    answer = client.get("/outputs/nonsense/")
    assert answer.status_code == 404
    assert parsed(answer["Content-Security-Policy"]) == SITE


@pytest.mark.parametrize("template", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_nothing_that_the_policy_refuses(template):
    text = template.read_text()
    found = [pattern.pattern for pattern in (INLINE_SCRIPT, HANDLER, FILTERED_TRIGGER, STYLE) if pattern.search(text)]
    assert found == []


@pytest.mark.parametrize(
    "bad",
    ["<script>alert(1)</script>", '<a onclick="x()">', '<p hx-on:click="x()">', '<a href="javascript:x()">', "<style>p{}</style>"],
)
def test_the_search_itself_finds_what_it_looks_for(bad):
    assert any(pattern.search(bad) for pattern in (INLINE_SCRIPT, HANDLER, FILTERED_TRIGGER, STYLE))
