"""The API's addresses; unknown ones answer with a problem document too."""

from typing import Never

from django.http import HttpRequest
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from accounts.api import TokenView
from common.errors import NotThere
from lessons.api import LessonView, QuizView, StarterView
from progress.api import ExportView, ProgressView
from roadmap.api import RoadmapView
from submissions.api import SubmissionDetailView, SubmissionsView


def unknown(request: HttpRequest, rest: str = "") -> Never:
    raise NotThere("The API has no such address. Its description is at /api/schema/.")


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/auth/token/", TokenView.as_view()),
    path("v1/roadmap/", RoadmapView.as_view()),
    path("v1/lessons/<slug:slug>/", LessonView.as_view()),
    path("v1/lessons/<slug:slug>/quiz/", QuizView.as_view()),
    path("v1/exercises/<slug:slug>/starter/", StarterView.as_view()),
    path("v1/exercises/<slug:slug>/submissions/", SubmissionsView.as_view()),
    path("v1/submissions/<uuid:public_id>/", SubmissionDetailView.as_view(), name="api-submission"),
    path("v1/me/progress/", ProgressView.as_view()),
    path("v1/me/export/", ExportView.as_view()),
    re_path(r"^(?P<rest>.*)$", unknown),
]
