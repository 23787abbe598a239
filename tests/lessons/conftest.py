import pytest


@pytest.fixture
def content(tmp_path, monkeypatch):
    """A small content root, which the commands take for the site's own."""
    from tests.lessons.small_content import small_content

    made = small_content(tmp_path)
    monkeypatch.setenv("CURRICULUM_DIR", str(tmp_path / "curriculum"))
    return made
