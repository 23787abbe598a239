"""A lesson's body to its page: Markdown, formulas, code, and the containers callout, widget, figure and claim."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from lessons.content.blocks import Block, Container, Fence, Formula, Text, split_blocks
from lessons.content.code import UnknownLanguage, highlight
from lessons.content.figures import FigureInvalid, figure_html
from lessons.content.findings import Source
from lessons.content.icons import icon
from lessons.content.markdown import inline_html, slugify, to_html
from lessons.content.maths import FormulaInvalid, formula
from lessons.content.model import Page, Run

CALLOUTS = {
    "remember": ("", "lightbulb", "What to remember"),
    "mistake": ("warn", "warning", "A common mistake"),
    "leak": ("bad", "drop", "This leaks"),
    "info": ("", "info", "Good to know"),
}
_SECTION = re.compile(r"<h2 id=\"([^\"]+)\">(.*?)</h2>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_COPY = '<button class="btn ghost sm" type="button" data-copy>{}<span>Copy</span></button>'
# It scrolls sideways on phones, so the keyboard must reach it and it needs a name.
_OUTPUT = '<p class="output-label">Output</p><samp class="output" tabindex="0" role="region" aria-label="Output">{}</samp>'


def render_page(source: Source, body: str, first_line: int, folder: Path) -> Page:
    """Render a body; all that is wrong with it goes to the source's findings."""
    blocks = split_blocks(source, body, first_line)
    renderer = _Renderer(source, folder)
    made = renderer.blocks(blocks)
    outline = tuple((match[1], html.unescape(_TAG.sub("", match[2]))) for match in _SECTION.finditer(made))
    for name in {one for one, _ in outline if [other for other, _ in outline].count(one) > 1}:
        source.report(first_line, "heading-twice", f"Two sections have the id `{name}`: give them different titles.")
    return Page(
        html=made,
        outline=outline,
        words=_words(blocks),
        runs=tuple(renderer.runs),
        widgets=tuple(renderer.widgets),
        claims=renderer.claims,
        figures=renderer.figures,
    )


def render_text(source: Source, text: str, line: int) -> str:
    """HTML of a longer text outside a page, such as a hint: Markdown with code fences and formulas."""
    blocks = split_blocks(source, text, line)
    if len(blocks) == 1 and isinstance(blocks[0], Text):
        return inline_html(source, text, line)
    return _Renderer(source, source.path.parent).blocks(blocks)


def _words(blocks: tuple[Block, ...]) -> int:
    texts = [block.text for block in blocks if isinstance(block, Text)]
    inner = sum(_words(block.blocks) for block in blocks if isinstance(block, Container) and block.name in {"callout", "claim"})
    return sum(len(text.split()) for text in texts) + inner


