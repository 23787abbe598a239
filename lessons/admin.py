"""Lessons and exercises in the admin, shown as the files say them, and the readers' problem reports, which are closed here."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from common.mirrored import ReadOnly
from lessons.models import Exercise, ExerciseVersion, Lesson, Prerequisite, ProblemReport


class PrerequisiteInline(ReadOnly, admin.TabularInline[Prerequisite, Lesson]):
    model = Prerequisite
    fk_name = "lesson"
    verbose_name_plural = "builds on"
    fields = ("required",)


@admin.register(Lesson)
class LessonAdmin(ReadOnly, admin.ModelAdmin[Lesson]):
    list_display = ("number", "title", "slug", "status", "module", "minutes", "updated_at")
    list_display_links = ("title",)
    list_filter = ("status", "module__stage", "module")
    list_select_related = ("module__stage",)
    search_fields = ("title", "slug", "summary", "uuid")
    fields = (
        "title",
        "slug",
        "uuid",
        "status",
        "module",
        "order",
        "col",
        "row",
        "minutes",
        "summary",
        "objectives",
        "skills",
        "content_hash",
    )
    inlines = (PrerequisiteInline,)

    @admin.display(description="No.", ordering=("order"))
    def number(self, lesson: Lesson) -> str:
        return f"{lesson.module.stage.order}.{lesson.order}"

    def view_on_site(self, lesson: Lesson) -> str:
        return f"/lessons/{lesson.slug}/"


class VersionInline(ReadOnly, admin.TabularInline[ExerciseVersion, Exercise]):
    model = ExerciseVersion
    fk_name = "exercise"
    fields = ("version", "max_score", "pass_mark", "created_at")


@admin.register(Exercise)
class ExerciseAdmin(ReadOnly, admin.ModelAdmin[Exercise]):
    list_display = ("slug", "title", "lesson", "current_version", "versions_kept")
    list_filter = (("lesson", admin.EmptyFieldListFilter),)
    list_select_related = ("lesson", "current")
    search_fields = ("slug", "title", "uuid")
    fields = ("slug", "title", "uuid", "lesson", "current_version")
    inlines = (VersionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exercise]:
        return super().get_queryset(request).annotate(number_of_versions=Count("versions"))

    @admin.display(description="Version")
    def current_version(self, exercise: Exercise) -> str:
        return exercise.current.version if exercise.current else "none"

    @admin.display(description="Versions kept")
    def versions_kept(self, exercise: Exercise) -> int:
        return int(getattr(exercise, "number_of_versions", 0))


@admin.register(ProblemReport)
class ProblemReportAdmin(admin.ModelAdmin[ProblemReport]):
    """What readers report; closing one keeps it."""

    list_display = ("created_at", "lesson", "exercise", "summary", "version", "closed_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "lesson__module__stage")
    list_select_related = ("lesson", "exercise")
    search_fields = ("text", "lesson__slug", "exercise__slug")
    readonly_fields = ("created_at", "reporter", "lesson", "exercise", "submission_id", "text", "version", "closed_at")
    actions = ("close",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="Report")
    def summary(self, report: ProblemReport) -> str:
        return report.text[:80]

    @admin.action(description="Close these reports")
    def close(self, request: HttpRequest, reports: QuerySet[ProblemReport]) -> None:
        number = reports.filter(closed_at=None).update(closed_at=timezone.now())
        self.message_user(request, f"{number} reports closed.")
