"""`door/performances/{id}/list/`: the door list."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from azionelab.checkin import devices
from azionelab.checkin.api.access import DoorView, device_of
from azionelab.checkin.api.devices import PerformanceAtDoorSerializer
from azionelab.checkin.door_list import ListedReservation, StatusAtDoor, door_list
from azionelab.checkin.models import Outcome, ScanKind
from azionelab.checkin.tokens import text
from azionelab.core.api import LANGUAGE_PARAMETER, language_of, private

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag of the list that the phone holds"
)


class DoorCountsSerializer(serializers.Serializer[Any]):
    """In seats, but for `conflicts`."""

    expected = serializers.IntegerField(help_text="Seats of confirmed reservations")
    admitted = serializers.IntegerField(help_text="Of those with a reservation")
    walk_ins = serializers.IntegerField(help_text="Of those without")
    inside = serializers.IntegerField(help_text="Everybody who came in, also those in a conflict")
    left = serializers.IntegerField(help_text="Seats that can still be given to people without a reservation")
    conflicts = serializers.IntegerField(help_text="How many wait to be settled")


class DeviceCountsSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="0: let in by staff with a session, or from paper")
    name = serializers.CharField()
    admitted = serializers.IntegerField()
    walk_ins = serializers.IntegerField()
    sequence = serializers.IntegerField(help_text="The last of its scans that these counts know of")
    revoked = serializers.BooleanField()


class ListedReservationSerializer(serializers.Serializer[Any]):
    slot = serializers.IntegerField(help_text="Its place among all reservations ever made for the performance")
    digests = serializers.SerializerMethodField(help_text="SHA-256 of the tokens of its tickets, base64url")
    reference = serializers.CharField()
    name = serializers.CharField(help_text="Short: at most three letters of the surname")
    seats = serializers.IntegerField()
    status = serializers.ChoiceField(choices=StatusAtDoor.choices)
    admitted = serializers.IntegerField()
    admitted_by = serializers.SerializerMethodField(help_text="Seats by the number of the device")
    first_admitted_at = serializers.DateTimeField(allow_null=True)
    first_device = serializers.CharField(allow_null=True)

    def get_digests(self, row: ListedReservation) -> list[str]:
        return [text(digest) for digest in row.digests]

    def get_admitted_by(self, row: ListedReservation) -> dict[str, int]:
        return {str(number): seats for number, seats in sorted(row.admitted_by.items())}


class ListedScanSerializer(serializers.Serializer[Any]):
    scan_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ScanKind.choices)
    at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    device = serializers.CharField()
    device_number = serializers.IntegerField()
    reference = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    seats_admitted = serializers.IntegerField()
    undone = serializers.BooleanField()
    conflict = serializers.BooleanField()


class DoorListSerializer(serializers.Serializer[Any]):
    performance = PerformanceAtDoorSerializer()
    made_at = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()
    counts = DoorCountsSerializer()
    devices = DeviceCountsSerializer(many=True)
    reservations = ListedReservationSerializer(many=True)
    last_scans = ListedScanSerializer(many=True)


class DoorListView(DoorView):
    @extend_schema(
        operation_id="get_door_list",
        parameters=[LANGUAGE_PARAMETER, IF_NONE_MATCH],
        responses={200: DoorListSerializer, 304: OpenApiResponse(description="The phone's list is still right")},
    )
    def get(self, request: Request, performance_id: int) -> HttpResponse:
        """All that a phone needs to work without a network. Its ETag stays the same as long as only time passes."""
        device = device_of(request)
        if device is not None:
            devices.note_seen(device)
        listed = DoorListSerializer(door_list(performance_id), context={"language": language_of(request)}).data
        etag = _etag(listed)
        unchanged = get_conditional_response(request._request, etag=etag)
        response = private(listed) if unchanged is None else unchanged
        response.headers["ETag"] = etag
        return response


def _etag(listed: dict[str, Any]) -> str:
    content = {name: value for name, value in listed.items() if name != "made_at"}
    return f'"{hashlib.sha256(JSONRenderer().render(content)).hexdigest()[:32]}"'
