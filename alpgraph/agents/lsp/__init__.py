"""Notes in an editor, over the Language Server Protocol; the server itself writes no note."""
