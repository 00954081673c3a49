"""The collection for agents, over the Model Context Protocol; nothing here writes or runs."""
