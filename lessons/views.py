"""The page of a lesson, its quiz, and notes that something about it is wrong."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import TooMany
from common.ratelimit import count, seconds_to_wait
from common.typed import AnyRequest
from lessons.lesson_page import lesson_or_404, lesson_page, stored_answers
from lessons.models import Lesson, ProblemReport
from lessons.quiz_items import answer_from, items_of
from progress.services.record import record_quiz

REPORTS: Final = 10  # of one reader
REPORT_WINDOW: Final = 3600  # seconds


@require_safe
def page(request: AnyRequest, slug: str) -> HttpResponse:
    lesson = lesson_or_404(slug)
    template = "lessons/lesson.html" if lesson.is_published else "lessons/coming.html"
    return render(request, template, {"page": lesson_page(lesson, request.user)})


@require_POST
@never_cache
def quiz(request: AnyRequest, slug: str) -> HttpResponse:
    """Judge one item. Answers of signed-in people are kept; everybody gets the explanation."""
    lesson = lesson_or_404(slug)
    answers = answer_from(request.POST, lesson.quiz)
    if answers and request.user.is_authenticated:
        record_quiz(learner=request.user, lesson=lesson, answers=answers)
    if request.htmx:
        return _answered_item(request, lesson, answers)
    if request.user.is_authenticated:
        return redirect(f"{reverse('lessons:page', args=[slug])}#quiz-{request.POST.get('item', '')}")
    return render(request, "lessons/lesson.html", {"page": lesson_page(lesson, request.user, answers)})


def _answered_item(request: AnyRequest, lesson: Lesson, answers: dict[str, object]) -> HttpResponse:
    known = answers or stored_answers(lesson, request.user)
    shown = [item for item in items_of(lesson.quiz, known) if item.id == request.POST.get("item")]
    context = {"item": shown[0] if shown else None, "slug": lesson.slug, "nothing_chosen": not answers}
    return render(request, "lessons/_quiz_item.html", context, status=200 if answers else 422)


class ReportForm(forms.ModelForm[ProblemReport]):
    class Meta:
        model = ProblemReport
        fields = ("text",)
        error_messages: Final = {"text": {"required": "Write what is wrong, then send it."}}


@require_http_methods(["GET", "POST"])
@never_cache
def report(request: AnyRequest, slug: str) -> HttpResponse:
    """Keep a reader's note with the version of the lesson that it is about."""
    lesson = lesson_or_404(slug)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _slow_down(request)
        form.instance.reporter = request.user if request.user.is_authenticated else None
        form.instance.lesson = lesson
        form.instance.version = lesson.content_hash
        form.save()
        if request.htmx:
            return render(request, "lessons/_report_thanks.html")
        messages.success(request, "Thank you. The author of the lesson gets your note.")
        return redirect("lessons:page", slug)
    template = "lessons/_report_form.html" if request.htmx else "lessons/report.html"
    return render(request, template, {"form": form, "lesson": lesson, "slug": slug}, status=422 if form.errors else 200)


def _slow_down(request: AnyRequest) -> None:
    """A person writes few notes; a script would fill the author's list."""
    who = f"report:{request.user.pk or request.META.get('REMOTE_ADDR', '')}"
    if wait := seconds_to_wait(who, limit=REPORTS, window=REPORT_WINDOW):
        raise TooMany("You sent many notes in a short time. Wait a little, then send this one.", retry_after=wait)
    count(who, window=REPORT_WINDOW)
