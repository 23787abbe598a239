"""The web application as a WSGI callable; gunicorn loads it."""

import os

from django.core.wsgi import get_wsgi_application

from config.celery import app as celery_app  # makes the tasks that web sends go to the site's broker

__all__ = ("application", "celery_app")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
