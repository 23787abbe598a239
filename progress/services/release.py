"""What a new release of the content means for everybody's progress: nothing that was open closes, and counts follow the lessons."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from progress.graph import current_graph
from progress.services.rebuild import recount_stages

_EVERYBODY = """
    INSERT INTO progress_progresshead (learner_id) SELECT id FROM accounts_user ON CONFLICT DO NOTHING
"""
_KEEP_OPEN = """
    WITH ready AS (
        SELECT h.learner_id FROM progress_progresshead h
        WHERE NOT EXISTS (SELECT 1 FROM progress_lessonstate s WHERE s.learner_id = h.learner_id AND s.lesson_uid = %(lesson)s)
        AND (SELECT count(*) FROM progress_lessonstate s WHERE s.learner_id = h.learner_id
             AND s.lesson_uid = ANY(%(needs)s::uuid[]) AND s.status IN ('passed', 'credited')) = %(number)s
    ), opened AS (
        INSERT INTO progress_progressevent (learner_id, kind, subject_uid, item_version, payload, idempotency_key, occurred_at)
        SELECT learner_id, 'opened', %(lesson)s, '', '{}', 'opened:' || %(lesson)s, %(now)s FROM ready
        ON CONFLICT (learner_id, idempotency_key) DO NOTHING
        RETURNING learner_id
    )
    INSERT INTO progress_lessonstate (learner_id, lesson_uid, status, opened_at, passed_version, mastered, minutes)
    SELECT learner_id, %(lesson)s, 'open', %(now)s, '', false, 0 FROM opened
    ON CONFLICT (learner_id, lesson_uid) DO NOTHING
"""


def keep_open_what_is_open() -> int:
    """Store every opening that follows from the graph as it is, for everybody; returns how many there were.

    Called before content changes: a lesson that gets new prerequisites then stays open for those who had it open.
    """
    graph, now, stored = current_graph(), timezone.now(), 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EVERYBODY)
        for lesson in graph.lessons:
            if lesson.is_published:
                needs = [str(node.uuid) for node in graph.in_set(lesson.needs)]
                cursor.execute(_KEEP_OPEN, {"lesson": str(lesson.uuid), "needs": needs, "number": len(needs), "now": now})
                stored += cursor.rowcount
    return stored


def follow_release() -> None:
    """Called after content has changed."""
    keep_open_what_is_open()
    recount_stages()
