"""Backups of the Compose stack: made whole or not at all, verified to the byte, restored beside the live data first."""
