"""Stages and their modules in the admin. They come from the files of `curriculum/`, so they are shown and not edited."""

from __future__ import annotations

from django.contrib import admin

from common.mirrored import ReadOnly
from roadmap.models import Module, Stage


class ModuleInline(ReadOnly, admin.TabularInline[Module, Stage]):
    model = Module
    fields = ("order", "title", "slug")


@admin.register(Stage)
class StageAdmin(ReadOnly, admin.ModelAdmin[Stage]):
    list_display = ("order", "title", "slug", "summary")
    list_display_links = ("title",)
    search_fields = ("title", "slug", "summary")
    inlines = (ModuleInline,)
