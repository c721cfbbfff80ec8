"""`door/performances/{id}/scans/`: attempts at the door."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from azionelab.checkin import services
from azionelab.checkin.api.access import DoorView
from azionelab.checkin.models import DEVICE_NAME_MAX, Outcome
from azionelab.checkin.services import ScanAnswer, ScanRequest
from azionelab.core.api import private, read
from azionelab.reservations.serializers import MOST_SEATS

TICKET_MAX = 300


class ScanSerializer(serializers.Serializer[Any]):
    """One of `ticket` (a token, or the whole link of a QR code) and `reference`."""

    scan_id = serializers.UUIDField()
    ticket = serializers.CharField(max_length=TICKET_MAX, required=False)
    reference = serializers.CharField(max_length=20, required=False)
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS, required=False)
    scanned_at = serializers.DateTimeField()
    device = serializers.CharField(max_length=DEVICE_NAME_MAX)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("ticket" in values) == ("reference" in values):
            message = "Send either a ticket or a reference."
            raise serializers.ValidationError({"ticket": ErrorDetail(message, code="required")})
        return values


class ScannedReservationSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField(source="reservation.reference")
    name = serializers.CharField(source="reservation.name")
    seats = serializers.IntegerField(source="reservation.seats")
    admitted = serializers.IntegerField(source="admission.seats")


class ScanAnswerSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    replayed_outcome = serializers.ChoiceField(choices=Outcome.choices, allow_null=True)
    scan_id = serializers.UUIDField(source="scan.scan_id")
    seats_admitted = serializers.IntegerField(source="scan.seats_admitted")
    reservation = serializers.SerializerMethodField()
    first_admitted_at = serializers.DateTimeField(source="admission.first_at", allow_null=True)
    first_device = serializers.CharField(source="admission.first_device", allow_null=True)

    @extend_schema_field(ScannedReservationSerializer(allow_null=True))
    def get_reservation(self, answer: ScanAnswer) -> dict[str, Any] | None:
        return ScannedReservationSerializer(answer).data if answer.reservation else None


class ScanView(DoorView):
    @extend_schema(operation_id="scan", request=ScanSerializer, responses=ScanAnswerSerializer)
    def post(self, request: Request, performance_id: int) -> Response:
        """One attempt at the door. A refusal is an outcome; sending the same `scan_id` again changes nothing."""
        scan = ScanRequest(**read(ScanSerializer, request.data))
        answer = services.register_scan(performance_id=performance_id, request=scan, staff_id=request.user.pk)
        return private(ScanAnswerSerializer(answer).data)
