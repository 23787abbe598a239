"""Writing progress: one event, then the projections that follow from it, in one transaction under the learner's own lock.

Every function may be called twice with the same key: the second call changes nothing. Nothing here ever moves down. The statements are
plain SQL: the same through querysets costs three times as much, and this is on the way of every graded submission.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from common.errors import NotThere
from common.storable import storable
from lessons.models import Exercise, Lesson
from progress.graph import RELEASE_SQL, Graph, LessonNode, graph_of
from progress.models import EventKind, LearnerLessonStatus, LessonState, QuizAnswer
from progress.quiz import QuizResult, judge

MASTERY_SHARE = 0.9
HINT_LEVELS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    kind: EventKind
    subject: uuid.UUID
    key: str
    version: str = ""
    score: float | None = None
    max_score: float | None = None
    payload: dict[str, Any] = field(default_factory=dict)


def record_started(*, learner: User, lesson: Lesson | None) -> None:
    """Note that the learner began to work on the lesson. Costs one query when that is known; without a lesson it does nothing."""
    if lesson is None or LessonState.objects.filter(learner=learner, lesson_uid=lesson.uuid, started_at__isnull=False).exists():
        return
    with transaction.atomic(savepoint=False):
        _lock(learner)
        now = timezone.now()
        _append(learner, [_started(lesson.uuid)], now)
        _start_lesson(learner, lesson.uuid, now)


def record_attempt(
    *, learner: User, exercise: Exercise, version: str, score: float, max_score: float, passed: bool, submission_id: uuid.UUID
) -> None:
    """Count one graded submission: tries, best score, and, when it is the first that passes, the lesson and what it opens.

    At most eight statements, whatever the size of the roadmap and of the learner's history; two when it was recorded before.
    """
    with transaction.atomic(savepoint=False):
        graph, now = graph_of(_lock(learner)), timezone.now()
        node = graph.of_exercise.get(exercise.uuid)
        attempt = _Event(
            kind=EventKind.ATTEMPTED,
            subject=exercise.uuid,
            key=f"attempt:{submission_id}",
            version=version,
            score=score,
            max_score=max_score,
            payload={"passed": passed},
        )
        events = [attempt] if node is None else [attempt, _started(node.uuid)]
        if node and passed:
            events.append(_Event(kind=EventKind.PASSED, subject=node.uuid, key=f"passed:{node.uuid}", version=version))
        added = _append(learner, events, now)
        if attempt.key not in added:
            return
        _count_try(learner, attempt, now)
        if node:
            _raise_lesson(learner, node, attempt, now)
            if f"passed:{node.uuid}" in added:
                _count_in_stage(learner, node)
                _open_what_follows(learner, graph, now)


def record_quiz(*, learner: User, lesson: Lesson, answers: dict[str, Any]) -> list[QuizResult]:
    """Judge answers by item id, keep the latest of each, and say what was right and why.

    Ids of no item are left out, and so is null, which is no answer; a number too large for a float becomes null.
    """
    answers = {item: answer for item, answer in storable(answers).items() if answer is not None}
    results = [judge(item, answers[item["id"]]) for item in lesson.quiz if item["id"] in answers]
    if not results:
        return []
    with transaction.atomic(savepoint=False):
        _lock(learner)
        now = timezone.now()
        kept = dict(QuizAnswer.objects.filter(learner=learner, lesson_uid=lesson.uuid).values_list("item", "answer"))
        changed = [result for result in results if result.item not in kept or kept[result.item] != answers[result.item]]
        if changed:
            given = [_answered(lesson.uuid, result, answers[result.item]) for result in changed]
            _append(learner, [_started(lesson.uuid), *given], now)
            _keep_answers(learner, lesson.uuid, changed, answers, now)
            _start_lesson(learner, lesson.uuid, now)
    return results


def record_hint(*, learner: User, exercise: Exercise, task: str, level: int) -> None:
    """Note that a hint (level 1 to 3) was opened; it costs no points."""
    if not 1 <= level <= HINT_LEVELS:
        raise NotThere("There is no such hint.")
    with transaction.atomic(savepoint=False):
        _lock(learner)
        now = timezone.now()
        hint = _Event(
            kind=EventKind.HINT_OPENED,
            subject=exercise.uuid,
            key=f"hint:{exercise.uuid.hex}:{task}:{level}",
            payload={"task": task, "level": level},
        )
        if _append(learner, [hint], now):
            _raise_hint(learner, exercise.uuid, task, level)


def _started(lesson_uid: uuid.UUID) -> _Event:
    return _Event(kind=EventKind.STARTED, subject=lesson_uid, key=f"started:{lesson_uid}")


def _answered(lesson_uid: uuid.UUID, result: QuizResult, answer: Any) -> _Event:
    payload = {"item": result.item, "answer": answer, "is_right": result.is_right}
    return _Event(kind=EventKind.QUIZ_ANSWERED, subject=lesson_uid, key=f"quiz:{uuid.uuid4()}", payload=payload)


_LOCK = f"""
    INSERT INTO progress_progresshead (learner_id) VALUES (%s)
    ON CONFLICT (learner_id) DO UPDATE SET learner_id = EXCLUDED.learner_id RETURNING ({RELEASE_SQL})
