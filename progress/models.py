"""What a learner did (events, append-only) and what follows from it (projections, rebuildable).

Rows name lessons and exercises by the UUID of their files, never by slug, title or place, so that editing the roadmap keeps them.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Func
from django.utils import timezone


class UuidV7(Func):
    """PostgreSQL 18's time-ordered UUID: neighbours in time are neighbours in the index."""

    function = "uuidv7"
    template = "%(function)s()"
    output_field = models.UUIDField()


class EventKind(models.TextChoices):
    OPENED = "opened"  # a lesson opened for this learner; it stays open
    STARTED = "started"  # first run, check, submit, quiz answer or edit
    ATTEMPTED = "attempted"  # one graded submission
    PASSED = "passed"  # the first that reached the pass mark
    QUIZ_ANSWERED = "quiz_answered"
    HINT_OPENED = "hint_opened"


class ProgressHead(models.Model):
    """One row a learner: locked for each write, so that one learner's writes follow each other and nobody else waits."""

    learner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"progress of {self.learner_id}"


class ProgressEvent(models.Model):
    """One thing that happened. Never changed, never deleted but with the account."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7(), editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    subject_uid = models.UUIDField(help_text="UUID of the lesson or the exercise.")
    item_version = models.CharField(max_length=64, blank=True)
    score = models.FloatField(null=True, help_text="Points, for attempts.")
    max_score = models.FloatField(null=True)
    payload = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=120, help_text="The same key is the same event.")
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["learner", "idempotency_key"], name="progress_event_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_uid}"


class LearnerLessonStatus(models.TextChoices):
    """What is stored; `coming` and `locked` are not: they follow from the graph."""

    OPEN = "open"
    STARTED = "started"
    CREDITED = "credited"
    PASSED = "passed"


class LessonState(models.Model):
    """Where one learner stands in one lesson. Only ever moves up."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    lesson_uid = models.UUIDField()
    status = models.CharField(max_length=8, choices=LearnerLessonStatus.choices)
    opened_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    first_passed_at = models.DateTimeField(null=True)
    passed_version = models.CharField(max_length=64, blank=True)
    best_score = models.FloatField(null=True)
    best_max_score = models.FloatField(null=True)
    mastered = models.BooleanField(default=False)
    minutes = models.FloatField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["learner", "lesson_uid"], name="lesson_state_once", include=["status"]),
            models.CheckConstraint(
                condition=~models.Q(status="passed") | models.Q(first_passed_at__isnull=False), name="lesson_state_passed_has_a_date"
            ),
        )

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.lesson_uid}: {self.status}"


class ExerciseState(models.Model):
    """One learner and one exercise: tries and best score. Submissions hang under it by learner and exercise."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    exercise_uid = models.UUIDField()
    graded_tries = models.PositiveIntegerField(default=0)
    best_score = models.FloatField(null=True)
    best_max_score = models.FloatField(null=True)
    first_passed_at = models.DateTimeField(null=True)
    hints_opened = models.JSONField(default=dict, help_text="{task id: highest level opened}")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["learner", "exercise_uid"], name="exercise_state_once"),)

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.exercise_uid}"


class StageRollup(models.Model):
    """Lessons passed in one stage, counted when they are passed."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    stage_uid = models.UUIDField()
    passed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["learner", "stage_uid"], name="stage_rollup_once"),)

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.stage_uid}: {self.passed}"


class QuizAnswer(models.Model):
    """A learner's latest answer to one quiz item: stored and restored."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    lesson_uid = models.UUIDField()
    item = models.CharField(max_length=64, help_text="Id of the item in quiz.yaml.")
    answer = models.JSONField()
    is_right = models.BooleanField()
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["learner", "lesson_uid", "item"], name="quiz_answer_once"),)

    def __str__(self) -> str:
        return f"{self.item}: {self.is_right}"
