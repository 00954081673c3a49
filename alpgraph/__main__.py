"""`python -m alpgraph`."""

from alpgraph.cli import main

main()
