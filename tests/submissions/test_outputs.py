"""What learners' code puts out is hostile: it is shown as text, pictures and rows, or framed, and never becomes part of our page."""

import base64
import uuid

import pandas as pd
import pytest
import time_machine

from submissions.outputs import FRAME_POLICY, FRAME_SECONDS, frame_document, output_views, read_frame, sign_frame
from submissions.prose import render_markdown
from submissions.tables import read_table

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 40).decode()


def views(*outputs):
    return output_views(list(outputs), frame_url=lambda number: f"/outputs/{number}/", cell_name="cell 3")


def data(**kinds):
    return {"output_type": "display_data", "data": {name.replace("_", "/", 1): value for name, value in kinds.items()}}


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def test_text_loses_its_terminal_colours_and_nothing_else():
    [view] = views(stream("\x1b[31mred\x1b[0m <b>not bold</b> \x1b]0;title\x07end"))
    assert (view.kind, view.text) == ("stream", "red <b>not bold</b> end")


def test_a_stream_in_parts_is_one_box_but_warnings_stay_apart():
    assert [(view.stream, view.text) for view in views(stream("a"), stream(["b", "c"]), stream("w", "stderr"), stream("d"))] == [
        ("stdout", "abc"),
        ("stderr", "w"),
        ("stdout", "d"),
    ]


def test_a_picture_becomes_a_data_address():
    [view] = views(data(image_png=PNG, text_plain="<Figure size 640x480 with 1 Axes>"))
    assert (view.kind, view.src, view.title) == ("image", f"data:image/png;base64,{PNG}", "Figure put out by cell 3")


@pytest.mark.parametrize(
    "payload",
    ['"><script>alert(1)</script>', "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+", "not base64!", 7, None, [], PNG + '" onerror="x'],
    ids=["markup", "svg in disguise", "no base64", "a number", "nothing", "an empty list", "an attribute behind it"],
)
def test_what_only_says_it_is_a_picture_is_not_shown_as_one(payload):
    assert all(view.kind != "image" for view in views(data(image_png=payload, text_plain="fallback")))


def test_a_data_frame_becomes_rows_of_text():
    frame = pd.DataFrame({"amount": [1.5, 2.0], "<b>": ["<script>alert(1)</script>", "x"]})
    [view] = views({"output_type": "execute_result", "data": {"text/html": frame._repr_html_(), "text/plain": "frame"}})
    assert view.kind == "table"
    assert [cell.text for cell in view.table.head[0]] == ["", "amount", "<b>"]
    assert [cell.text for cell in view.table.body[0]] == ["0", "1.5", "<script>alert(1)</script>"]


def test_a_shortened_data_frame_keeps_its_note():
    [view] = views({"output_type": "execute_result", "data": {"text/html": pd.DataFrame({"a": range(500)})._repr_html_()}})
    assert view.table.note == "500 rows × 1 columns"


def test_a_data_frame_with_levels_keeps_its_spans():
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_product([["jan"], ["mean", "sum"]]))
    table = read_table(frame._repr_html_())
    assert [(cell.text, cell.colspan) for cell in table.head[0]] == [("", 1), ("jan", 2)]


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td><script>alert(1)</script></td></tr></table>",
        '<table><tr><td onclick="alert(1)">x</td></tr></table>',
        "<table><tr><td><img src=x onerror=alert(1)></td></tr></table>",
        "<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>",
        "<table><tr><td colspan=99999999>a</td></tr></table>",
        "<!-- c --><table><tr><td>a</td></tr></table>",
        "before <table><tr><td>a</td></tr></table>",
        "<table>" + "<tr><td>a</td></tr>" * 2000 + "</table>",
        "<table></table>",
    ],
    ids=["script", "handler", "image", "two tables", "wide span", "comment", "text before", "too many rows", "empty"],
)
def test_any_other_html_with_a_table_goes_into_a_frame(html):
    assert read_table(html) is None
    assert [view.kind for view in views(data(text_html=html))] == ["frame"]


@pytest.mark.parametrize("kind", ["text_html", "image_svg+xml", "application_javascript"])
def test_html_svg_and_script_are_only_ever_named_by_the_address_of_a_frame(kind):
    [view] = views(data(**{kind: "<script>alert(1)</script>"}))
    assert view.kind == "frame"
    assert view.src == "/outputs/0/"
    assert "alert" not in str(view.to_json())


@pytest.mark.parametrize("broken", [None, 3, {"a": 1}, ["x", 1, {"output_type": "display_data"}], [{"output_type": "stream", "text": 9}]])
def test_broken_outputs_never_raise(broken):
    assert all(view.text == "" for view in output_views(broken, frame_url=str))


def test_the_address_of_a_frame_names_one_output_until_it_expires():
    public_id = uuid.uuid4()
    with time_machine.travel("2026-01-05 10:00", tick=False):
        signed = sign_frame(public_id, 4, 1)
    with time_machine.travel("2026-01-05 10:30", tick=False):
        assert read_frame(signed) == (public_id, 4, 1)
        assert read_frame(signed[:-2] + "xx") is None
        assert read_frame("nonsense") is None
    assert FRAME_SECONDS < 24 * 3600
    with time_machine.travel("2026-01-06 10:00", tick=False):
        assert read_frame(signed) is None


def test_the_frame_may_reach_nothing():
    assert "sandbox allow-scripts;" in FRAME_POLICY
    assert "allow-same-origin" not in FRAME_POLICY
    assert "default-src 'none'" in FRAME_POLICY
    assert "connect-src" not in FRAME_POLICY
    assert "frame-ancestors 'self'" in FRAME_POLICY


def test_a_frame_holds_the_learners_html_as_it_is_and_tells_its_height():
    document = frame_document(data(text_html="<b>hello</b>"))
    assert "<body><b>hello</b>" in document
    assert "postMessage" in document
    assert frame_document({"output_type": "stream", "text": "x"}) is None


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[go](javascript:alert(1))",
        "[go](data:text/html,<script>alert(1)</script>)",
        "<iframe src=//evil></iframe>",
        '<a href="x" onclick="alert(1)">x</a>',
        "<svg onload=alert(1)>",
        "![p](http://evil.example/pixel.png)",
        '<form action="/accounts/logout/"><button>Next</button></form>',
        "<style>body{display:none}</style>",
    ],
)
def test_text_cells_lose_everything_that_acts(source):
    html = render_markdown(source)
    for trouble in ("<script", "onerror", "onclick", "javascript:", "data:text", "<iframe", "<svg", "evil.example", "<form", "<style"):
        assert trouble not in html


def test_text_cells_keep_their_form_one_heading_level_lower():
    html = render_markdown("# Title\n\n- one\n- **two**\n\n```python\nx < 1\n```\n\n[docs](https://example.com)")
    assert "<h2>Title</h2>" in html
    assert "<strong>two</strong>" in html
    assert "x &lt; 1" in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_formulas_are_set_and_the_rest_stays_as_it_was_typed():
    html = render_markdown("Cost $c = 4n$ and $$\\sum_i x_i$$ but `a $b$ c`, 5 $ and 6 $, and $\\nonsense{$.")
    assert html.count('<math xmlns="http://www.w3.org/1998/Math/MathML"') == 2
    assert "<code>a $b$ c</code>" in html
    assert "$\\nonsense{$" in html


def test_a_formula_carries_no_markup_of_its_own():
    html = render_markdown(r"$\href{javascript:alert(1)}{x}$ $\htmlData{a=b}{<script>alert(1)</script>}$")
    assert "<a" not in html.replace("<annotation", "")
    assert "<script" not in html
