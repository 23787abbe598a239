"""Chromium for the browser tests: the one that is found, from CAIRN_CHROMIUM or the usual places."""

from __future__ import annotations

import os
import shutil

import pytest

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
    found = os.environ.get("CAIRN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    path = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **path, "args": ARGUMENTS}
