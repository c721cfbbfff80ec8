"""`staff/session/` and `door/`: for people who signed in and may scan."""

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect, ensure_csrf_cookie
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ErrorDetail
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from azionelab.checkin import selectors, services
from azionelab.checkin.models import Outcome
from azionelab.checkin.services import ScanAnswer, ScanRequest
from azionelab.core.api import LANGUAGE_PARAMETER, language_of, private, read
from azionelab.core.errors import Code, DomainError
from azionelab.core.languages import text_in
from azionelab.programme.api import TextField
from azionelab.reservations.serializers import MOST_SEATS

MAY_SCAN = "checkin.add_scan"
MAY_MANAGE = "programme.change_performance"
DEVICE_MAX = 60
TICKET_MAX = 300


class MayScan(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.has_perm(MAY_SCAN))


class DoorView(APIView):
    authentication_classes = (SessionAuthentication,)
    permission_classes = (MayScan,)


# The session --------------------------------------------------------------------------------------------------------


class SessionSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(allow_null=True)
    can_scan = serializers.BooleanField()
    can_manage = serializers.BooleanField()


class SignInSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


def _session(user: Any) -> Response:
    return private(
        SessionSerializer(
            {
                "username": user.get_username() if user.is_authenticated else None,
                "can_scan": user.has_perm(MAY_SCAN),
                "can_manage": user.has_perm(MAY_MANAGE),
            }
        ).data
    )


class StaffSessionView(APIView):
    authentication_classes = (SessionAuthentication,)

    @method_decorator(ensure_csrf_cookie)
    @extend_schema(operation_id="get_session", responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        """Who am I? Anybody may ask; the answer brings the CSRF cookie that signing in needs."""
        return _session(request.user)

    @method_decorator(csrf_protect)
    @extend_schema(operation_id="sign_in", request=SignInSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        """Signs staff in. After ten wrong passwords for a name from one address, a pause of 15 minutes."""
        body = read(SignInSerializer, request.data)
        # axes counts on Django's own request; once it has shut the door, its middleware replaces this answer.
        user = authenticate(request._request, **body)
        if user is None:
            raise DomainError(Code.SIGN_IN_FAILED)
        login(request._request, user)
        return _session(user)

    @extend_schema(operation_id="sign_out", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Signs out."""
        logout(request._request)
        return Response(status=204)


# The door -----------------------------------------------------------------------------------------------------------


class TitleField(TextField):
    def to_representation(self, value: Any) -> str:
        return text_in(self.context["language"], value.performance.show, "title")


class DoorPerformanceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="performance.pk")
    show_title = TitleField()
    venue_name = serializers.CharField(source="performance.venue.name")
    starts_at = serializers.DateTimeField(source="performance.starts_at")
    doors_open_at = serializers.DateTimeField(source="performance.doors_open_at")
    cancelled = serializers.SerializerMethodField()
    expected = serializers.IntegerField()
    admitted = serializers.IntegerField()

    def get_cancelled(self, row: selectors.DoorPerformance) -> bool:
        return row.performance.cancelled_at is not None


class DoorPerformancesView(DoorView):
    @extend_schema(
        operation_id="list_door_performances",
        parameters=[LANGUAGE_PARAMETER],
        responses=DoorPerformanceSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Tonight's performances, with expected and admitted seats."""
        context = {"language": language_of(request)}
        tonight = selectors.performances_tonight()
        return private(DoorPerformanceSerializer(tonight, many=True, context=context).data)


class ScanSerializer(serializers.Serializer[Any]):
    """One of `ticket` (a token, or the whole link of a QR code) and `reference`."""

    scan_id = serializers.UUIDField()
    ticket = serializers.CharField(max_length=TICKET_MAX, required=False)
    reference = serializers.CharField(max_length=20, required=False)
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS, required=False)
    scanned_at = serializers.DateTimeField()
    device = serializers.CharField(max_length=DEVICE_MAX)

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
