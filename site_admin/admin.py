"""The Django admin, under our name, with one door: the site's own sign-in page and its limits."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

admin.site.site_header = "Cairn"
admin.site.site_title = "Cairn admin"
admin.site.index_title = "People, lessons and submissions"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
