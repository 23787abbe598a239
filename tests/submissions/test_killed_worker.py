"""A 202 is a promise. On a real site of its own, whatever holds or carries a submission is killed: it is graded all the same, and once."""

import json
import os
import signal
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg2
import pytest
import redis
from celery import Celery

from config.local.postgres import Postgres
from config.local.processes import is_alive, wait_until_gone
from config.local.redis import Redis
from tests.running_site import ROOT, Run, tree, until

pytestmark = pytest.mark.slow

PROMISED_SECONDS = 60  # from the moment that a worker is back
SLOW = "import time\ntime.sleep(6)"
QUEUE = "cairn-celery"


def slow_notebook(mark: str) -> dict:
    """Right, and slow in its first cell; `mark` makes its code another one, so that nothing is paced."""
    notebook = json.loads((ROOT / "fixtures/notebooks/ml-basics/correct.ipynb").read_text())
    cell = {"cell_type": "code", "id": "slow", "metadata": {}, "source": f"{SLOW}  # {mark}", "outputs": [], "execution_count": None}
    return {**notebook, "cells": [cell, *notebook["cells"]]}


@dataclass
class Site:
    """A running site, the demo learner's token, and its rows as PostgreSQL has them."""

    run: Run
    token: str = ""

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        status, raw = self.run.ask(method, path, json.dumps(body) if body is not None else b"", seconds=30, **headers)
        return status, json.loads(raw or b"{}")

    def submit(self, notebook: dict) -> str:
        began = time.monotonic()
        status, told = self.call("POST", "/api/v1/exercises/ml-basics/submissions/", {"notebook": notebook})
        assert status == 202, told
        assert time.monotonic() - began < 3, "a click must not wait for the broker"
        return told["id"]

    def told(self, public_id: str) -> dict:
        return self.call("GET", f"/api/v1/submissions/{public_id}/")[1]

    def status(self, public_id: str) -> str:
        return self.told(public_id).get("status", "")

    def is_graded(self, public_id: str) -> bool:
        return self.status(public_id) == "graded"

    def is_being_graded(self, public_id: str) -> bool:
        """A worker holds it, and the engine is inside the slow cell."""
        [(status, stage)] = self.rows("SELECT status, stage FROM submissions_submission WHERE public_id = %s", public_id)
        return status == "running" and stage.get("name") == "running"

    def rows(self, statement: str, *values: object) -> list[tuple]:
        connection = psycopg2.connect(Postgres(self.run.var).url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def tries(self, public_id: str) -> int:
        return self.rows("SELECT tries FROM submissions_submission WHERE public_id = %s", public_id)[0][0]

    def events(self, public_id: str) -> int:
        sql = "SELECT count(*) FROM progress_progressevent WHERE kind = 'attempted' AND idempotency_key = %s"
        return self.rows(sql, f"attempt:{public_id}")[0][0]

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(Redis(self.run.var).url)

    def kill(self, name: str) -> list[int]:
        """SIGKILL the process and everything that it has started; it is true afterwards that all of them are gone."""
        root = self.run.children[name]
        everything = tree(root)
        for pid in everything:
            os.kill(pid, signal.SIGKILL)
        assert wait_until_gone(everything, 10) == []
        return everything

    def is_back(self, name: str, before: int) -> bool:
        now = self.run.children.get(name)
        return now not in {None, before} and is_alive(now)

    def was_graded_once(self, public_id: str) -> None:
        told = self.told(public_id)
        assert (told["status"], told["verdict"], told["score"]) == ("graded", "passed", 20.0)
        assert self.events(public_id) == 1


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("killed") / "var")
    try:
        assert run.said("Ready: ", 120), "".join(run.lines)
        assert until(lambda: run.get("/readyz")[0] == 200, 120), run.get("/readyz")[1]
        here = Site(run)
        _, told = here.call("POST", "/api/v1/auth/token/", {"email": "learner@example.com", "password": "learn-by-doing"})
        here.token = told["token"]
        yield here
    finally:
        run.end()


@pytest.fixture(autouse=True)
def _well(site):
    """Each test begins on a site that is ready."""
    assert until(lambda: site.run.get("/readyz")[0] == 200, 120), site.run.get("/readyz")[1]


