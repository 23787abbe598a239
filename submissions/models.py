"""Drafts, and the notebooks that were sent to the engine: to run, to check or to be graded."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lessons.models import Exercise, ExerciseVersion

if TYPE_CHECKING:
    from accounts.models import User


class Draft(models.Model):
    """A learner's unsent work on one exercise. `revision` counts up with each save; a save on an older one is refused."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    notebook = models.JSONField(help_text="nbformat 4, with the outputs last shown.")
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["learner", "exercise"], name="draft_once"),)

    def __str__(self) -> str:
        return f"draft {self.pk} r{self.revision}"


class Kind(models.TextChoices):
    """What the engine is asked for. Only `submit` counts, shows in the history and in the API."""

    RUN = "run"
    CHECK = "check"
    SUBMIT = "submit"


class Status(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    INVALID = "invalid"
    FAILED = "failed"


FINAL_STATUSES = frozenset({Status.GRADED, Status.INVALID, Status.FAILED})


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, viewer: User) -> SubmissionQuerySet:
        """The one gate: pages, API and exports all start from here."""
        return self if viewer.is_admin else self.filter(learner=viewer)

    def submitted(self) -> SubmissionQuerySet:
        return self.filter(kind=Kind.SUBMIT)

    def unfinished(self) -> SubmissionQuerySet:
        return self.filter(status__in=[Status.QUEUED, Status.RUNNING])

    def without_bodies(self) -> SubmissionQuerySet:
        """Leaves out what is large: for lists and counts."""
        return self.defer("notebook", "outputs", "report")


class Submission(models.Model):
    """An immutable notebook sent to the engine, and what came of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="submissions", db_index=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="submissions")
    exercise_version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    notebook = models.JSONField(help_text="As it was sent, nbformat 4.")
    code_hash = models.CharField(max_length=64, help_text="SHA-256 of its code cells: the same code, the same seed.")
    seed = models.BigIntegerField()
    run_to = models.PositiveIntegerField(null=True, help_text="For a run: index of the last cell to run.")
    idempotency_key = models.CharField(max_length=255, help_text="The same click twice is one row.")
    body_hash = models.CharField(max_length=64, help_text="SHA-256 of what was sent: another body under the same key is refused.")

    status = models.CharField(max_length=7, choices=Status.choices, default=Status.QUEUED)
    verdict = models.CharField(max_length=14, blank=True)
    reason = models.CharField(max_length=16, blank=True)
    passed = models.BooleanField(null=True)
    score = models.FloatField(null=True)
    max_score = models.FloatField()
    report = models.JSONField(null=True, help_text="grading.report.Report as JSON: tasks, cells, timings.")
    outputs = models.JSONField(null=True, help_text="{cell index: [nbformat outputs]}")
    stage = models.JSONField(default=dict, help_text="Where grading is: {name: running|checking, cell, of}.")

    tries = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it.")
    claim = models.UUIDField(null=True, help_text="The fence: only the holder of this claim may write the verdict.")
    lease_until = models.DateTimeField(null=True)
    resend_at = models.DateTimeField(default=timezone.now, help_text="While queued: when the sweep sends it to the broker once more.")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    graded_at = models.DateTimeField(null=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["learner", "exercise", "idempotency_key"], name="submission_one_per_key"),
            models.CheckConstraint(
                condition=~Q(kind="submit")
                | Q(status="graded", passed__isnull=False, score__isnull=False)
                | Q(~Q(status="graded"), passed__isnull=True, score__isnull=True),
                name="submission_scored_exactly_when_graded",
            ),
        )
        indexes = (
            models.Index(fields=["created_at"], name="submission_waiting", condition=Q(status__in=["queued", "running"])),
            models.Index(fields=["learner", "exercise", "-created_at"], name="submission_history"),
            models.Index(fields=["learner", "-created_at"], name="submission_of_learner"),
        )

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_final(self) -> bool:
        return self.status in FINAL_STATUSES

    @property
    def counts(self) -> bool:
        """Whether it is a try: runs, checks, invalid notebooks and our own faults are not."""
        return self.kind == Kind.SUBMIT and self.status == Status.GRADED
