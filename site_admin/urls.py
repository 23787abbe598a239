from django.urls import path

from site_admin import views

app_name = "site_admin"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.prometheus, name="metrics"),
    path("staff/status/", views.status, name="status"),
    path("staff/components/", views.components, name="components"),
]
