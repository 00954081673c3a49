"""Puts the bundled collection's settings into the wheel; `sources` can only place folders."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Bundle(BuildHookInterface):
    """Asked by hatchling before each wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file, but to no editable install, where it would be a twin that grows stale."""
        if version != "editable":
            build_data["force_include"]["alpgraph.toml"] = "alpgraph/_bundled/alpgraph.toml"
