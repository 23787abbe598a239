"""The tests' own ground: the servers that they use are theirs."""

from django.conf import settings
from django.core.cache import cache
from django.db import connection


def test_people_are_rows_of_a_real_postgresql(ada, alex):
    assert connection.vendor == "postgresql"
    assert connection.settings_dict["NAME"].startswith("test_cairn")
    assert not ada.is_admin
    assert alex.is_admin


def test_the_cache_is_a_real_redis():
    cache.set("here", 1)
    assert cache.get("here") == 1
    assert "redis" in settings.CELERY_BROKER_URL