def test_web_and_worker_meet_at_the_broker(site):
    """Without its message a row waits half a minute for the sweep."""
    quick = json.loads((ROOT / "fixtures/notebooks/ml-basics/correct.ipynb").read_text())
    public_id = site.submit(quick)
    assert until(lambda: site.status(public_id) == "graded", 15), site.told(public_id)
    site.was_graded_once(public_id)


def test_a_killed_worker_costs_seconds_and_nothing_else(site):
    public_id = site.submit(slow_notebook("worker"))
    assert until(lambda: site.is_being_graded(public_id), 30), site.told(public_id)
    before = site.run.children["worker"]
    site.kill("worker")
    assert site.status(public_id) == "running", "it died holding the row"
    assert until(lambda: site.is_back("worker", before), 30)
    assert until(lambda: site.status(public_id) == "graded", PROMISED_SECONDS), site.told(public_id)
    assert site.tries(public_id) == 2
    site.was_graded_once(public_id)


def queued_with_nobody_to_take_it(site) -> tuple[int, str]:
    """The number of a dead worker, and a submission whose message still lies in the queue.

    The supervisor's first restart comes at once, and such a worker may be quicker than we are; each later one waits longer.
    """
    for number in range(4):
        worker = site.run.children["worker"]
        site.kill("worker")
        public_id = site.submit(slow_notebook(f"redis {number}"))
        if site.redis().llen(QUEUE) == 1:
            return worker, public_id
        assert until(partial(site.is_graded, public_id), PROMISED_SECONDS), site.told(public_id)
    pytest.fail("every new worker was there before the message could be seen in the queue")


def test_a_redis_that_dies_with_its_data_before_the_claim_loses_nothing(site):
    worker, public_id = queued_with_nobody_to_take_it(site)
    before = site.run.children["redis"]
    for dump in Path(Redis(site.run.var).data).glob("*.rdb"):
        dump.unlink()
    site.kill("redis")
    assert site.tries(public_id) == 0, "nobody had claimed it"
    assert until(lambda: site.is_back("redis", before) and Redis(site.run.var).answers(), 30)
    assert site.redis().exists("cairn:requests") == 0, "its data is gone"
    assert until(lambda: site.is_back("worker", worker), 30)
    assert until(lambda: site.status(public_id) == "graded", PROMISED_SECONDS), site.told(public_id)
    site.was_graded_once(public_id)


def test_an_engine_that_is_killed_in_mid_grade_is_our_fault_and_the_submission_is_graded(site):
    public_id = site.submit(slow_notebook("engine"))
    assert until(lambda: site.is_being_graded(public_id), 30), site.told(public_id)
    before = site.run.children["engine"]
    assert len(site.kill("engine")) > 2, "with its warm parent and the learner's process"
    assert until(lambda: site.is_back("engine", before), 30)
    assert until(lambda: site.status(public_id) == "graded", 2 * PROMISED_SECONDS), site.told(public_id)
    site.was_graded_once(public_id)


def test_a_message_that_comes_five_times_is_one_grading(site):
    public_id = site.submit(slow_notebook("doubled"))
    [(pk,)] = site.rows("SELECT id FROM submissions_submission WHERE public_id = %s", public_id)
    broker = f"redis+socket://{Redis(site.run.var).socket}?virtual_host=0"
    with Celery("doubles", broker=broker, set_as_current=False) as sender:
        sender.conf.broker_transport_options = {"global_keyprefix": "cairn-"}
        for _ in range(4):
            sender.send_task("submissions.grade", (pk, ""))
        assert until(lambda: site.is_being_graded(public_id), 30), site.told(public_id)
        assert until(lambda: site.status(public_id) == "graded", PROMISED_SECONDS), site.told(public_id)
        finished = site.told(public_id)
        sender.send_task("submissions.grade", (pk, ""))
    assert until(lambda: site.redis().llen(QUEUE) == 0, 20)
    time.sleep(1)  # long enough for a grading that should not begin to have begun
    assert site.told(public_id) == finished
    assert site.tries(public_id) == 1
    site.was_graded_once(public_id)
