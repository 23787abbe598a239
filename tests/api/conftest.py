"""Scripts with a token of somebody's, or with none."""

import pytest


@pytest.fixture
def stranger():
    from tests.api.script import Script

    return Script()


@pytest.fixture
def as_person(db):
    """`as_person(ada)` is a script with a token of hers."""
    from accounts.services.tokens import make_token
    from tests.api.script import Script

    return lambda person: Script(make_token(person))


@pytest.fixture
def as_ada(as_person, ada):
    return as_person(ada)


@pytest.fixture
def _no_limits_yet():
    """What earlier tests counted is forgotten."""
    from common.redis import redis_client

    for name in redis_client().keys("cairn-rate:*"):
        redis_client().delete(name)
