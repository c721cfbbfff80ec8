"""Who may come to the door's API: staff who signed in and may scan, and the phones that were paired with one door."""

import time
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from azionelab.checkin.answers import MAY_MANAGE
from azionelab.checkin.models import DoorDevice
from azionelab.checkin.selectors import MAY_SCAN, device_for_token
from azionelab.core.errors import Code, DomainError

SCHEME = "Door"
# Unix milliseconds: by it a phone learns how wrong its clock is.
TIME_HEADER = "Azione-Time"


class DeviceAuthentication(BaseAuthentication):
    """`Authorization: Door TOKEN`. No cookie is sent by itself, so there is nothing for CSRF to abuse."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, DoorDevice] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        device = device_for_token(token)
        if device is None:
            raise DomainError(Code.NOT_AUTHENTICATED, "No device has this token.")
        return AnonymousUser(), device


class DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = DeviceAuthentication
    name = "doorDevice"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Door TOKEN`, with the token of a paired phone",
        }


def device_of(request: Request) -> DoorDevice | None:
    """The paired phone that asks; None when staff do."""
    return cast(DoorDevice | None, request.auth)


def may_manage(request: Request) -> bool:
    """Whether a manager asks, or the phone of one."""
    device = device_of(request)
    if device is None:
        return request.user.has_perm(MAY_MANAGE)
    return device_may_manage(device)


def device_may_manage(device: DoorDevice) -> bool:
    return device.staff is not None and device.staff.has_perm(MAY_MANAGE)


class MayScan(BasePermission):
    """A phone opens one door: the performance it was paired for, and only while it is welcome there."""

    def has_permission(self, request: Request, view: "DoorView") -> bool:  # type: ignore[override]
        device = device_of(request)
        if device is None:
            return bool(request.user and request.user.has_perm(MAY_SCAN))
        if not view.accepts_ended_devices:
            check_not_ended(device)
        return bool(view.kwargs.get("performance_id", device.performance_id) == device.performance_id)


class IsDevice(MayScan):
    """For what a phone asks about itself."""

    def has_permission(self, request: Request, view: "DoorView") -> bool:  # type: ignore[override]
        if device_of(request) is None:
            raise DomainError(Code.NOT_AUTHENTICATED, "Pair this device first.")
        return super().has_permission(request, view)


class IsStaffWhoMayScan(MayScan):
    """For what only people do: a phone pairs no other phone."""

    def has_permission(self, request: Request, view: "DoorView") -> bool:  # type: ignore[override]
        return device_of(request) is None and super().has_permission(request, view)


def check_not_ended(device: DoorDevice) -> None:
    """Raises `device_revoked` or `device_expired`."""
    if device.revoked_at is not None or _has_lost_its_staff(device):
        raise DomainError(Code.DEVICE_REVOKED)
    if has_expired(device):
        raise DomainError(Code.DEVICE_EXPIRED)


def has_expired(device: DoorDevice) -> bool:
    return device.valid_until <= timezone.now()


def has_ended(device: DoorDevice) -> bool:
    return device.revoked_at is not None or has_expired(device) or _has_lost_its_staff(device)


def _has_lost_its_staff(device: DoorDevice) -> bool:
    """A phone that somebody signed in on goes with that account's right to the door."""
    return device.staff is not None and not device.staff.has_perm(MAY_SCAN)


class TellsTheTime(APIView):
    """Every answer, refusals too, carries the server's time."""

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers[TIME_HEADER] = str(time.time_ns() // 1_000_000)
        return super().finalize_response(request, response, *args, **kwargs)


class DoorView(TellsTheTime):
    """For a paired phone, or for staff with a session and its CSRF token."""

    authentication_classes: Any = (DeviceAuthentication, SessionAuthentication)
    permission_classes: Any = (MayScan,)
    # A phone that was sent away may still hand in what it has recorded, and nothing else.
    accepts_ended_devices = False
