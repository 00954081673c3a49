"""The API as its OpenAPI document says it: documented with examples, and true of a server."""

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

CHECKS = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def faults_of(operation: Any) -> str:
    """Ask one operation whatever its schema allows; it may know no experiment of that name."""

    @CHECKS
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    try:
        ask()
    except FailureGroup as group:
        return f"{operation.label}: {group}\n" + "\n".join(map(str, group.exceptions))
    return ""


def test_whatever_is_asked_the_answer_is_as_documented(server: Any) -> None:
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 15
    faults = [fault for operation in operations if (fault := faults_of(operation))]
    assert not faults, "\n\n".join(faults)


def test_every_operation_says_what_it_does_and_how_it_fails(server: Any) -> None:
    document = json.loads(server.get("/openapi.json"))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert len(operation["description"]) >= 15, (method, path)
            fault = operation["responses"]["default"]["content"]["application/problem+json"]
            assert fault["example"]["errors"]


def test_the_runs_are_documented_with_examples(server: Any) -> None:
    document = json.loads(server.get("/openapi.json"))
    schemas = document["components"]["schemas"]
    for name in ("Question", "SweepQuestion", "Asked", "RunShape"):
        assert schemas[name]["example"], name
    runs = document["paths"]["/api/runs"]["post"]["responses"]
    assert {"200", "202", "403", "422", "429"} <= runs.keys()
    stream = document["paths"]["/api/runs/{run_id}/events"]["get"]["responses"]["200"]
    assert "event: progress" in stream["content"]["text/event-stream"]["example"]
