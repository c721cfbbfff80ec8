"""The admin's pages that need to know the door: performances, reservations with admissions, scans and check-ins."""

from azionelab.checkin.admin import door, performances, reservations

__all__ = ["door", "performances", "reservations"]
