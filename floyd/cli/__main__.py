"""`python -m floyd.cli` is `floyd`."""

from floyd.cli import main

main(prog_name="floyd")
