from django.urls import path

from roadmap import views

app_name = "roadmap"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("roadmap/", views.roadmap, name="map"),
]
