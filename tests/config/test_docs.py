"""Documents that would go stale: each setting, each target and each address must stand where people look for it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def settings_read() -> list[str]:
    found = set()
    for path in [*ROOT.glob("config/**/*.py"), *ROOT.glob("common/*.py")]:
        found |= set(re.findall(r'env_(?:text|bool|int|list|path)\(\s*"([A-Z_]+)"', path.read_text()))
    return sorted(found)


@pytest.mark.parametrize("name", settings_read())
def test_each_setting_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "settings.md").read_text()


def test_no_documented_setting_is_gone():
    documented = set(re.findall(r"`([A-Z][A-Z_]{3,})`", (ROOT / "docs" / "settings.md").read_text()))
    read = [*ROOT.glob("config/**/*.py"), ROOT / "tests" / "conftest.py", ROOT / "Makefile"]
    sources = "".join(path.read_text() for path in read)
    assert {name for name in documented if not name.startswith("PIP_") and name not in sources} == set()


@pytest.mark.parametrize("target", ["env", "run", "test", "test-fast", "lint", "types", "bench", "curriculum"])
def test_make_help_lists_each_target(target):
    assert re.search(rf"^{target}:.*## .+", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics", "/staff/status/"])
def test_operations_tell_each_address_of_the_service(address):
    assert address in (ROOT / "docs" / "operations.md").read_text()


def test_the_build_server_uses_the_same_door():
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec make test")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
