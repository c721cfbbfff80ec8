"""`azione`: the command line of AzioneLab. It never imports Django."""

__version__ = "0.1.0"
