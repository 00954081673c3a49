"""Every rule there is, in one table."""

from collections.abc import Mapping

from alpgraph.check.rule import Rule
from alpgraph.check.rules import content, evidence, experiments, fields, files, links, network
from alpgraph.notes.findings import NAMES

_WHILE_READING = tuple(
    Rule(code, *NAMES[code], page.strip())
    for pages in (files.PAGES, fields.PAGES, content.PAGES)
    for code, page in pages.items()
)
RULES: Mapping[str, Rule] = {
    rule.code: rule
    for rule in sorted(
        _WHILE_READING + links.RULES + network.RULES + evidence.RULES + experiments.RULES,
        key=lambda rule: rule.code,
    )
}
"""Rules by code. Those without `find` are applied while a file is read."""
