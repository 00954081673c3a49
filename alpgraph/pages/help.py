"""Help pages, made from the code: what `check` finds, the types of relations, the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alpgraph.check import RULES
from alpgraph.notes import render_prose
from alpgraph.pages.addresses import help_url
from alpgraph.pages.frame import frame
from alpgraph.pages.lists import LinkRow
from alpgraph.pages.render import render
from alpgraph.pages.state import Collection

GROUPS = {
    "ALP0": "Files and fields",
    "ALP1": "Links",
    "ALP2": "The graph",
    "ALP3": "Content",
    "ALP4": "Experiments",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API."""

    method: str
    path: str
    summary: str
    parameters: tuple[tuple[str, str, str], ...]
    """(name, type, what it is)."""
    example: str
    """Address that can be opened; empty when it needs values of one's own."""


def help_index(collection: Collection) -> str:
    """Return the list of findings by group, and of relation types."""
    groups = [
        (
            heading,
            [
                LinkRow(f"{code} {rule.name}", help_url(code), str(rule.severity), rule.summary)
                for code, rule in RULES.items()
                if code.startswith(prefix)
            ],
        )
        for prefix, heading in GROUPS.items()
    ]
    return render(
        "help_index.html",
        **frame(collection),
        groups=groups,
        kinds=collection.notebook.types.types,
    )


def help_page(collection: Collection, code: str) -> str | None:
    """Return the help page of a finding, or None when there is no such code."""
    rule = RULES.get(code.upper())
    if rule is None:
        return None
    return render("help.html", **frame(collection), rule=rule, text=render_prose(rule.page))


def api_page(collection: Collection, document: Mapping[str, Any]) -> str:
    """Return a page over the OpenAPI document."""
    operations = [
        Operation(
            method.upper(),
            path,
            operation.get("description") or operation.get("summary", ""),
            tuple(
                (
                    parameter["name"],
                    _type(parameter["schema"]),
                    parameter.get("description", parameter["schema"].get("description", "")),
                )
                for parameter in operation.get("parameters", ())
            ),
            path if method == "get" and "{" not in path and not _asks(operation) else "",
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    return render("api.html", **frame(collection), operations=operations)


def _asks(operation: Mapping[str, Any]) -> bool:
    return any(parameter.get("required") for parameter in operation.get("parameters", ()))


def _type(schema: Mapping[str, Any]) -> str:
    kinds = [schema, *schema.get("anyOf", ())]
    names = [str(kind["type"]) for kind in kinds if kind.get("type", "null") != "null"]
    return " or ".join(names) or "string"
