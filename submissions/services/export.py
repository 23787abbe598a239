"""Everything stored about one person, as one archive that they may take along."""

from __future__ import annotations

import json
import zipfile
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from accounts.models import ApiToken, User
from lessons.models import ProblemReport
from progress.models import ExerciseState, LessonState, ProgressEvent, QuizAnswer, StageRollup
from submissions.models import Draft, Submission
from submissions.selectors import result_view

_ABOUT: dict[str, tuple[type[Model], str]] = {
    "progress/events": (ProgressEvent, "learner"),
    "progress/lessons": (LessonState, "learner"),
    "progress/exercises": (ExerciseState, "learner"),
    "progress/stages": (StageRollup, "learner"),
    "progress/quiz_answers": (QuizAnswer, "learner"),
    "problem_reports": (ProblemReport, "reporter"),
}
_README = """Everything that this site stores about you.

account.json            who you are here, and your settings
progress/               what you did (events) and what follows from it
drafts/                 your notebooks in work, by exercise
submissions/<id>/       each notebook you sent, its result and its outputs; the id is the one of the API
problem_reports.json    what you reported
"""


def write_export(person: User, target: IO[bytes]) -> None:
    """Write the zip archive. Rows are read one after the other: years of notebooks need not fit into memory."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README)
        archive.writestr("account.json", _json(_account(person)))
        for name, (model, owner) in _ABOUT.items():
            archive.writestr(f"{name}.json", _json(list(model._default_manager.filter(**{owner: person}).values())))
        for draft in Draft.objects.filter(learner=person).select_related("exercise").iterator():
            archive.writestr(f"drafts/{draft.exercise.slug}.ipynb", _json(draft.notebook))
        sent = Submission.objects.filter(learner=person).select_related("exercise", "exercise_version").order_by("created_at")
        for submission in sent.iterator(chunk_size=20):
            folder = f"submissions/{submission.public_id}"
            archive.writestr(f"{folder}/notebook.ipynb", _json(submission.notebook))
            archive.writestr(f"{folder}/result.json", _json({**result_view(submission), "kind": submission.kind}))
            archive.writestr(f"{folder}/outputs.json", _json(submission.outputs))


def _account(person: User) -> dict[str, Any]:
    fields = ("email", "name", "date_joined", "last_login", "theme", "editor_mode", "starting_point", "welcomed_at")
    tokens = ApiToken.objects.filter(owner=person).values("created_at", "last_used_at")
    about = {name: getattr(person, name) for name in fields}
    return {"id": person.public_id, **about, "roles": sorted(person.roles), "api_tokens": list(tokens)}


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, cls=DjangoJSONEncoder, ensure_ascii=False)
