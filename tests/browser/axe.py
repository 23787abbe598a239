"""What a page must not do to anybody: violate WCAG 2.0 to 2.2 A and AA (axe-core), scroll sideways, or complain in its console."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from playwright.sync_api import Page

DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SETTLED = """() => Promise.all(
  document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished.catch(() => null))
).then(() => null)"""
TELL_REFUSALS = "document.addEventListener('securitypolicyviolation', e => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`))"


@lru_cache(maxsize=1)
def _script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """What axe finds, one line each, once no transition runs any more: a colour on its way to another is neither.

    axe is put in by the browser itself, which the page's policy does not concern.
    """
    page.evaluate(SETTLED)
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": _script()})
    script = (
        f"axe.run(document, {{runOnly: {RULES}}}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | ')))"
    )
    answer = session.send("Runtime.evaluate", {"expression": script, "awaitPromise": True, "returnByValue": True})
    session.detach()
    return answer["result"]["value"]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def faults(page: Page) -> list[str]:
    """Everything wrong with the page as it stands, wide and on a phone; the address in front."""
    found = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        found += violations(page)
        if wide := overflow(page):
            found.append(f"{wide} px wider than a screen of {size['width']}")
    page.set_viewport_size(DESKTOP)
    return [f"{page.url}: {fault}" for fault in found]
