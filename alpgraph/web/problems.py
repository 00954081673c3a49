"""Problem documents (RFC 9457): how every fault of a request is told to a program."""

from collections.abc import Iterable, Mapping

from fastapi.responses import JSONResponse


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
