"""`door/pairings/`, `door/performances/{id}/devices/` and `door/device/`: how a phone comes to a door and leaves it."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from azionelab.checkin import devices, tokens
from azionelab.checkin.api.access import (
    DoorView,
    IsDevice,
    IsStaffWhoMayScan,
    TellsTheTime,
    device_may_manage,
    device_of,
)
from azionelab.checkin.models import DEVICE_NAME_MAX, DoorDevice
from azionelab.core.api import LANGUAGE_PARAMETER, language_of, private, read
from azionelab.core.languages import LANGUAGES, text_in
from azionelab.core.serializers import TextField
from azionelab.programme.models import Performance
from azionelab.reservations.serializers import GuestField

# Who may call what, in the contract's words.
BY_SESSION: Any = [{"cookieAuth": []}]
BY_DEVICE: Any = [{"doorDevice": []}]


class ShowTitleField(TextField):
    def to_representation(self, value: Any) -> str:
        return text_in(self.context["language"], value.show, "title")


class PerformanceAtDoorSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    show_title = ShowTitleField()
    venue_name = serializers.CharField(source="venue.name")
    starts_at = serializers.DateTimeField()
    doors_open_at = serializers.DateTimeField()
    cancelled = serializers.SerializerMethodField()

    def get_cancelled(self, performance: Performance) -> bool:
        return performance.cancelled_at is not None


class DeviceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="At this door; 0 stands for those without a device")
    name = serializers.CharField()


class DeviceSessionSerializer(serializers.Serializer[Any]):
    """All that a phone keeps of its pairing. The token is told when it is paired and never again."""

    token = serializers.SerializerMethodField()
    device = DeviceSerializer(source="*")
    performance = PerformanceAtDoorSerializer()
    valid_until = serializers.DateTimeField()
    walk_in_allowance = serializers.IntegerField(help_text="Seats it may give to people without a reservation")
    can_manage = serializers.SerializerMethodField()
    device_key = serializers.SerializerMethodField(help_text="base64url: signs what this phone exports")
    performance_key = serializers.SerializerMethodField(
        help_text="base64url: authenticates the codes that the phones of this door show each other"
    )

    def get_token(self, device: DoorDevice) -> str | None:
        return tokens.device_token(device.pk, device.claim) if self.context["with_token"] else None

    def get_can_manage(self, device: DoorDevice) -> bool:
        return device_may_manage(device)

    def get_device_key(self, device: DoorDevice) -> str:
        return tokens.text(tokens.device_key(device.pk))

    def get_performance_key(self, device: DoorDevice) -> str:
        return tokens.text(tokens.performance_key(device.performance_id))


class NewDeviceSerializer(serializers.Serializer[Any]):
    """`claim` is the phone's own name for this pairing: asking again with it gives the same device."""

    name = GuestField(devices.read_device_name, max_length=DEVICE_NAME_MAX)
    claim = serializers.UUIDField()
    language = serializers.ChoiceField(choices=LANGUAGES, default="it")


class PairingSerializer(NewDeviceSerializer):
    code = serializers.CharField(max_length=40, trim_whitespace=False)


class RenameSerializer(serializers.Serializer[Any]):
    name = GuestField(devices.read_device_name, max_length=DEVICE_NAME_MAX)


def _session(device: DoorDevice, language: str, *, with_token: bool = False, status: int = 200) -> Response:
    context = {"language": language, "with_token": with_token}
    return private(DeviceSessionSerializer(device, context=context).data, status=status)


class PairingView(TellsTheTime):
    """For anyone who holds a code; no session is read."""

    authentication_classes: list[Any] = []
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="pair_device", request=PairingSerializer, responses={201: DeviceSessionSerializer}, auth=[]
    )
    def post(self, request: Request) -> Response:
        """Pairs the phone that a manager invited. A code works for one phone, for ten minutes."""
        body = read(PairingSerializer, request.data)
        language = body.pop("language")
        return _session(devices.pair_with_code(**body), language, with_token=True, status=201)


class DevicesView(DoorView):
    permission_classes = (IsStaffWhoMayScan,)

    @extend_schema(
        operation_id="register_device",
        request=NewDeviceSerializer,
        responses={201: DeviceSessionSerializer},
        auth=BY_SESSION,
    )
    def post(self, request: Request, performance_id: int) -> Response:
        """Pairs the phone on which staff signed in."""
        body = read(NewDeviceSerializer, request.data)
        language = body.pop("language")
        device = devices.pair_as_staff(performance_id=performance_id, staff_id=cast(int, request.user.pk), **body)
        return _session(device, language, with_token=True, status=201)


class DeviceView(DoorView):
    permission_classes = (IsDevice,)

    @extend_schema(
        operation_id="get_device",
        parameters=[LANGUAGE_PARAMETER],
        responses=DeviceSessionSerializer,
        auth=BY_DEVICE,
    )
    def get(self, request: Request) -> Response:
        """This phone's pairing, without its token."""
        return _session(_this(request), language_of(request))

    @extend_schema(
        operation_id="rename_device",
        parameters=[LANGUAGE_PARAMETER],
        request=RenameSerializer,
        responses=DeviceSessionSerializer,
        auth=BY_DEVICE,
    )
    def patch(self, request: Request) -> Response:
        """Gives this phone another name."""
        body = read(RenameSerializer, request.data)
        return _session(devices.rename(device=_this(request), name=body["name"]), language_of(request))

    @extend_schema(operation_id="give_up_device", request=None, responses={204: None}, auth=BY_DEVICE)
    def delete(self, request: Request) -> Response:
        """The phone leaves the door: its token opens nothing any more."""
        devices.revoke(device_id=_this(request).pk)
        return Response(status=204)


def _this(request: Request) -> DoorDevice:
    device = device_of(request)
    assert device is not None  # noqa: S101 (IsDevice let it in)
    return device
