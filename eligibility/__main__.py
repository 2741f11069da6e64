"""`python -m eligibility` is the command line."""

from eligibility.cli import main

main()
