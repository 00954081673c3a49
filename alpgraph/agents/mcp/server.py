"""The MCP server: questions come in on standard input, answers go out, one process per client."""

import json
import logging
import os
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

import anyio
from anyio.to_thread import run_sync
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    CompleteRequestParams,
    CompleteResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as ToolData

from alpgraph import __version__
from alpgraph.agents.following import Follower
from alpgraph.agents.mcp.answers import RefusedError
from alpgraph.agents.mcp.resources import TEMPLATES, complete_slug, list_notes, read_note
from alpgraph.agents.mcp.tools import INSTRUCTIONS, TOOLS, sanitized
from alpgraph.config import Config, Location

Context = ServerRequestContext[Any]
Page = PaginatedRequestParams | None
Answer = TypeVar("Answer")
READS_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def make_server(follower: Follower) -> Server[Any]:
    """Return a server that answers from the collection that `follower` reads."""
    listed = [
        ToolData(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.arguments_model.model_json_schema(),
            annotations=READS_ONLY,
        )
        for tool in TOOLS.values()
    ]

    async def list_tools(_: Context, page: Page) -> ListToolsResult:
        return ListToolsResult(tools=listed)

    async def call_tool(_: Context, params: CallToolRequestParams) -> CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"there is no tool {params.name[:100]!r}")
        try:
            answer = await run_sync(tool.call, follower, params.arguments)
        except RefusedError as refused:
            message = TextContent(type="text", text=sanitized(str(refused)))
            return CallToolResult(content=[message], is_error=True)
        return _result(answer)

    async def list_resources(_: Context, page: Page) -> ListResourcesResult:
        return await _run(list_notes, follower, page.cursor if page else None)

    async def list_templates(_: Context, page: Page) -> ListResourceTemplatesResult:
        return TEMPLATES

    async def read_resource(_: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        return await _run(read_note, follower, str(params.uri))

    async def complete(_: Context, params: CompleteRequestParams) -> CompleteResult:
        completion = await run_sync(complete_slug, follower, params.argument.value[:300])
        return CompleteResult(completion=completion)

    return Server(
        "alpgraph",
        title=follower.config.title,
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_completion=complete,
    )


def _result(answer: dict[str, Any] | str) -> CallToolResult:
    """Give data both as such and as text, for clients that only read the latter."""
    if isinstance(answer, str):
        return CallToolResult(content=[TextContent(type="text", text=answer)])
    text = json.dumps(answer, ensure_ascii=False)
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=answer)


async def _run(
    answer: Callable[[Follower, Any], Answer], follower: Follower, argument: object
) -> Answer:
    try:
        return await run_sync(answer, follower, argument)
    except RefusedError as refused:
        raise MCPError(INVALID_PARAMS, sanitized(str(refused))) from None


def serve(location: Location, config: Config) -> None:
    """Answer one client until it closes our standard input."""
    if not os.environ.get("ALPGRAPH_DEBUG"):
        logging.disable(logging.ERROR)  # what a client did wrong is said to the client
    follower = Follower(location, config)
    server = make_server(follower)
    # read while the client is still introducing itself, so that its first question is quick
    Thread(target=follower.collection, daemon=True).start()
    anyio.run(_serve, server)


async def _serve(server: Server[Any]) -> None:
    async with stdio_server() as (questions, answers):
        await server.run(questions, answers, server.create_initialization_options())
