"""What a browser sends, turned into values or refused in one sentence."""

import json

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from grading.limits import NOTEBOOK_BYTES
from submissions.forms import BodyRefused, KeyMissing, NotebookTooBig, apply_act, click_key, json_body, notebook_from_form, whole_number

NOTEBOOK = {
    "cells": [
        {"id": "a", "cell_type": "code", "metadata": {"tags": ["given"]}, "source": "import numpy"},
        {"id": "b", "cell_type": "code", "metadata": {}, "source": ["def f():\n", "    ..."]},
        {"id": "c", "cell_type": "markdown", "metadata": {}, "source": "text"},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def request_with(body: bytes, **headers):
    return RequestFactory().post("/", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("body", "code"), [(b"\xff\xfe", "not_utf8"), (b"{", "not_json"), (b"[1]", "not_json"), (b"[" * 100_000, "not_json")]
)
def test_a_body_that_is_no_json_object_is_refused_with_a_sentence(body, code):
    with pytest.raises(BodyRefused) as refused:
        json_body(request_with(body))
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert refused.value.detail.endswith(".")


def test_a_body_that_is_too_large_is_refused_before_it_is_read():
    request = request_with(b"{}")
    request.META["CONTENT_LENGTH"] = str(NOTEBOOK_BYTES * 2)
    with pytest.raises(NotebookTooBig) as refused:
        json_body(request)
    assert refused.value.status == 413
    assert "10 MB" in refused.value.detail


@pytest.mark.parametrize("value", [-1, 1.5, True, "x", [], 2**40])
def test_a_place_that_is_no_whole_number_is_refused(value):
    with pytest.raises(BodyRefused):
        whole_number({"run_to": value}, "run_to")


def test_a_whole_number_may_come_as_text_or_not_at_all():
    assert [whole_number(body, "n") for body in ({"n": 3}, {"n": "12"}, {"n": ""}, {})] == [3, 12, None, None]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_click_needs_a_key_of_its_own(key):
    with pytest.raises(KeyMissing):
        click_key(request_with(b"{}", **({"Idempotency-Key": key} if key else {})))


def fields(**cells):
    query = QueryDict(mutable=True)
    for cell_id, source in cells.items():
        query.appendlist("cell", cell_id)
        query.appendlist("source", source)
    return query


def test_the_form_changes_text_but_not_given_cells_nor_those_it_does_not_hold():
    changed = notebook_from_form(NOTEBOOK, fields(a="evil", b="def f():\r\n    return 1"))
    assert [cell["source"] for cell in changed["cells"]] == ["import numpy", "def f():\n    return 1", "text"]


@pytest.mark.parametrize(
    ("act", "ids"),
    [
        ("up:b", "bac"),
        ("down:a", "bac"),
        ("up:a", "abc"),
        ("down:c", "abc"),
        ("delete:b", "ac"),
        ("delete:a", "abc"),
        ("delete:nothing", "abc"),
        ("add-code:a", "a+bc"),
        ("add-text", "abc+"),
        ("nonsense:b", "abc"),
    ],
)
def test_the_small_buttons_work_without_script(act, ids):
    cells = apply_act(NOTEBOOK, act)["cells"]
    assert "".join(cell["id"] if len(cell["id"]) == 1 else "+" for cell in cells) == ids
    assert json.dumps(NOTEBOOK).count('"id"') == 3  # the notebook it came from is untouched
