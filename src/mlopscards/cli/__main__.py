"""`python -m mlopscards.cli` is `mlopscards`."""

from mlopscards.cli import main

main(prog_name="mlopscards")
