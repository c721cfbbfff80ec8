"""The backend of AzioneLab."""

__version__ = "0.1.0"
