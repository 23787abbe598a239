from django.urls import path

from progress import views

app_name = "progress"
urlpatterns = [
    path("today/", views.today, name="today"),
    path("welcome/", views.welcome, name="welcome"),
]
