"""What the site says about itself: to machines, to its staff, on the command line."""

import json
import time
from io import StringIO

import pytest
import redis
from django.core.management import call_command
from django.test import override_settings

from common.redis import redis_client
from site_admin import engine as engine_words
from site_admin import health, heartbeat, metrics

READY = {"slots": 2, "runtimes": {"ml": {"ready": True, "missing": [], "tier": "A", "layers": {"seccomp": "on"}}}}
REFUSED = {"runtimes": {"ml": {"ready": False, "missing": [{"layer": "landlock", "why": "Function not implemented"}]}}}
NOBODY = "unix:///nonexistent/redis.sock?db=0"


@pytest.fixture
def no_worker():
    """A Redis without heartbeats, as far as these tests see; what they write is removed."""
    names = redis_client().keys(f"{heartbeat.PREFIX}*")
    kept = {name: redis_client().get(name) for name in names}
    if names:
        redis_client().delete(*names)
    yield
    for name in redis_client().keys(f"{heartbeat.PREFIX}*"):
        redis_client().delete(name)
    for name, value in kept.items():
        redis_client().set(name, value, ex=heartbeat.LIVES_SECONDS)


@pytest.fixture
def worker(no_worker, monkeypatch):
    """A worker that has just beaten, with an engine that says what the test wants."""

    def beats(engine_says):
        monkeypatch.setattr(engine_words, "health_here", lambda: engine_says)
        heartbeat.beat(time.time())

    return beats


def test_healthz_asks_nobody(client):
    """No `db` here: a query would fail the test."""
    with override_settings(REDIS_URL=NOBODY):
        answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_ready_when_database_broker_and_a_grading_worker_answer(client, db, worker):
    worker(READY)
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json()
    assert {name: check["ok"] for name, check in answer.json()["checks"].items()} == {"database": True, "broker": True, "workers": True}


def test_not_ready_without_a_worker_and_the_answer_says_how_to_start_one(client, db, no_worker):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "celery" in answer.json()["checks"]["workers"]["mend"]


def test_a_worker_whose_engine_refuses_is_no_help(client, db, worker):
    worker(REFUSED)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "landlock (Function not implemented)" in answer.json()["checks"]["workers"]["detail"]


def test_not_ready_without_redis(client, db):
    with override_settings(REDIS_URL=NOBODY):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert not answer.json()["checks"]["broker"]["ok"]


def test_not_ready_without_the_database(client, db, monkeypatch, worker):
    from django.db import OperationalError

    def refuse():
        raise OperationalError("connection refused\nmore")

    worker(READY)
    with monkeypatch.context() as away:  # the end of the test needs the database again
        away.setattr("site_admin.health.connection.cursor", refuse)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"]["detail"] == "connection refused"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_other_methods_are_refused(client, db, path):
    assert client.post(path).status_code == 405


def test_a_silent_worker_is_forgotten(worker):
    worker(READY)
    (name,) = redis_client().keys(f"{heartbeat.PREFIX}*")
    assert 0 < redis_client().ttl(name) <= heartbeat.LIVES_SECONDS
    redis_client().delete(name)
    assert heartbeat.workers() == []


def test_metrics_tell_the_queue_and_count_requests(client, db, worker):
    worker(READY)
    metrics.REQUESTS.flush()  # what other tests asked for
    redis_client().delete(metrics.KEY)
    client.get("/healthz")
    client.get("/healthz")
    lines = client.get("/metrics").content.decode().splitlines()
    assert "cairn_queue_waiting 0.0" in lines
    assert "cairn_workers 1.0" in lines
    assert 'cairn_requests_total{method="GET",status="200"} 2.0' in lines


def test_metrics_without_redis_say_that_it_is_down(db, monkeypatch):
    monkeypatch.setattr(metrics, "workers", lambda: (_ for _ in ()).throw(redis.ConnectionError("gone")))
    assert b"cairn_broker_up 0.0" in metrics.exposition()


def test_the_status_page_is_for_staff(client, alex, ada, worker):
    worker(READY)
    assert client.get("/staff/status/").status_code == 302
    client.force_login(ada)
    assert client.get("/staff/status/").status_code == 404
    client.force_login(alex)
    page = client.get("/staff/status/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Oldest has waited" in text
    assert "tier A" in text


def test_the_admin_has_the_sites_own_sign_in(client, db):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


def test_staff_who_are_signed_in_enter_the_admin(client, alex):
    client.force_login(alex)
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "site_admin/admin.css" in page.content.decode()


def test_doctor_names_what_fails_with_its_mend(db, no_worker, monkeypatch):
    monkeypatch.setattr(engine_words, "health_here", lambda: {"problem": "The grading engine does not answer."})
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out, no_color=True)
    assert ended.value.code == 1
    lines = out.getvalue().splitlines()
    assert any(line.startswith("ok       database: PostgreSQL") for line in lines)
    failing = lines.index("failing  engine: The grading engine does not answer.")
    assert lines[failing + 1].strip().startswith("→ Start it")


def test_doctor_names_each_missing_layer(db, worker, monkeypatch):
    worker(REFUSED)
    found = {finding.part: finding for finding in health.everything()}
    assert not found["engine"].ok
    assert found["sandbox: landlock"].said == "Function not implemented"
    assert not found["sandbox: landlock"].ok


def test_every_failing_line_has_a_mend(db, no_worker, monkeypatch):
    monkeypatch.setattr(engine_words, "health_here", lambda: REFUSED)
    with override_settings(REDIS_URL=NOBODY, PRODUCTION=True):
        failing = [finding for finding in health.everything() if not finding.ok]
    assert len(failing) > 3
    assert all(finding.mend for finding in failing)
    assert json.dumps([finding.said for finding in failing])


@pytest.mark.slow
def test_doctor_is_content_beside_a_running_engine(engine, settings):
    """The real engine: it runs a cell, and each mandatory layer is on in the child that ran it."""
    settings.ENGINE_SOCKET = engine.socket_path
    findings = {finding.part: finding for finding in engine_words.findings(prove=True)}
    assert findings["engine"].ok, findings["engine"].said
    assert "ran a cell" in findings["engine"].said
    for layer in ("seccomp", "landlock", "capabilities", "rlimits"):
        assert findings[f"sandbox: {layer}"].ok
