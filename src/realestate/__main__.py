"""``python -m realestate``."""

from realestate.cli.main import main

main()
