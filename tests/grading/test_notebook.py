"""Every file that a person may give us is read, or refused with a code and one sentence that says what to do."""

import contextlib
import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.limits import NOTEBOOK_BYTES, NOTEBOOK_CELLS
from grading.nesting import DEEPEST, is_deeper_than
from grading.notebook import NotebookInvalid, read_notebook
from grading.seed import seed_for


def notebook(*cells, **more):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **more}


def refused(raw):
    with pytest.raises(NotebookInvalid) as caught:
        read_notebook(raw)
    sentence = caught.value.sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "!" not in sentence
    return caught.value.code


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not_json"),
        (b"  \n", "not_json"),
        (b"print('hello')", "not_json"),
        (b'{"nbformat": 4,', "not_json"),
        (b"[" * 200_000, "not_json"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "not_json"),
        (b"\xff\xfe\x00", "not_utf8"),
        ("ä".encode("latin-1"), "not_utf8"),
        (b"[]", "not_a_notebook"),
        (b"3", "not_a_notebook"),
        (b'"text"', "not_a_notebook"),
        (b"null", "not_a_notebook"),
        (b"{}", "not_a_notebook"),
        (b'{"nbformat": 4}', "not_a_notebook"),
        (b'{"nbformat": 4, "cells": {}}', "not_a_notebook"),
        (b'{"nbformat": 2, "worksheets": []}', "wrong_nbformat"),
        (b'{"nbformat": 5, "cells": []}', "wrong_nbformat"),
        (b'{"nbformat": "4", "cells": []}', "wrong_nbformat"),
        (b'{"nbformat": true, "cells": []}', "wrong_nbformat"),
        (b'{"nbformat": null, "cells": []}', "wrong_nbformat"),
        (b'{"nbformat": 3, "worksheets": [{"cells": [7]}]}', "wrong_nbformat"),
        (b" " * (NOTEBOOK_BYTES + 1), "too_large"),
        *(
            (b'{"nbformat": 4, "cells": [], "x": ' + b"[" * deep + b'"\\u0000"' + b"]" * deep + b"}", "too_deep")
            for deep in (100, 450, 900)
        ),
    ],
)
def test_files_that_are_no_notebooks_are_refused(raw, why):
    assert refused(raw) == why


@pytest.mark.parametrize(
    "cell", [7, None, [], {}, {"cell_type": "heading"}, {"cell_type": ["code"]}, code(5), code({"a": 1}), code(["x", 3]), code(True)]
)
def test_cells_that_are_none_are_refused_by_number(cell):
    assert refused(notebook(code("x"), cell)) == "bad_cell"


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "ir", "display_name": "R"}},
        {"kernelspec": {"name": "julia-1.9", "language": "julia"}},
        {"language_info": {"name": "R"}},
        {"language_info": {"name": "javascript"}},
        {"kernelspec": {"name": "python2"}},
        {"language_info": {"name": "python", "version": "2.7.18"}},
        {"kernelspec": {"name": "xcpp17"}},
    ],
)
def test_other_languages_are_refused_by_name(metadata):
    assert refused(notebook(code("1"), metadata=metadata)) == "wrong_language"


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        None,
        5,
        {"kernelspec": None},
        {"kernelspec": {"name": "python3"}},
        {"kernelspec": {"name": "my-venv"}},
        {"language_info": {"name": "ipython"}},
        {"kernelspec": []},
    ],
)
def test_python_under_any_kernel_name_is_taken(metadata):
    assert len(read_notebook(notebook(code("1"), metadata=metadata)).cells) == 1


def test_limits_come_from_one_table():
    assert len(read_notebook(notebook(*[code("")] * NOTEBOOK_CELLS)).cells) == NOTEBOOK_CELLS
    assert refused(notebook(*[code("")] * (NOTEBOOK_CELLS + 1))) == "too_many_cells"
    assert refused(notebook(code("x" * NOTEBOOK_BYTES))) == "too_large"


def test_what_is_not_json_is_refused_as_a_dict_too():
    loop = notebook()
    loop["cells"].append(loop)
    assert refused(loop) == "not_json"
    assert refused(notebook(code("x"), metadata={"a": object()})) == "not_json"


def test_sources_as_lists_missing_metadata_and_missing_ids_are_mended():
    mended = read_notebook(
        notebook(
            {"cell_type": "code", "source": ["a = 1\n", "b = 2"]}, {"cell_type": "markdown"}, {"cell_type": "raw", "source": "x", "id": 3}
        )
    )
    assert [cell.source for cell in mended.cells] == ["a = 1\nb = 2", "", "x"]
    nbformat.validate(nbformat.from_dict(mended.raw))


