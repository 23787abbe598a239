"""The OpenAPI document: valid, open to everybody, and true: what the API answers fits it."""

import pytest
import yaml
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema

from tests.factories import QUIZ, lesson_with_exercise

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(stranger):
    answer = stranger.get("/api/schema/")
    assert answer.status_code == 200
    return yaml.safe_load(answer.content)


def test_it_is_valid_openapi_3(schema):
    validate_schema(schema)
    assert schema["openapi"].startswith("3.")


def test_it_comes_as_json_too(stranger, schema):
    assert stranger.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json() == schema


def test_it_names_every_address_of_the_api(schema):
    [api] = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/"]
    routes = {str(entry.pattern) for entry in api.url_patterns if str(entry.pattern).startswith("v1/")}
    plain = {route.replace("<slug:slug>", "{slug}").replace("<uuid:public_id>", "{public_id}") for route in routes}
    assert set(schema["paths"]) == {f"/api/{route}" for route in plain}


def test_every_call_may_answer_a_problem(schema):
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            assert "application/problem+json" in call["responses"]["default"]["content"], (method, path)


def test_calls_that_need_an_account_say_so(schema):
    assert {"bearer": []} in schema["paths"]["/api/v1/me/progress/"]["get"]["security"]
    assert schema["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}


def fits(schema, value, wanted):
    """Whether a value has exactly the fields of its schema, all the way down."""
    if "$ref" in wanted:
        wanted = schema["components"]["schemas"][wanted["$ref"].rsplit("/", 1)[1]]
    if "allOf" in wanted:
        return value is None or fits(schema, value, wanted["allOf"][0])
    if value is None:
        return bool(wanted.get("nullable")) or "oneOf" in wanted
    if wanted.get("type") == "array":
        return all(fits(schema, item, wanted["items"]) for item in value)
    if "properties" in wanted:
        assert set(value) == set(wanted["properties"])
        return all(fits(schema, value[name], field) for name, field in wanted["properties"].items())
    if "enum" in wanted:
        return value in wanted["enum"]
    kinds = {"string": str, "integer": int, "number": int | float, "boolean": bool, "object": dict}
    return "type" not in wanted or isinstance(value, kinds[wanted["type"]])


@pytest.mark.parametrize("path", ["roadmap/", "lessons/first/", "me/progress/", "submissions/{id}/"])
def test_what_is_answered_fits(as_ada, ada, schema, path):
    from tests.factories import hand_in

    lesson = lesson_with_exercise("first", quiz=QUIZ, objectives=["double"])
    submission = hand_in(ada, lesson.exercise)
    template = f"/api/v1/{path}".replace("first", "{slug}").replace("{id}", "{public_id}")
    wanted = schema["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    told = as_ada.get(path.replace("{id}", str(submission.public_id))).json()
    assert fits(schema, told, wanted)
