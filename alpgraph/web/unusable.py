"""What is said of values in an address that cannot be used: to people a page, else a problem."""

from collections.abc import Mapping
from typing import Any, get_type_hints

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from alpgraph.pages.finding import unusable_page
from alpgraph.web.problems import problem

MAX_SHOWN = 40
"""Letters of a value that are shown again."""
_PROGRAMS = ("/api/", "/events", "/healthz")
"""Where none but programs ask."""
_DATA = ("application/json", "text/event-stream")


def refuse(request: Request, fault: RequestValidationError) -> Response:
    """Answer a request whose values are out of bounds with 422."""
    if reads_pages(request):
        sentences = [_sentence(request, error) for error in fault.errors()]
        collection = request.app.state.hub.collection
        return HTMLResponse(unusable_page(collection, sentences, request.scope["path"]), 422)
    errors = [_field(request, error) for error in fault.errors()]
    detail = "; ".join(f"{error['field']}: {error['message']}" for error in errors)
    return problem(422, "Unusable value", detail, errors)


def reads_pages(request: Request) -> bool:
    """Whether a request is one by which people read, rather than programs."""
    accept = request.headers.get("accept", "")
    data = request.scope["path"].startswith(_PROGRAMS) or any(kind in accept for kind in _DATA)
    return request.method in ("GET", "HEAD") and not data


def _where(error: Any) -> list[str]:
    """Return the names that lead to a value; none for a body that is no JSON."""
    _, *names = error["loc"]  # first whether it is of the query or the body
    return [] if error["type"] == "json_invalid" else [str(name) for name in names]


def _field(request: Request, error: Any) -> dict[str, str]:
    names, message = _where(error), str(error["msg"])
    if error["type"] == "extra_forbidden":
        known = ", ".join(_known(request)) or "none"
        message = f"unknown parameter; known: {known}" if len(names) == 1 else "unknown parameter"
    elif error["type"] == "json_invalid":
        message = f"is no JSON: {error['ctx']['error']}"
    elif not names and error["type"] in ("model_attributes_type", "dict_type"):
        message = "must be a JSON object, sent with Content-Type: application/json"
    return {"field": ".".join(names) or "body", "message": message}


def _known(request: Request) -> list[str]:
    """Return the names that an address takes, in its query or its body."""
    hints = get_type_hints(request.scope["endpoint"]).values()
    models = (one for one in hints if isinstance(one, type) and issubclass(one, BaseModel))
    fields = (model.model_fields.items() for model in models)
    return [field.alias or name for named in fields for name, field in named]


def _sentence(request: Request, error: Any) -> str:
    """Say which value is wrong and what is allowed."""
    name, value = next(iter(_where(error)), ""), error["input"]
    query: type[BaseModel] | None = get_type_hints(request.scope["endpoint"]).get("query")
    schema = query.model_json_schema().get("properties", {}).get(name) if query else None
    must = f"must be {allowed(schema)}" if schema else f"cannot be used: {error['msg']}"
    if not isinstance(value, str):
        return f"“{name}” {must}."
    shown = value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…"
    return f"“{name}” is “{shown}”, but {must}." if value else f"“{name}” is empty, but {must}."


def allowed(schema: Mapping[str, Any]) -> str:
    """Return in words what a part of a JSON Schema allows.

    >>> allowed({"type": "integer", "minimum": 1, "maximum": 2})
    'a whole number from 1 to 2'
    >>> allowed({"type": "array", "maxItems": 3, "items": {"enum": ["", "a", "b"]}})
    'one of “a”, “b”; at most 3 of them'
    """
    if "description" in schema:
        return str(schema["description"])
    if "anyOf" in schema:
        return allowed(schema["anyOf"][0])
    if "enum" in schema:
        return "one of " + ", ".join(f"“{value}”" for value in schema["enum"] if value)
    if "const" in schema:
        return f"“{schema['const']}”"
    if schema["type"] == "array":
        return f"{allowed(schema['items'])}; at most {schema['maxItems']} of them"
    if schema["type"] == "integer":
        upper = f" to {schema['maximum']}" if "maximum" in schema else ""
        return f"a whole number from {schema['minimum']}{upper}"
    return f"at most {schema['maxLength']} letters long"
