"""Web and workers must mean the same broker: a task that web cannot send waits for the sweep, half a minute, and holds up the click."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]

# A thread that asks first, as gunicorn's do: Celery keeps its current application per thread.
WEB = """
import threading
import config.wsgi
from submissions.tasks import grade_submission
asked = []
thread = threading.Thread(target=lambda: asked.append(grade_submission.app.conf.broker_url))
thread.start()
thread.join()
print(asked[0])
"""


def test_tasks_that_web_sends_go_to_the_sites_broker():
    done = subprocess.run([sys.executable, "-c", WEB], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert done.stdout.strip() == settings.CELERY_BROKER_URL, done.stderr
