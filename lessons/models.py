"""Lessons, what they build on, and their exercises: the database's mirror of `curriculum/`.

Everything is keyed by the UUID in the files, so that a rename keeps everybody's progress.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from roadmap.models import Module


class LessonStatus(models.TextChoices):
    COMING = "coming"
    PUBLISHED = "published"
    RETIRED = "retired"


class LessonQuerySet(models.QuerySet["Lesson"]):
    def on_the_roadmap(self) -> LessonQuerySet:
        """All that the map shows, in its order."""
        return self.exclude(status=LessonStatus.RETIRED).order_by("module__stage__order", "order")

    def published(self) -> LessonQuerySet:
        return self.filter(status=LessonStatus.PUBLISHED)


class Lesson(models.Model):
    """One page of teaching with one exercise."""

    uuid = models.UUIDField(unique=True)
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    status = models.CharField(max_length=9, choices=LessonStatus.choices, default=LessonStatus.COMING)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="lessons")
    order = models.PositiveSmallIntegerField(help_text="Place in its stage, from 1: shown as `2.5`.")
    col = models.PositiveSmallIntegerField(help_text="Column on the map, from 0.")
    row = models.PositiveSmallIntegerField(help_text="Row on the map, from 0.")
    minutes = models.PositiveSmallIntegerField(help_text="Reading, widget, quiz and exercise together.")
    summary = models.CharField(max_length=240, blank=True)
    objectives = models.JSONField(default=list, help_text="Sentences, each finishing 'you will be able to'.")
    skills = models.JSONField(default=list, help_text="Slugs of skills.")
    requires = models.ManyToManyField(
        "self", symmetrical=False, through="Prerequisite", through_fields=("lesson", "required"), related_name="unlocks"
    )
    html = models.TextField(blank=True, help_text="The page, rendered when loaded.")
    outline = models.JSONField(default=list, help_text="Sections of the page: [{id, title}].")
    quiz = models.JSONField(default=list, help_text="Items with keys and explanations; never sent whole to a browser.")
    onward = models.JSONField(default=list, help_text="Links onward: [{slug, why}].")
    content_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the source files.")
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[Lesson]] = LessonQuerySet.as_manager()

    class Meta:
        ordering = ("module__stage__order", "order")

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.status == LessonStatus.PUBLISHED


class Prerequisite(models.Model):
    """An edge of the graph: `lesson` builds on `required`."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="prerequisite_edges")
    required = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="unlock_edges")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["lesson", "required"], name="prerequisite_once"),
            models.CheckConstraint(condition=~models.Q(lesson=models.F("required")), name="prerequisite_not_of_itself"),
        )

    def __str__(self) -> str:
        return f"{self.lesson_id} builds on {self.required_id}"


class Exercise(models.Model):
    """A graded task: of a lesson, or on its own (`ml-basics`). Its slug is the lesson's where it has one."""

    uuid = models.UUIDField(unique=True)
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    lesson = models.OneToOneField(Lesson, on_delete=models.PROTECT, null=True, blank=True, related_name="exercise")
    current = models.ForeignKey("ExerciseVersion", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.slug


class ExerciseVersion(models.Model):
    """One immutable version of an exercise, with all that grading it needs."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="versions")
    version = models.CharField(max_length=16, help_text="First 12 hex digits of the SHA-256 of its files.")
    package = models.JSONField(help_text="grading.exercise.ExercisePackage as JSON: tasks, checks, their source, the truth.")
    starter = models.JSONField(help_text="The notebook a learner starts from, nbformat 4.")
    hints = models.JSONField(default=dict, help_text="Three levels a task: {task id: [text, text, text]}, as HTML.")
    max_score = models.FloatField()
    pass_mark = models.FloatField(help_text="Points that pass.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["exercise", "version"], name="exercise_version_once"),)

    def __str__(self) -> str:
        return f"{self.exercise_id}@{self.version}"


class ProblemReport(models.Model):
    """A reader's note that something is wrong with a lesson or with a result."""

    reporter = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, null=True, blank=True)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, null=True, blank=True)
    submission_id = models.UUIDField(null=True, blank=True, help_text="Public id of the result it is about.")
    text = models.TextField(max_length=4000)
    version = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.text[:60]
