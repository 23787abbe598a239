"""Formulas to HTML by KaTeX, run in a small JavaScript engine: browsers get finished markup and no script."""

from __future__ import annotations

import functools
import json
import threading
from pathlib import Path

import quickjs

KATEX = Path(__file__).parent / "katex" / "katex.min.js"
MEMORY_BYTES = 96 * 1024 * 1024
SECONDS_A_FORMULA = 2
LONGEST_FORMULA = 4000

_RENDER = """
function cairnRender(argument) {
  const asked = JSON.parse(argument);
  try {
    const html = katex.renderToString(asked.tex, {
      displayMode: asked.display, throwOnError: true, strict: "error", trust: false, maxExpand: 200, maxSize: 20, output: "htmlAndMathml",
    });
    return JSON.stringify({html: html});
  } catch (error) {
    return JSON.stringify({error: String(error.message || error)});
  }
}
"""


class FormulaInvalid(ValueError):
    """KaTeX refused a formula; the text says why."""


class _Engine:
    """One KaTeX for the process. quickjs contexts belong to one thread at a time, hence the lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context = quickjs.Context()
        self._context.set_memory_limit(MEMORY_BYTES)
        self._context.eval(KATEX.read_text(encoding="utf-8"))
        self._context.eval(_RENDER)
        self._render = self._context.get("cairnRender")

    def render(self, tex: str, *, display: bool) -> str:
        with self._lock:
            self._context.set_time_limit(SECONDS_A_FORMULA)
            try:
                answer = json.loads(self._render(json.dumps({"tex": tex, "display": display})))
            except quickjs.JSException as error:
                raise FormulaInvalid(f"it takes too long or too much memory ({error})") from None
        if "error" in answer:
            raise FormulaInvalid(str(answer["error"]).removeprefix("KaTeX parse error: "))
        return str(answer["html"])


@functools.cache
def _engine() -> _Engine:
    return _Engine()


@functools.lru_cache(maxsize=4096)
def formula(tex: str, *, display: bool = False) -> str:
    """HTML with MathML for screen readers. Raises FormulaInvalid."""
    if len(tex) > LONGEST_FORMULA:
        raise FormulaInvalid(f"it has {len(tex)} characters; at most {LONGEST_FORMULA} are taken")
    return _engine().render(tex.strip(), display=display)
