"""Every address of the site, app by app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("config.api_urls")),
    path("", include("site_admin.urls")),
    path("", include("roadmap.urls")),
    path("", include("lessons.urls")),
    path("", include("progress.urls")),
    path("", include("submissions.urls")),
]
handler400 = "common.views.bad_request"
handler403 = "common.views.forbidden"
handler404 = "common.views.not_found"
handler500 = "common.views.server_error"