"""  # noqa: S608 - no value from outside is in it


def _lock(learner: User) -> str:
    """Hold the learner's row until the transaction ends: one learner's writes follow each other, nobody else waits.

    Answers with the key of the content's release, so that whoever needs the graph asks nothing more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [learner.pk])
        return str(cursor.fetchone()[0])


def _append(learner: User, events: list[_Event], now: dt.datetime) -> set[str]:
    """Append the events whose keys are new, in one statement; returns those keys."""
    row = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
    values: list[Any] = []
    for event in events:
        payload = json.dumps(event.payload)
        values += [learner.pk, event.kind.value, event.subject, event.version, event.score, event.max_score, payload, event.key, now]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO progress_progressevent"  # noqa: S608 - only placeholders are put in
            " (learner_id, kind, subject_uid, item_version, score, max_score, payload, idempotency_key, occurred_at)"
            f" VALUES {', '.join([row] * len(events))} ON CONFLICT (learner_id, idempotency_key) DO NOTHING RETURNING idempotency_key",
            values,
        )
        return {key for (key,) in cursor.fetchall()}


# A best score is the larger share of the points; of equal shares the one of more points.
_IS_BETTER = """(s.best_score IS NULL OR (EXCLUDED.best_score / NULLIF(EXCLUDED.best_max_score, 0), EXCLUDED.best_max_score)
    > (s.best_score / NULLIF(s.best_max_score, 0), s.best_max_score))"""

_COUNT_TRY = f"""
    INSERT INTO progress_exercisestate AS s
        (learner_id, exercise_uid, graded_tries, best_score, best_max_score, first_passed_at, hints_opened)
    VALUES (%s, %s, 1, %s, %s, %s, '{{}}')
    ON CONFLICT (learner_id, exercise_uid) DO UPDATE SET
        graded_tries = s.graded_tries + 1,
        best_score = CASE WHEN {_IS_BETTER} THEN EXCLUDED.best_score ELSE s.best_score END,
        best_max_score = CASE WHEN {_IS_BETTER} THEN EXCLUDED.best_max_score ELSE s.best_max_score END,
        first_passed_at = COALESCE(s.first_passed_at, EXCLUDED.first_passed_at)
"""  # noqa: S608


def _count_try(learner: User, attempt: _Event, now: dt.datetime) -> None:
    passed_at = now if attempt.payload["passed"] else None
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_TRY, [learner.pk, attempt.subject, attempt.score, attempt.max_score, passed_at])


_RAISE_LESSON = f"""
    INSERT INTO progress_lessonstate AS s (learner_id, lesson_uid, status, opened_at, started_at, first_passed_at, passed_version,
        best_score, best_max_score, mastered, minutes)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0)
    ON CONFLICT (learner_id, lesson_uid) DO UPDATE SET
        status = CASE WHEN s.status = 'passed' OR EXCLUDED.status = 'passed' THEN 'passed'
                      WHEN s.status = 'credited' THEN 'credited' ELSE 'started' END,
        started_at = COALESCE(s.started_at, EXCLUDED.started_at),
        first_passed_at = COALESCE(s.first_passed_at, EXCLUDED.first_passed_at),
        passed_version = CASE WHEN s.first_passed_at IS NULL THEN EXCLUDED.passed_version ELSE s.passed_version END,
        best_score = CASE WHEN {_IS_BETTER} THEN EXCLUDED.best_score ELSE s.best_score END,
        best_max_score = CASE WHEN {_IS_BETTER} THEN EXCLUDED.best_max_score ELSE s.best_max_score END,
        mastered = s.mastered OR EXCLUDED.mastered
"""  # noqa: S608