def test_double_ids_are_mended_the_same_way_each_time():
    twice = notebook(code("x", id="a"), code("y", id="a"), code("z", id="not allowed here!"))
    first, again = read_notebook(twice), read_notebook(twice)
    ids = [cell["id"] for cell in first.raw["cells"]]
    assert ids[0] == "a"
    assert len(set(ids)) == 3
    assert first.raw == again.raw


def test_the_caller_keeps_its_own_object():
    given = notebook({"cell_type": "code", "source": "x"})
    read_notebook(given)
    assert given["cells"][0] == {"cell_type": "code", "source": "x"}


def test_format_3_is_upgraded():
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": []}]}
    cells = old["worksheets"][0]["cells"]
    cells += [
        {"cell_type": "heading", "level": 2, "source": ["Title"]},
        {"cell_type": "code", "input": ["x = 1"], "language": "python", "outputs": []},
    ]
    cells += [{"cell_type": "code", "input": "y", "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": "1"}]}]
    new = read_notebook(json.dumps(old).encode())
    assert [(cell.kind, cell.source) for cell in new.cells] == [("markdown", "## Title"), ("code", "x = 1"), ("code", "y")]
    nbformat.validate(nbformat.from_dict(new.raw))


def test_text_that_no_database_takes_is_cleaned():
    raw = rb'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a\u0000b\ud83d"}], "metadata": {"x": NaN}}'
    cleaned = read_notebook(raw)
    assert cleaned.cells[0].source == "a\ufffdb\ufffd"
    json.dumps(cleaned.raw, allow_nan=False).encode()


@pytest.mark.parametrize("number", ["1e999", "-1e+999", "1" * 400 + ".0", "NaN", "-Infinity"])
def test_numbers_that_no_database_takes_become_null(number):
    raw = f'{{"nbformat": 4, "cells": [], "metadata": {{"x": [{number}]}}}}'.encode()
    assert read_notebook(raw).raw["metadata"] == {"x": [None]}


def test_what_is_nested_as_deep_as_is_allowed_is_kept():
    raw = b'{"nbformat": 4, "cells": [], "metadata": {"x": ' + b"[" * (DEEPEST - 2) + b"]" * (DEEPEST - 2) + b"}}"
    assert is_deeper_than(read_notebook(raw).raw, DEEPEST - 1)


def test_emoji_written_as_two_escapes_stay_whole():
    assert read_notebook(rb'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\ud83d\ude00"}]}').cells[0].source == "😀"


def test_a_byte_order_mark_is_no_obstacle():
    assert read_notebook(b"\xef\xbb\xbf" + json.dumps(notebook(code("x"))).encode()).cells[0].source == "x"


def test_tags_are_read_and_wrong_ones_ignored():
    cells = read_notebook(notebook(code("x", metadata={"tags": ["given", 3, "task:dot"]}), code("y", metadata={"tags": "given"}))).cells
    assert [cell.tags for cell in cells] == [("given", "task:dot"), ()]


def test_the_code_hash_counts_code_alone():
    plain = read_notebook(notebook(code("x = 1\n"), code("y")))
    dressed = notebook(
        {"cell_type": "markdown", "source": "hi"}, code("x = 1\r\n", id="q", outputs=[{"output_type": "stream"}]), code(["y"])
    )
    assert read_notebook(dressed).code_hash == plain.code_hash
    assert read_notebook(notebook(code("x = 1\ny"))).code_hash != plain.code_hash
    assert read_notebook(notebook(code("y"), code("x = 1\n"))).code_hash != plain.code_hash


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "source", "cell_type", "metadata", "nbformat", "tags", "id", "outputs", "worksheets", "input", "level"]
            ),
            inner,
            max_size=6,
        )
    ),
)


@settings(max_examples=300, deadline=None)
@given(json_values, st.sampled_from([3, 4]))
def test_whatever_the_json_holds_only_notebook_invalid_comes_out(value, version):
    document = {**value, "nbformat": version} if isinstance(value, dict) else notebook(value, nbformat=version)
    with contextlib.suppress(NotebookInvalid):
        read_notebook(document)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_only_notebook_invalid_comes_out(raw):
    with contextlib.suppress(NotebookInvalid):
        read_notebook(raw)


def test_a_seed_is_repeatable_and_depends_on_all_three():
    seed = seed_for("key", "v1", "hash")
    assert seed == seed_for("key", "v1", "hash")
    assert 0 <= seed < 2**63
    assert (
        len(
            {
                seed,
                seed_for("other", "v1", "hash"),
                seed_for("key", "v2", "hash"),
                seed_for("key", "v1", "hush"),
                seed_for("key", "v1h", "ash"),
            }
        )
        == 5
    )
