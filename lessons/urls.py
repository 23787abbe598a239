from django.urls import path

from lessons import views

app_name = "lessons"
urlpatterns = [
    path("lessons/<slug:slug>/", views.page, name="page"),
    path("lessons/<slug:slug>/quiz/", views.quiz, name="quiz"),
    path("lessons/<slug:slug>/report/", views.report, name="report"),
]