@dataclass(slots=True)
class _Renderer:
    source: Source
    folder: Path
    runs: list[Run] = field(default_factory=list)
    widgets: list[str] = field(default_factory=list)
    claims: int = 0
    figures: int = 0

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        made: list[str] = []
        at = 0
        while at < len(blocks):
            block = blocks[at]
            if isinstance(block, Text):
                made.append(to_html(self.source, block.text, block.line))
            elif isinstance(block, Formula):
                row = [block]
                while at + 1 < len(blocks) and isinstance(following := blocks[at + 1], Formula):
                    row.append(following)
                    at += 1
                made.append(self._formulas(row))
            elif isinstance(block, Fence):
                output = blocks[at + 1] if at + 1 < len(blocks) else None
                if isinstance(output, Fence) and output.language == "output" and block.language != "output":
                    at += 1
                    made.append(self._code(block, output))
                else:
                    made.append(self._code(block, None))
            else:
                made.append(self._container(block))
            at += 1
        return "\n".join(made)

    def _formulas(self, row: list[Formula]) -> str:
        made = []
        for one in row:
            try:
                made.append(
                    f'<div class="math-block" tabindex="0" role="group" aria-label="Formula">{formula(one.tex, display=True)}</div>'
                )
            except FormulaInvalid as error:
                self.source.report(one.line, "math-invalid", f"The formula cannot be set: {error}.")
        return made[0] if len(made) == 1 else f'<div class="math-row">{"".join(made)}</div>'

    def _code(self, fence: Fence, output: Fence | None) -> str:
        for flag in fence.flags:
            if flag != "run" or fence.language != "python":
                self.source.report(fence.line, "fence-flag", f"`{flag}` says nothing here. Only `python run` is known.")
        if "run" in fence.flags:
            if output is None:
                self.source.report(fence.line, "run-output", "A `python run` fence is followed by its output in an `output` fence.")
            self.runs.append(Run(line=fence.line, code=fence.code, output=output.code if output else ""))
        try:
            code = highlight(fence.code, fence.language)
        except UnknownLanguage:
            self.source.report(fence.line, "fence-language", f"`{fence.language}` is not a language we can colour.")
            code = html.escape(fence.code)
        label = fence.attributes.get("label", "Output" if fence.language == "output" else fence.language.capitalize())
        copy = _COPY.format(icon("copy")) if fence.language != "output" else ""
        shown = "" if output is None else _OUTPUT.format(html.escape(output.code))
        # `pre` first and the output after it: the copy button takes the block's first `pre`.
        return (
            f'<div class="code-block"><header><span>{html.escape(label)}</span>{copy}</header>'
            f'<pre class="code" tabindex="0"><code>{code}</code></pre>{shown}</div>'
        )

    def _container(self, block: Container) -> str:
        makers = {"callout": self._callout, "widget": self._widget, "figure": self._figure, "claim": self._claim}
        return makers[block.name](block)

    def _callout(self, block: Container) -> str:
        kind = block.attributes.get("kind", "info")
        if kind not in CALLOUTS:
            self.source.report(block.line, "callout-kind", f"`{kind}` is not a kind of callout. Known: {', '.join(CALLOUTS)}.")
            kind = "info"
        look, picture, title = CALLOUTS[kind]
        title = block.attributes.get("title", title)
        classes = f"callout {look}".strip()
        return f'<div class="{classes}">{icon(picture)}<div><b>{html.escape(title)}</b>{self.blocks(block.blocks)}</div></div>'

    def _widget(self, block: Container) -> str:
        name = block.attributes.get("name", "")
        if slugify(name) != name:
            self.source.report(block.line, "widget-name", 'A widget needs name="…" in lower-case words joined by hyphens.')
        data = self._widget_data(block)
        if not block.blocks:
            self.source.report(block.line, "widget-fallback", "Say in the container what the widget shows, for readers without script.")
        self.widgets.append(name)
        return (
            f'<figure class="ui widget card" data-widget="{html.escape(name)}" data-data="{html.escape(data)}">'
            f"<div data-fallback>{self.blocks(block.blocks)}</div></figure>"
        )

    def _widget_data(self, block: Container) -> str:
        try:
            return json.dumps(json.loads(block.attributes.get("data", "{}")), ensure_ascii=False, separators=(",", ":"))
        except ValueError as error:
            self.source.report(block.line, "widget-data", f"The widget's data is not JSON: {error}.")
            return "{}"

    def _figure(self, block: Container) -> str:
        self.figures += 1
        missing = [name for name in ("src", "alt", "caption") if not block.attributes.get(name, "").strip()]
        if missing or not block.blocks:
            wanted = [*missing, *([] if block.blocks else ["the same in words, inside the container"])]
            self.source.report(block.line, "figure-words", f"This figure lacks {', '.join(wanted)}.")
        drawing = self._drawing(block)
        caption = inline_html(self.source, block.attributes.get("caption", ""), block.line)
        words = self.blocks(block.blocks)
        return (
            f'<figure class="figure">{drawing}<figcaption>{caption}</figcaption>'
            f'<details class="in-words"><summary>The figure in words</summary>{words}</details></figure>'
        )

    def _drawing(self, block: Container) -> str:
        path = (self.folder / block.attributes.get("src", "")).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            self.source.report(block.line, "figure-missing", f"There is no file {block.attributes.get('src', '')!r} in this lesson.")
            return ""
        try:
            return figure_html(path, block.attributes.get("alt", ""), f"f{self.figures}-")
        except FigureInvalid as error:
            self.source.report(block.line, "figure-invalid", f"{path.name} cannot be shown: {error}.")
            return ""

    def _claim(self, block: Container) -> str:
        self.claims += 1
        first = block.blocks[0] if block.blocks else None
        if not isinstance(first, Text):
            self.source.report(block.line, "claim-empty", "A claim begins with the wrong claim as its first paragraph.")
            return ""
        said, _, rest = first.text.strip().partition("\n\n")
        broken = (Text(line=first.line + said.count("\n") + 2, text=rest), *block.blocks[1:]) if rest.strip() else block.blocks[1:]
        if not broken:
            self.source.report(block.line, "claim-unbroken", "After the wrong claim comes the text that breaks it.")
        claim = inline_html(self.source, said.strip().strip('"“”'), first.line)
        return (
            '<section class="claim"><p class="eyebrow">Heard often, and wrong</p>'
            f'<blockquote class="claim-said"><p>{claim}</p></blockquote><div class="claim-broken">{self.blocks(broken)}</div></section>'
        )
