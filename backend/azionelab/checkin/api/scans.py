"""`door/performances/{id}/scans/`: attempts at the door, one at a time or as a phone kept them."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from azionelab.checkin import devices, reconciliation, services
from azionelab.checkin.answers import Doorkeeper, ScanAnswer, doorkeeper_of
from azionelab.checkin.api.access import DoorView, device_of, has_ended, may_manage
from azionelab.checkin.models import DEVICE_NAME_MAX, REASON_MAX, ConflictRule, Outcome, ScanKind
from azionelab.checkin.offline_scans import MOST_OFFSET_MS, OfflineScanSerializer, offline_scan
from azionelab.checkin.services import ScanRequest
from azionelab.core.api import private, read
from azionelab.reservations.serializers import MOST_SEATS
from azionelab.reservations.surnames import short_name

TICKET_MAX = 300
MOST_SCANS_IN_A_BATCH = 500
_LARGEST_INTEGER = 2**31 - 1


class ScanSerializer(serializers.Serializer[Any]):
    """A ticket needs one of `ticket` (a token, or the whole link of a QR code) and `reference`; a walk-in needs
    `seats`; an undo needs `undoes` and a `reason`. With a manager's `reason` more may come in than the party has."""

    scan_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ScanKind.choices, default=ScanKind.TICKET)
    ticket = serializers.CharField(max_length=TICKET_MAX, required=False)
    reference = serializers.CharField(max_length=20, required=False)
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS, required=False)
    reason = serializers.CharField(max_length=REASON_MAX, required=False, allow_blank=True)
    undoes = serializers.UUIDField(required=False)
    scanned_at = serializers.DateTimeField()
    clock_offset_ms = serializers.IntegerField(
        min_value=-MOST_OFFSET_MS, max_value=MOST_OFFSET_MS, required=False, allow_null=True
    )
    sequence = serializers.IntegerField(min_value=0, max_value=_LARGEST_INTEGER, required=False)
    # Where somebody stands who signed in; a paired phone has a name already.
    device = serializers.CharField(max_length=DEVICE_NAME_MAX, required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        for field, message in _missing(values):
            raise serializers.ValidationError({field: ErrorDetail(message, code="required")})
        return values


def _missing(values: dict[str, Any]) -> list[tuple[str, str]]:
    kind, named = values["kind"], ("ticket" in values) + ("reference" in values)
    rules = (
        ("ticket", named == (kind == ScanKind.TICKET), "Send either a ticket or a reference, and only for a ticket."),
        ("seats", kind != ScanKind.WALK_IN or "seats" in values, "Say how many walk in."),
        ("undoes", (kind == ScanKind.UNDO) == ("undoes" in values), "Name the scan to take back, and only then."),
        ("reason", kind != ScanKind.UNDO or bool(values.get("reason")), "Say why."),
    )
    return [(field, message) for field, holds, message in rules if not holds]


class ScannedReservationSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField(source="reservation.reference")
    name = serializers.SerializerMethodField()
    seats = serializers.IntegerField(source="reservation.seats")
    admitted = serializers.IntegerField(source="admission.seats")

    def get_name(self, answer: ScanAnswer) -> str:
        return short_name(answer.reservation.name) if answer.reservation else ""


class ScanConflictSerializer(serializers.Serializer[Any]):
    """How many people of this scan the rules would have refused, why, and who had let in the same seats before."""

    seats = serializers.IntegerField()
    rule = serializers.ChoiceField(choices=ConflictRule.choices)
    other_device = serializers.CharField(source="first_scan.device", allow_null=True)
    other_at = serializers.DateTimeField(source="first_scan.happened_at", allow_null=True)


class ScanAnswerSerializer(serializers.Serializer[Any]):
    """`seats_left` are those that can still be given to people without a reservation; only a walk-in is told."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    replayed_outcome = serializers.ChoiceField(choices=Outcome.choices, allow_null=True)
    scan_id = serializers.UUIDField(source="scan.scan_id")
    kind = serializers.ChoiceField(choices=ScanKind.choices, source="scan.kind")
    seats_admitted = serializers.IntegerField(source="scan.seats_admitted")
    reservation = serializers.SerializerMethodField()
    first_admitted_at = serializers.DateTimeField(source="admission.first_at", allow_null=True)
    first_device = serializers.CharField(source="admission.first_device", allow_null=True)
    seats_left = serializers.IntegerField(allow_null=True)
    conflict = ScanConflictSerializer(allow_null=True)

    @extend_schema_field(ScannedReservationSerializer(allow_null=True))
    def get_reservation(self, answer: ScanAnswer) -> dict[str, Any] | None:
        return ScannedReservationSerializer(answer).data if answer.reservation else None


class BatchSerializer(serializers.Serializer[Any]):
    device = serializers.CharField(max_length=DEVICE_NAME_MAX, required=False)
    scans = serializers.ListField(
        child=OfflineScanSerializer(), allow_empty=False, min_length=1, max_length=MOST_SCANS_IN_A_BATCH
    )


class BatchAnswerSerializer(serializers.Serializer[Any]):
    answers = ScanAnswerSerializer(many=True)


class ScanView(DoorView):
    @extend_schema(operation_id="scan", request=ScanSerializer, responses=ScanAnswerSerializer)
    def post(self, request: Request, performance_id: int) -> Response:
        """One attempt at the door. A refusal is an outcome; sending the same `scan_id` again changes nothing."""
        values = read(ScanSerializer, request.data)
        doorkeeper = _doorkeeper(request, values.pop("device", ""))
        answer = services.register_scan(
            performance_id=performance_id, request=ScanRequest(**values), doorkeeper=doorkeeper
        )
        _note_seen(request)
        return private(ScanAnswerSerializer(answer).data)


class BatchView(DoorView):
    # Somebody let these people in; the record must have it, whatever became of the phone since.
    accepts_ended_devices = True

    @extend_schema(operation_id="scan_batch", request=BatchSerializer, responses=BatchAnswerSerializer)
    def post(self, request: Request, performance_id: int) -> Response:
        """Attempts that a phone decided by itself, in its order; one answer each. Sending them again changes nothing.

        All are taken or, where one cannot be read, none. A device that was sent away, or whose time is over, is told
        nothing of the reservations.
        """
        batch = read(BatchSerializer, request.data)
        answers = reconciliation.record_offline_scans(
            performance_id=performance_id,
            scans=[offline_scan(values) for values in batch["scans"]],
            doorkeeper=_doorkeeper(request, batch.get("device", "")),
        )
        _note_seen(request)
        device = device_of(request)
        if device is not None and has_ended(device):
            answers = [answer.without_reservation() for answer in answers]
        return private(BatchAnswerSerializer({"answers": answers}).data)


def _note_seen(request: Request) -> None:
    """After the scan, which waits for nothing else; once a minute it is a statement more."""
    device = device_of(request)
    if device is not None:
        devices.note_seen(device)


def _doorkeeper(request: Request, name: str) -> Doorkeeper:
    device = device_of(request)
    if device is not None:
        return doorkeeper_of(device)
    if not name:
        raise serializers.ValidationError({"device": ErrorDetail("This field is required.", code="required")})
    return Doorkeeper(name=name, staff_id=request.user.pk, may_manage=may_manage(request))
