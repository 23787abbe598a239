"""The five stages and their modules: data, mirrored from `curriculum/`."""

from django.db import models


class Stage(models.Model):
    """One of the five parts of the roadmap."""

    uuid = models.UUIDField(unique=True)
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=200, help_text="One line under the title.")
    outcome = models.CharField(max_length=200, help_text="What the stage makes you able to do.")
    order = models.PositiveSmallIntegerField(unique=True, help_text="1 to 5, also the stage's colour.")

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.title


class Module(models.Model):
    """A group of lessons in a stage."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="modules")
    slug = models.SlugField()
    title = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("stage__order", "order")
        constraints = (models.UniqueConstraint(fields=["stage", "slug"], name="module_one_slug_per_stage"),)

    def __str__(self) -> str:
        return self.title
