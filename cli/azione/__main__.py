"""`python -m azione`."""

from azione.main import main

main()
