"""`performances/`, `reservation/` and `reservations/resend/`: from the programme to the ticket."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from azionelab.core.api import LANGUAGE_PARAMETER, PublicView, cached, language_of, private, read
from azionelab.core.errors import Code, DomainError, FieldError, validation_failed
from azionelab.reservations import guests, qr, selectors, services
from azionelab.reservations.calendars import reservation_calendar
from azionelab.reservations.models import Reservation, Status
from azionelab.reservations.serializers import (
    ChangeSeatsSerializer,
    PerformanceQuerySerializer,
    PerformanceSerializer,
    ResendSerializer,
    ReservationSerializer,
    ReservedSerializer,
    ReserveSerializer,
)
from azionelab.reservations.tokens import TokenPair

SCHEME = "Reservation"
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="Made once for a form; sending it again makes no second reservation",
)
RESERVATION_TOKEN = OpenApiParameter(
    "Authorization",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="`Reservation TOKEN`, with the token of the mail's link",
)


# Performances -------------------------------------------------------------------------------------------------------


class PerformanceListView(PublicView):
    @extend_schema(
        operation_id="list_performances",
        parameters=[
            LANGUAGE_PARAMETER,
            OpenApiParameter("show", description="A show's slug"),
            OpenApiParameter("venue", description="A venue's slug"),
            OpenApiParameter("from", OpenApiTypes.DATETIME, description="Starts then or later"),
            OpenApiParameter("to", OpenApiTypes.DATETIME, description="Starts before then"),
        ],
        responses=PerformanceSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Performances in order of time, the cancelled ones too."""
        asked = read(PerformanceQuerySerializer, request.query_params.dict())
        performances = selectors.bookable_performances(**asked)
        context = {"language": language_of(request)}
        return cached(PerformanceSerializer(performances, many=True, context=context).data)


class PerformanceView(PublicView):
    @extend_schema(operation_id="get_performance", parameters=[LANGUAGE_PARAMETER], responses=PerformanceSerializer)
    def get(self, request: Request, performance_id: int) -> Response:
        """One performance with its seats."""
        performance = selectors.bookable_performance(performance_id)
        return cached(PerformanceSerializer(performance, context={"language": language_of(request)}).data)


class ReserveView(PublicView):
    @extend_schema(
        operation_id="reserve",
        parameters=[IDEMPOTENCY_KEY],
        request=ReserveSerializer,
        responses={201: ReservedSerializer},
    )
    def post(self, request: Request, performance_id: int) -> Response:
        """Holds seats and asks the guest by mail to confirm."""
        key = _idempotency_key(request)
        body = read(ReserveSerializer, request.data)
        body.pop("privacy_accepted")
        seats = body.pop("seats")
        reservation = services.reserve(
            performance_id=performance_id,
            guest=guests.GuestDetails(**body),
            seats=seats,
            idempotency_key=key,
        )
        return private(ReservedSerializer(_reserved(reservation)).data, status=201)


def _idempotency_key(request: Request) -> UUID:
    written = request.headers.get("Idempotency-Key", "")
    try:
        return UUID(written)
    except ValueError:
        code = "invalid" if written else "required"
        raise validation_failed(
            FieldError(field="Idempotency-Key", code=code, message="Send a UUID in this header.")
        ) from None


def _reserved(reservation: Reservation) -> dict[str, Any]:
    """Of a reservation that may have gone on since: the same key can be sent again days later."""
    return {
        "reference": reservation.reference,
        "status": reservation.current_status,
        "seats": reservation.seats,
        "hold_expires_at": reservation.hold_expires_at,
        "email": {"state": reservation.email_state or "queued"},
    }


# One reservation, opened by its token --------------------------------------------------------------------------------