def _raise_lesson(learner: User, node: LessonNode, attempt: _Event, now: dt.datetime) -> None:
    passed = attempt.payload["passed"]
    status = LearnerLessonStatus.PASSED if passed else LearnerLessonStatus.STARTED
    assert attempt.score is not None
    assert attempt.max_score is not None
    mastered = attempt.score >= MASTERY_SHARE * attempt.max_score
    passed_at, version = (now, attempt.version) if passed else (None, "")
    values: list[Any] = [status.value, now, now, passed_at, version, attempt.score, attempt.max_score, mastered]
    with connection.cursor() as cursor:
        cursor.execute(_RAISE_LESSON, [learner.pk, node.uuid, *values])


def _start_lesson(learner: User, lesson_uid: uuid.UUID, now: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO progress_lessonstate AS s"
            " (learner_id, lesson_uid, status, opened_at, started_at, passed_version, mastered, minutes)"
            " VALUES (%s, %s, 'started', %s, %s, '', false, 0)"
            " ON CONFLICT (learner_id, lesson_uid) DO UPDATE SET started_at = COALESCE(s.started_at, EXCLUDED.started_at),"
            " status = CASE WHEN s.status = 'open' THEN 'started' ELSE s.status END",
            [learner.pk, lesson_uid, now, now],
        )


def _count_in_stage(learner: User, node: LessonNode) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO progress_stagerollup AS s (learner_id, stage_uid, passed) VALUES (%s, %s, 1)"
            " ON CONFLICT (learner_id, stage_uid) DO UPDATE SET passed = s.passed + 1",
            [learner.pk, node.stage.uuid],
        )


_OPEN = """
    WITH opened AS (
        INSERT INTO progress_progressevent (learner_id, kind, subject_uid, item_version, payload, idempotency_key, occurred_at)
        SELECT %(learner)s, 'opened', uid, '', '{}', 'opened:' || uid, %(now)s FROM unnest(%(lessons)s::uuid[]) AS uid
        ON CONFLICT (learner_id, idempotency_key) DO NOTHING
        RETURNING subject_uid
    )
    INSERT INTO progress_lessonstate (learner_id, lesson_uid, status, opened_at, passed_version, mastered, minutes)
    SELECT %(learner)s, subject_uid, 'open', %(now)s, '', false, 0 FROM opened
    ON CONFLICT (learner_id, lesson_uid) DO NOTHING
"""


def _open_what_follows(learner: User, graph: Graph, now: dt.datetime) -> None:
    """Store every lesson that is open by now and not stored yet: once open, it stays open, whatever is published later."""
    states = dict(LessonState.objects.filter(learner=learner).values_list("lesson_uid", "status"))
    finished = {LearnerLessonStatus.PASSED.value, LearnerLessonStatus.CREDITED.value}
    done = sum(1 << graph.by_uuid[uid].bit for uid, status in states.items() if status in finished and uid in graph.by_uuid)
    ready = [node.uuid for node in graph.lessons if node.is_published and node.uuid not in states and not node.needs & ~done]
    if ready:
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, {"learner": learner.pk, "now": now, "lessons": [str(uid) for uid in ready]})


def _keep_answers(learner: User, lesson_uid: uuid.UUID, results: list[QuizResult], answers: dict[str, Any], now: dt.datetime) -> None:
    rows = [
        QuizAnswer(
            learner=learner,
            lesson_uid=lesson_uid,
            item=result.item,
            answer=answers[result.item],
            is_right=result.is_right,
            answered_at=now,
        )
        for result in results
    ]
    QuizAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["learner", "lesson_uid", "item"],
        update_fields=["answer", "is_right", "answered_at"],
    )


def _raise_hint(learner: User, exercise_uid: uuid.UUID, task: str, level: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO progress_exercisestate AS s (learner_id, exercise_uid, graded_tries, hints_opened)"
            " VALUES (%s, %s, 0, jsonb_build_object(%s::text, %s::int))"
            " ON CONFLICT (learner_id, exercise_uid) DO UPDATE SET hints_opened = s.hints_opened ||"
            " jsonb_build_object(%s::text, GREATEST(%s::int, COALESCE((s.hints_opened ->> %s)::int, 0)))",
            [learner.pk, exercise_uid, task, level, task, level, task],
        )
