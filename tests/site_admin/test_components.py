"""The page of components: whole, in both themes, and for staff alone."""

import pytest

from common.context import THEMES
from common.templatetags.cairn import STATE_LABELS

ADDRESS = "/staff/components/"


def test_it_shows_every_lesson_state_and_colour_in_both_themes(client, alex):
    client.force_login(alex)
    page = client.get(ADDRESS).content.decode()
    for theme in THEMES:
        half = page.split(f'data-theme="{theme}" tabindex')[1]
        assert all(label in half for label in STATE_LABELS.values())
        assert "var(--stage-5)" in half
        assert "That address is private." in half


@pytest.mark.parametrize("path", [ADDRESS, "/staff/status/"])
def test_for_a_learner_it_does_not_exist(client, ada, path):
    client.force_login(ada)
    assert client.get(path).status_code == 404
