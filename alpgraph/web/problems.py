"""Problem documents (RFC 9457): how every fault of a request is told to a program."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi.responses import JSONResponse

PROBLEM: Mapping[str, Any] = {
    "application/problem+json": {
        "schema": {
            "title": "Problem",
            "type": "object",
            "required": ["title", "status", "detail", "errors"],
            "properties": {
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["field", "message"],
                        "properties": {
                            "field": {"type": "string"},
                            "message": {"type": "string"},
                        },
                    },
                },
            },
        },
        "example": {
            "title": "This question cannot be asked",
            "status": 422,
            "detail": "replicates: must be between 2 and 256, not 1000",
            "errors": [{"field": "replicates", "message": "must be between 2 and 256, not 1000"}],
        },
    }
}
"""What OpenAPI says of every fault."""
EVERYWHERE: dict[int | str, dict[str, Any]] = {
    422: {"description": "A value is unusable; `errors` names the fields.", "content": PROBLEM},
    "default": {"description": "Any other fault.", "content": PROBLEM},
}
"""Responses that every operation of the API may give."""


def problem(
    status: int,
    title: str,
    detail: str,
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem document; `errors` name fields as `{field, message}`."""
    body = {"title": title, "status": status, "detail": detail, "errors": list(errors)}
    return JSONResponse(
        body, status, media_type="application/problem+json", headers=dict(headers or {})
    )
