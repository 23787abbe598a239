"""The workspace over HTTP: a whole page without script, a draft that no tab overwrites unseen, and clicks that count once."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from submissions.models import Draft, Kind, Submission
from tests.submissions import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def exercise(db):
    return made.exercise()


@pytest.fixture
def learner(client, ada):
    client.force_login(ada)
    return client


def url(name, *rest):
    return reverse(f"submissions:{name}", args=["doubling", *rest])


def put_draft(learner, notebook, revision):
    body = json.dumps({"notebook": notebook, "revision": revision})
    return learner.put(url("draft"), body, content_type="application/json")


def send(learner, kind, body, key="click-1"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return learner.post(url("send", kind), raw, content_type="application/json", headers={"Idempotency-Key": key})


def revision_of(learner):
    return learner.get(url("draft")).json()["revision"]


def test_a_stranger_is_asked_to_sign_in(client, exercise):
    answer = client.get(url("workspace"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/lessons/doubling/exercise/")


def test_an_unknown_exercise_is_404_in_words(learner):
    assert learner.get(url("workspace")).status_code == 404
    answer = learner.get(url("draft"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"]


def test_the_page_holds_the_whole_notebook_without_script(learner, exercise):
    page = learner.get(url("workspace")).content.decode()
    assert "def double(x):" in page
    assert re.search(r"<h2>Double it</h2>", page)
    assert page.count("<textarea") >= 2
    for act in ("run", "check", "submit"):
        assert f'name="act" value="{act}"' in page
    assert "1 more check" in page
    assert "double agrees on random numbers" not in page


def test_the_page_allows_the_editors_style_element_and_no_inline_script(learner, exercise):
    answer = learner.get(url("workspace"))
    nonce = re.search(r'data-nonce="([^"]+)"', answer.content.decode())[1]
    assert f"'nonce-{nonce}'" in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*(src=|application/json))", answer.content.decode())


def test_saving_raises_the_revision_and_stays(learner, exercise):
    first = revision_of(learner)
    answer = put_draft(learner, made.notebook("x = 1"), first)
    assert answer.status_code == 200
    assert answer.json()["revision"] > first
    assert "x = 1" in learner.get(url("workspace")).content.decode()


def test_a_stale_draft_is_409_and_both_versions_survive(learner, exercise):
    first = revision_of(learner)
    newer = put_draft(learner, made.notebook("theirs = 1"), first).json()["revision"]
    answer = put_draft(learner, made.notebook("mine = 1"), first)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["revision"] == newer
    assert "theirs = 1" in json.dumps(problem["notebook"])
    assert problem["detail"].endswith(".")
    assert "theirs = 1" in json.dumps(Draft.objects.get().notebook)


def test_two_people_have_two_drafts(learner, client, exercise, eve):
    put_draft(learner, made.notebook("secret = 1"), revision_of(learner))
    client.force_login(eve)
    assert "secret = 1" not in client.get(url("workspace")).content.decode()


@pytest.mark.parametrize("kind", ["run", "check", "submit"])
def test_sending_is_a_202_with_where_to_ask(learner, exercise, kind):
    answer = send(learner, kind, {"notebook": made.notebook(), **({"run_to": 2} if kind == "run" else {})})
    assert answer.status_code == 202
    submission = Submission.objects.get()
    assert (submission.kind, submission.status) == (kind, "queued")
    assert submission.run_to == (2 if kind == "run" else None)
    assert answer.json()["status_url"].startswith(f"/submissions/{submission.public_id}/status/?token=")


def test_a_double_click_is_one_row(learner, exercise):
    first, again = (send(learner, "submit", {"notebook": made.notebook()}) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert Submission.objects.count() == 1


def test_the_same_key_for_another_notebook_is_refused(learner, exercise):
    send(learner, "submit", {"notebook": made.notebook("x = 1")})
    assert send(learner, "submit", {"notebook": made.notebook("x = 2")}).status_code == 422
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"\xff\xfe\xfa", 400, "not_utf8"),
        (b"{nope", 400, "not_json"),
        ({"notebook": []}, 400, "not_a_notebook"),
        ({"notebook": {"cells": []}}, 400, "not_a_notebook"),
        ({"notebook": {"nbformat": 2, "cells": []}}, 400, "wrong_nbformat"),
        ({"notebook": {**made.notebook(), "metadata": {"kernelspec": {"name": "ir", "language": "R"}}}}, 400, "wrong_language"),
        ({"notebook": {**made.notebook(), "cells": made.notebook()["cells"][1:2] * 501}}, 400, "too_many_cells"),
    ],
)
def test_bad_notebooks_are_refused_in_one_sentence_and_never_counted(learner, exercise, body, status, code):
    answer = send(learner, "submit", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["detail"].endswith(".")
    assert not Submission.objects.exists()


def test_a_notebook_that_is_too_large_is_413(learner, exercise):
    cells = made.notebook()["cells"]
    cells[2]["source"] = "#" * (10 * 1024 * 1024 + 10)
    answer = send(learner, "submit", {"notebook": {**made.notebook(), "cells": cells}})
    assert answer.status_code == 413
    assert "10 MB" in answer.json()["detail"]


def test_a_wrong_method_is_405_with_what_is_possible(learner, exercise):
    answer = learner.get(url("send", "run"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer.json()["detail"]


def test_sending_without_the_sites_token_is_403(ada, exercise):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert send(strict, "submit", {"notebook": made.notebook()}).status_code == 403
    assert not Submission.objects.exists()


# --- the form, where no script runs ---------------------------------------------------------------------------------------------


def form_fields(learner, act, **changed):
    page = learner.get(url("workspace")).content.decode()
    form = page[page.index('<form id="notebook"') :]
    ids = re.findall(r'name="cell" value="([^"]+)"', form[: form.index("</form>")])
    cells = {cell["id"]: cell["source"] for cell in learner.get(url("draft")).json()["notebook"]["cells"]}
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    return {
        "act": act,
        "key": key,
        "revision": revision_of(learner),
        "cell": ids,
        "source": [changed.get(cell_id, "".join(cells[cell_id])) for cell_id in ids],
    }


def test_the_form_saves_what_was_typed(learner, exercise):
    fields = form_fields(learner, "save", own0="answer = 42", given="evil = 1")
    assert learner.post(url("save"), fields).status_code == 302
    page = learner.get(url("workspace")).content.decode()
    assert "answer = 42" in page
    assert "evil = 1" not in page


def test_the_form_submits_once_for_a_double_click(learner, exercise):
    fields = form_fields(learner, "submit", own0="answer = 42")
    first = learner.post(url("save"), fields)
    submission = Submission.objects.get()
    assert first["Location"] == f"/submissions/{submission.public_id}/"
    assert "answer = 42" in json.dumps(submission.notebook)


def test_the_form_runs_to_the_cell_of_its_button_and_comes_back(learner, exercise):
    answer = learner.post(url("save"), form_fields(learner, "run:own0"))
    submission = Submission.objects.get()
    assert (submission.kind, submission.run_to) == (Kind.RUN, 2)
    assert answer["Location"] == f"/lessons/doubling/exercise/?of={submission.public_id}#cell-own0"
    assert 'http-equiv="refresh"' in learner.get(answer["Location"]).content.decode()


def test_the_form_adds_and_deletes_cells(learner, exercise):
    learner.post(url("save"), form_fields(learner, "add-code:own0"))
    assert len(Draft.objects.get().notebook["cells"]) == 4
    learner.post(url("save"), form_fields(learner, "delete:own0"))
    assert [cell["id"] for cell in Draft.objects.get().notebook["cells"]][:2] == ["intro", "given"]
    assert len(Draft.objects.get().notebook["cells"]) == 3


def test_outputs_of_a_run_stay_with_the_text_that_ran(learner, ada, exercise):
    put_draft(learner, made.notebook(), revision_of(learner))
    cells = [{"index": 2, "status": "ok", "seconds": 0.1, "error": None}]
    outputs = {"2": [{"output_type": "stream", "name": "stdout", "text": "<b>six</b>"}]}
    made.submission(ada, exercise, kind=Kind.RUN, cells=cells, outputs=outputs, passed=False, score=0)
    assert "&lt;b&gt;six&lt;/b&gt;" in learner.get(url("workspace")).content.decode()
    put_draft(learner, made.notebook("changed = 1"), revision_of(learner))
    assert "six" not in learner.get(url("workspace")).content.decode()


def test_an_error_is_a_friendly_box_first_and_a_traceback_on_demand(learner, ada, exercise):
    put_draft(learner, made.notebook(), revision_of(learner))
    error = {
        "name": "NameError",
        "message": "name 'y' is not defined",
        "line": 2,
        "hint": "Did you mean `x`?",
        "traceback": "Traceback <x>",
    }
    made.submission(
        ada, exercise, kind=Kind.RUN, cells=[{"index": 2, "status": "error", "seconds": 0.1, "error": error}], passed=False, score=0
    )
    page = learner.get(url("workspace")).content.decode()
    assert "on line 2: name &#x27;y&#x27; is not defined" in page
    assert "<summary>Show traceback</summary>" in page


# --- hints, starter, editor ------------------------------------------------------------------------------------------------------


def test_hints_open_one_after_the_other_and_are_remembered(learner, exercise):
    assert "<p>Add.</p>" not in learner.get(url("workspace")).content.decode()
    learner.post(url("hint"), {"task": "double"})
    page = learner.get(url("workspace")).content.decode()
    assert "<p>Add.</p>" in page
    assert "<p>Add it to itself.</p>" not in page
    assert "Open hint 2 of 3" in page
    assert learner.post(url("hint"), {"task": "nothing"}).status_code == 404


def test_a_reset_can_be_undone(learner, exercise):
    put_draft(learner, made.notebook("precious = 1"), revision_of(learner))
    learner.post(url("reset"))
    page = learner.get(url("workspace")).content.decode()
    assert "precious" not in page
    assert "The starter notebook is back." in page
    learner.post(url("undo"))
    assert "precious = 1" in learner.get(url("workspace")).content.decode()


def test_plain_text_fields_are_a_choice_of_the_account(learner, ada, exercise):
    learner.post(url("editor_mode"), {"mode": "plain"})
    ada.refresh_from_db()
    assert ada.editor_mode == "plain"
    assert 'data-plain="yes"' in learner.get(url("workspace")).content.decode()
    assert learner.post(url("editor_mode"), {"mode": "loud"}).status_code == 400


def test_text_cells_are_cleaned_before_anybody_shows_them(learner, exercise):
    body = json.dumps({"source": "# Hi\n\n<script>alert(1)</script>"})
    answer = learner.post(url("preview"), body, content_type="application/json")
    assert answer.json()["html"].strip() == "<h2>Hi</h2>"


# --- files -----------------------------------------------------------------------------------------------------------------------


def upload(learner, content, name="mine.ipynb"):
    return learner.post(url("upload"), {"notebook": SimpleUploadedFile(name, content)})


def test_an_upload_shows_what_was_found_before_anything_changes(learner, exercise):
    answer = upload(learner, json.dumps(made.notebook("def other(): pass")).encode())
    assert answer["Location"] == url("upload")
    page = learner.get(url("upload")).content.decode()
    assert "What we found in mine.ipynb" in page
    assert "<code>double</code>" in page
    assert not Submission.objects.exists()
    assert "def other" not in learner.get(url("workspace")).content.decode()


def test_an_upload_replaces_the_draft_only_when_told_and_can_be_undone(learner, exercise):
    upload(learner, json.dumps(made.notebook("uploaded = 1")).encode())
    learner.post(url("upload"), {"act": "replace"})
    page = learner.get(url("workspace")).content.decode()
    assert "uploaded = 1" in page
    assert "mine.ipynb has replaced your draft." in page
    learner.post(url("undo"))
    assert "uploaded = 1" not in learner.get(url("workspace")).content.decode()


def test_an_upload_can_be_submitted_as_it_is_once(learner, exercise):
    upload(learner, json.dumps(made.notebook("uploaded = 1")).encode())
    for _ in range(2):
        learner.post(url("upload"), {"act": "submit", "key": "one-click"})
    assert "uploaded = 1" in json.dumps(Submission.objects.get().notebook)


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"\x89PNG\xff", 400), (b"{}", 400), (b'{"nbformat": 9, "cells": []}', 400), (b" " * (10 * 1024 * 1024 + 1), 413)],
    ids=["empty", "a picture", "other json", "another format", "too large"],
)
def test_a_file_that_is_no_notebook_is_refused_on_a_page(learner, exercise, content, status):
    answer = upload(learner, content)
    assert answer.status_code == status
    assert "text/html" in answer["Content-Type"]
    assert learner.get(url("upload")).status_code == 302


def test_the_draft_comes_back_as_a_notebook_file(learner, exercise):
    put_draft(learner, made.notebook("mine = 1"), revision_of(learner))
    answer = learner.get(url("download"))
    assert answer["Content-Disposition"] == 'attachment; filename="doubling.ipynb"'
    assert json.loads(answer.content)["cells"][2]["source"] == "mine = 1"


def test_data_files_can_be_had(learner, exercise):
    assert learner.get(url("file", "numbers.csv")).content == b"a,b\n1,2\n"
    assert learner.get(url("file", "../secret")).status_code == 404
