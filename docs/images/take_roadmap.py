"""Takes the picture of the roadmap in the README: `python docs/images/take_roadmap.py ADDRESS` beside a running site with demo data.

Needs Chromium and the packages for tests (`make test` installs both). Writes roadmap.png beside this file.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PEOPLE = ("learner@example.com", "learn-by-doing")


def main(site: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 760}, reduced_motion="reduce")
        page.goto(f"{site}/accounts/login/")
        page.get_by_label("E-mail").fill(PEOPLE[0])
        page.get_by_label("Password", exact=True).fill(PEOPLE[1])
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{site}/roadmap/")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(__file__).with_name("roadmap.png"))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
