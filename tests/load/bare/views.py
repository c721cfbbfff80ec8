"""What a reservation and a scan cost where nothing is validated, remembered, mailed or told."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max, Sum
from django.urls import path
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from azionelab.checkin.models import CheckIn, Scan
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation, ReservationToken
from azionelab.reservations.tokens import new_reference, ticket_digest


class Nothing(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class Reserve(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request: Request, performance_id: int) -> Response:
        with transaction.atomic():
            performance = Performance.objects.select_for_update(no_key=True).get(pk=performance_id)
            rows = Reservation.objects.filter(performance_id=performance_id, status__in=("pending", "confirmed"))
            counted = rows.aggregate(taken=Sum("seats", default=0), slot=Max("slot", default=-1))
            if counted["taken"] + request.data["seats"] > performance.capacity:
                return Response({"code": "capacity_exceeded"}, status=409)
            made = Reservation.objects.create(**_row(performance, counted["slot"] + 1, request.data))
        return Response({"reference": made.reference}, status=201)


def _row(performance: Performance, slot: int, data: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    return {
        "performance": performance,
        "slot": slot,
        "reference": new_reference(),
        "seats": data["seats"],
        "name": data["name"],
        "email": data["email"],
        "language": "it",
        "privacy_accepted_at": now,
        "created_at": now,
        "hold_expires_at": now + timedelta(hours=1),
        "idempotency_key": uuid4(),
        "request_digest": hashlib.sha256(data["email"].encode()).digest(),
    }


class Admit(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request: Request, performance_id: int) -> Response:
        now = timezone.now()
        token = ReservationToken.objects.get(ticket_digest=ticket_digest(request.data["ticket"]))
        with transaction.atomic():
            reservation = Reservation.objects.select_for_update(no_key=True).get(pk=token.reservation_id)
            if CheckIn.objects.filter(reservation=reservation).aggregate(seats=Sum("seats", default=0))["seats"]:
                return Response({"outcome": "already_admitted"})
            scan = Scan.objects.create(
                scan_id=UUID(request.data["scan_id"]),
                performance_id=performance_id,
                reservation=reservation,
                outcome="admitted",
                seats_admitted=reservation.seats,
                scanned_at=now,
                happened_at=now,
                device="porta",
            )
            CheckIn.objects.create(reservation=reservation, scan=scan, seats=reservation.seats, admitted_at=now)
        return Response({"outcome": "admitted"})


urlpatterns = [
    path("nothing/", Nothing.as_view()),
    path("performances/<int:performance_id>/reservations/", Reserve.as_view()),
    path("performances/<int:performance_id>/scans/", Admit.as_view()),
]
