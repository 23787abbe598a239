"""The Celery application: `celery -A config.celery worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("cairn")
app.set_default()  # in every thread of the process: Celery's own idea of a broker is a RabbitMQ on this machine
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
