"""Chromium for the browser tests: the one in CHROMIUM, or the first that is found. Without one they are skipped, each with the reason."""

from __future__ import annotations

import pytest

from config.local import chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not (path := chromium.found()):
        pytest.skip("No Chromium here: set CHROMIUM to a browser, or install the package.")
    return {**browser_type_launch_args, "executable_path": path, "args": ARGUMENTS}
