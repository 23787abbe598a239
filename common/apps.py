from django import forms
from django.apps import AppConfig
from django.contrib.admin.options import BaseModelAdmin

# The stubs know these classes as generic, Django does not: with this, `ModelForm[User]` says what it is about and still runs.
for _generic in (forms.BaseModelForm, BaseModelAdmin):
    setattr(_generic, "__class_getitem__", classmethod(lambda cls, _: cls))  # noqa: B010 - mypy knows no such attribute


class CommonConfig(AppConfig):
    name = "common"
