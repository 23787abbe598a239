"""The grading engine: plain data in, plain data out. Knows nothing of Django, Celery or the database."""
