from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("you/", views.you, name="you"),
    path("theme/", views.theme, name="theme"),
]