class ReservationView(PublicView):
    """The page of one reservation. The token comes in a header, so that it reaches no log and no Referer."""

    @extend_schema(
        operation_id="get_reservation",
        parameters=[RESERVATION_TOKEN, LANGUAGE_PARAMETER],
        responses=ReservationSerializer,
    )
    def get(self, request: Request) -> Response:
        """The reservation, its performance, and what the guest may do next."""
        return _page(request, _reservation_id(request))

    @extend_schema(
        operation_id="change_seats",
        parameters=[RESERVATION_TOKEN, LANGUAGE_PARAMETER],
        request=ChangeSeatsSerializer,
        responses=ReservationSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Changes the number of seats; the QR code stays the same."""
        reservation_id = _reservation_id(request)
        body = read(ChangeSeatsSerializer, request.data)
        services.change_seats(reservation_id=reservation_id, seats=body["seats"])
        return _page(request, reservation_id)


class ConfirmView(PublicView):
    @extend_schema(
        operation_id="confirm",
        parameters=[RESERVATION_TOKEN, LANGUAGE_PARAMETER],
        request=None,
        responses=ReservationSerializer,
    )
    def post(self, request: Request) -> Response:
        """Confirms, and sends the ticket; a second time shows the same."""
        reservation_id = _reservation_id(request)
        services.confirm(reservation_id=reservation_id)
        return _page(request, reservation_id)


class CancelView(PublicView):
    @extend_schema(
        operation_id="cancel",
        parameters=[RESERVATION_TOKEN, LANGUAGE_PARAMETER],
        request=None,
        responses=ReservationSerializer,
    )
    def post(self, request: Request) -> Response:
        """Cancels; the seats are free at once."""
        reservation_id = _reservation_id(request)
        services.cancel(reservation_id=reservation_id)
        return _page(request, reservation_id)


class ResendView(PublicView):
    @extend_schema(
        operation_id="resend",
        parameters=[RESERVATION_TOKEN, LANGUAGE_PARAMETER],
        request=None,
        responses=ReservationSerializer,
    )
    def post(self, request: Request) -> Response:
        """Sends the reservation's mail again."""
        reservation_id = _reservation_id(request)
        services.resend(reservation_id=reservation_id)
        return _page(request, reservation_id)


def _token(request: Request) -> str:
    """The token of `Authorization: Reservation TOKEN`; raises `token_invalid`."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME.lower():
        raise DomainError(Code.TOKEN_INVALID)
    return token


def _reservation_id(request: Request) -> int:
    return selectors.reservation_id_for(_token(request))


def _page(request: Request, reservation_id: int) -> Response:
    page = selectors.reservation_page(reservation_id)
    return private(ReservationSerializer(page, context={"language": language_of(request)}).data)


# The ticket ---------------------------------------------------------------------------------------------------------


class AnyAccept(DefaultContentNegotiation):
    """A file is what it is; whoever asks for `image/svg+xml` alone gets it, and a refusal still as JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileView(PublicView):
    content_negotiation_class = AnyAccept


class TicketSvgView(FileView):
    @extend_schema(
        operation_id="get_ticket_svg",
        parameters=[RESERVATION_TOKEN],
        responses={(200, "image/svg+xml"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """The QR code of a confirmed reservation."""
        return _file(qr.ticket_svg(_ticket_token(request)), "image/svg+xml; charset=utf-8")


class TicketPngView(FileView):
    @extend_schema(
        operation_id="get_ticket_png",
        parameters=[RESERVATION_TOKEN],
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """The QR code of a confirmed reservation, to keep."""
        return _file(qr.ticket_png(_ticket_token(request)), "image/png")


class CalendarView(FileView):
    @extend_schema(
        operation_id="get_calendar",
        parameters=[RESERVATION_TOKEN],
        responses={(200, "text/calendar"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """The calendar entry of a confirmed reservation."""
        reservation = _confirmed_reservation(request)
        response = _file(reservation_calendar(reservation), "text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{reservation.reference}.ics"'
        return response


def _confirmed_reservation(request: Request) -> Reservation:
    page = selectors.reservation_page(_reservation_id(request))
    if page.status != Status.CONFIRMED:
        raise DomainError(Code.RESERVATION_NOT_CONFIRMED)
    return page.reservation


def _ticket_token(request: Request) -> str:
    """The QR code is made from the token that asks for it; the database, which has digests only, could not."""
    _confirmed_reservation(request)
    return TokenPair.read(_token(request)).ticket_token


def _file(content: bytes, media_type: str) -> HttpResponse:
    return HttpResponse(content, content_type=media_type, headers={"Cache-Control": "no-store"})


# Find my reservation ------------------------------------------------------------------------------------------------


class ResendAllView(PublicView):
    @extend_schema(operation_id="resend_all", request=ResendSerializer, responses={202: None})
    def post(self, request: Request) -> HttpResponse:
        """Sends the links of an address's live reservations to it, if there are any.

        The answer is the same, in the same time, whatever there is: the work begins when it has gone out. (The
        server in front must not let the next request on the connection wait for it: docs/decisions/0007.)
        """
        email = read(ResendSerializer, request.data)["email"]
        response = AnswerFirst("{}", status=202, content_type="application/json")
        response.afterwards = partial(services.resend_all, email=email)
        return response


class AnswerFirst(HttpResponse):
    """A response with work to do once the server has sent it: WSGI servers call `close` after the last byte."""

    afterwards: Callable[[], None] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, headers={"Cache-Control": "no-store"}, **kwargs)

    def close(self) -> None:
        work, self.afterwards = self.afterwards, None
        try:
            if work is not None:
                work()
        finally:
            super().close()
