"""The projections, computed anew from the log of events: set by set, so that millions of events take seconds.

Each statement here says in one place what a projection means; `record` keeps the same up to date step by step, and a difference between
the two is a mistake in one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

_BEST = "(array_agg({0} ORDER BY score / NULLIF(max_score, 0) DESC NULLS LAST, max_score DESC) FILTER (WHERE kind = 'attempted'))[1]"

_EXERCISES = f"""
    SELECT learner_id, subject_uid AS exercise_uid,
        count(*) FILTER (WHERE kind = 'attempted') AS graded_tries,
        {_BEST.format("score")} AS best_score,
        {_BEST.format("max_score")} AS best_max_score,
        min(occurred_at) FILTER (WHERE kind = 'attempted' AND (payload ->> 'passed')::boolean) AS first_passed_at,
        COALESCE((SELECT jsonb_object_agg(task, level) FROM (
            SELECT h.payload ->> 'task' AS task, max((h.payload ->> 'level')::int) AS level FROM progress_progressevent h
            WHERE h.learner_id = e.learner_id AND h.subject_uid = e.subject_uid AND h.kind = 'hint_opened' GROUP BY 1
        ) AS hints), '{{}}'::jsonb) AS hints_opened
    FROM progress_progressevent e WHERE kind IN ('attempted', 'hint_opened') GROUP BY learner_id, subject_uid
"""  # noqa: S608 - all parts are our own

# An attempt is an event of the exercise; its lesson is the one that the exercise belongs to.
_LESSONS = f"""
    SELECT learner_id, lesson_uid,
        CASE WHEN bool_or(kind = 'passed') THEN 'passed' WHEN bool_or(kind <> 'opened') THEN 'started' ELSE 'open' END AS status,
        min(occurred_at) AS opened_at,
        min(occurred_at) FILTER (WHERE kind = 'started') AS started_at,
        min(occurred_at) FILTER (WHERE kind = 'passed') AS first_passed_at,
        COALESCE(min(item_version) FILTER (WHERE kind = 'passed'), '') AS passed_version,
        {_BEST.format("score")} AS best_score,
        {_BEST.format("max_score")} AS best_max_score,
        COALESCE(bool_or(score >= 0.9 * max_score) FILTER (WHERE kind = 'attempted'), false) AS mastered
    FROM (
        SELECT e.learner_id, e.kind, e.occurred_at, e.item_version, e.score, e.max_score, l.uuid AS lesson_uid
        FROM progress_progressevent e
        JOIN lessons_exercise x ON x.uuid = e.subject_uid
        JOIN lessons_lesson l ON l.id = x.lesson_id
        WHERE e.kind = 'attempted'
        UNION ALL
        SELECT learner_id, kind, occurred_at, item_version, score, max_score, subject_uid
        FROM progress_progressevent WHERE kind IN ('opened', 'started', 'passed', 'quiz_answered')
    ) AS happened GROUP BY learner_id, lesson_uid
"""  # noqa: S608

_STAGES = """
    SELECT e.learner_id, s.uuid AS stage_uid, count(*) AS passed
    FROM progress_progressevent e
    JOIN lessons_lesson l ON l.uuid = e.subject_uid
    JOIN roadmap_module m ON m.id = l.module_id
    JOIN roadmap_stage s ON s.id = m.stage_id
    WHERE e.kind = 'passed' GROUP BY e.learner_id, s.uuid
"""

_QUIZZES = """
    SELECT DISTINCT ON (learner_id, subject_uid, payload ->> 'item')
        learner_id, subject_uid AS lesson_uid, payload ->> 'item' AS item, payload -> 'answer' AS answer,
        (payload ->> 'is_right')::boolean AS is_right, occurred_at AS answered_at
    FROM progress_progressevent WHERE kind = 'quiz_answered'
    ORDER BY learner_id, subject_uid, payload ->> 'item', occurred_at DESC, id DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Projection:
    """`key` and `columns` are what events decide; other columns (minutes) are kept as they are."""

    table: str
    from_events: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


_PROJECTIONS = {
    "exercises": _Projection(
        table="progress_exercisestate",
        from_events=_EXERCISES,
        key=("learner_id", "exercise_uid"),
        columns=("graded_tries", "best_score", "best_max_score", "first_passed_at", "hints_opened"),
    ),
    "lessons": _Projection(
        table="progress_lessonstate",
        from_events=_LESSONS,
        key=("learner_id", "lesson_uid"),
        columns=(
            "status",
            "opened_at",
            "started_at",
            "first_passed_at",
            "passed_version",
            "best_score",
            "best_max_score",
            "mastered",
        ),
    ),
    "stages": _Projection(table="progress_stagerollup", from_events=_STAGES, key=("learner_id", "stage_uid"), columns=("passed",)),
    "quiz answers": _Projection(
        table="progress_quizanswer",
        from_events=_QUIZZES,
        key=("learner_id", "lesson_uid", "item"),
        columns=("answer", "is_right", "answered_at"),
    ),
}


def differences() -> dict[str, int]:
    """How many rows of each projection differ from what the events say. All zero, or there is a mistake."""
    return {name: _count(_difference_sql(projection)) for name, projection in _PROJECTIONS.items()}


def rebuild() -> dict[str, int]:
    """Make the projections what the events say; returns how many rows of each were changed. Learners' writes wait meanwhile."""
    with transaction.atomic():
        _execute("LOCK TABLE progress_progresshead IN EXCLUSIVE MODE")
        return {name: _mend(projection) for name, projection in _PROJECTIONS.items()}


def recount_stages() -> int:
    """Count lessons passed by stage again: a release may have moved lessons."""
    with transaction.atomic():
        _execute("LOCK TABLE progress_progresshead IN EXCLUSIVE MODE")
        return _mend(_PROJECTIONS["stages"])


def _difference_sql(projection: _Projection) -> str:
    names = ", ".join((*projection.key, *projection.columns))
    stored = f"SELECT {names} FROM {projection.table}"  # noqa: S608 - all names are our own
    computed = f"SELECT {names} FROM ({projection.from_events}) AS computed"  # noqa: S608
    key = ", ".join(projection.key)
    return f"SELECT DISTINCT {key} FROM (({stored} EXCEPT {computed}) UNION ALL ({computed} EXCEPT {stored})) AS d"  # noqa: S608


def _mend(projection: _Projection) -> int:
    key, names = ", ".join(projection.key), ", ".join((*projection.key, *projection.columns))
    same = " AND ".join(f"t.{name} = d.{name}" for name in projection.key)
    missing = f"NOT EXISTS (SELECT 1 FROM ({projection.from_events}) AS d WHERE {same})"  # noqa: S608
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in projection.columns)
    more, values = (", minutes", ", 0") if projection.table == "progress_lessonstate" else ("", "")
    changed = _count(_difference_sql(projection))
    if changed:
        _execute(f"DELETE FROM {projection.table} AS t WHERE {missing}")  # noqa: S608
        _execute(
            f"INSERT INTO {projection.table} ({names}{more}) SELECT {names}{values} FROM ({projection.from_events}) AS computed"  # noqa: S608
            f" ON CONFLICT ({key}) DO UPDATE SET {changes}"
        )
    return changed


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement}) AS counted")  # noqa: S608
        return int(cursor.fetchone()[0])


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
