"""Servers for agents (MCP) and for editors (LSP), over standard input and output."""
