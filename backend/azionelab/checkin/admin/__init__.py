"""The admin's pages that need to know the door: performances, reservations with admissions, scans, conflicts."""

from azionelab.checkin.admin import conflicts, door, performances, reservations

__all__ = ["conflicts", "door", "performances", "reservations"]
