"""What has happened, really, before a runbook is followed: a module for each kind of trouble."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
