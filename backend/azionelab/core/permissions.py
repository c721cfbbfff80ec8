"""By itself, as Django REST framework reads it before its own views are there."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class Nobody(BasePermission):
    """For a view that does not say who may come: it is shut until it does."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False
