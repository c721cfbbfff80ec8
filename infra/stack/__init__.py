"""`make up`, `down`, `logs`, `upgrade` and their like: the Compose stack on one host. Standard library only."""
