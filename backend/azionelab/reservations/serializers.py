"""The shapes of performances and reservations in the API."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from azionelab.core.languages import LANGUAGES
from azionelab.core.serializers import TextField
from azionelab.programme.api import WithPoster
from azionelab.programme.models import BookingState
from azionelab.reservations import guests
from azionelab.reservations.models import EmailState, Status
from azionelab.reservations.selectors import BookablePerformance, ReservationPage

MOST_SEATS = 1_000


class PerformanceShowSerializer(WithPoster):
    slug = serializers.CharField()
    title = TextField()
    subtitle = TextField()


class PerformanceVenueSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()


class BookingSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=BookingState.choices)
    opens_at = serializers.DateTimeField(source="performance.booking_opens_at")
    closes_at = serializers.DateTimeField(source="performance.booking_closes_at")


class SeatsSerializer(serializers.Serializer[Any]):
    """`left` is for display and may be a moment old; the decision is made when seats are reserved."""

    bookable = serializers.IntegerField(source="performance.bookable")
    left = serializers.IntegerField()
    few = serializers.BooleanField(source="is_few")


class AnnouncedSerializer(serializers.Serializer[Any]):
    """Where a moved performance was announced at first."""

    starts_at = serializers.DateTimeField()
    venue = serializers.CharField(source="venue.name")


class NoteField(TextField):
    def to_representation(self, value: Any) -> str:
        return super().to_representation(value.performance)


class PerformanceSerializer(serializers.Serializer[Any]):
    """Of a `BookablePerformance`."""

    id = serializers.IntegerField(source="performance.pk")
    show = PerformanceShowSerializer(source="performance.show")
    venue = PerformanceVenueSerializer(source="performance.venue")
    starts_at = serializers.DateTimeField(source="performance.starts_at")
    doors_open_at = serializers.DateTimeField(source="performance.doors_open_at")
    booking = BookingSerializer(source="*")
    seats = SeatsSerializer(source="*")
    max_seats_per_reservation = serializers.IntegerField(source="performance.max_seats_per_reservation")
    note = NoteField()
    moved_from = serializers.SerializerMethodField()

    @extend_schema_field(AnnouncedSerializer(allow_null=True))
    def get_moved_from(self, bookable: BookablePerformance) -> dict[str, Any] | None:
        announced = bookable.performance.announced
        return AnnouncedSerializer(announced).data if announced else None


class PerformanceQuerySerializer(serializers.Serializer[Any]):
    """The filters of `performances/`; `to` is not part of the span."""

    show = serializers.CharField(required=False)
    venue = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        span = {
            "from": serializers.DateTimeField(source="since", required=False),
            "to": serializers.DateTimeField(source="until", required=False),
        }
        return super().get_fields() | span  # `from` cannot be a class's attribute


class GuestField(serializers.CharField):
    """The guest's own words, through one of the readers of `guests`, which also sees to it that they are not too long.

    The reader measures what is left once the text is normalised; `max_length` is for the contract.
    """

    def __init__(self, reader: Callable[[str], str], *, max_length: int, **kwargs: Any) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False, max_length=max_length, **kwargs)
        self.reader = reader

    def run_validation(self, data: Any = empty) -> Any:
        # CharField lets an empty text pass by itself, and the reader would never hear of it.
        return super().run_validation(" " if data == "" else data)

    def to_internal_value(self, data: Any) -> str:
        try:
            return self.reader(super().to_internal_value(data))
        except guests.RefusedError as refused:
            raise serializers.ValidationError(refused.message, code=refused.code) from None


class ReserveSerializer(serializers.Serializer[Any]):
    name = GuestField(guests.read_name, max_length=guests.NAME_MAX)
    email = GuestField(guests.read_email, max_length=guests.EMAIL_MAX)
    phone = GuestField(guests.read_phone, max_length=guests.WRITTEN_PHONE_MAX, required=False, default="")
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS)
    notes = GuestField(guests.read_notes, max_length=guests.NOTES_MAX, required=False, default="")
    language = serializers.ChoiceField(choices=LANGUAGES)
    privacy_accepted = serializers.BooleanField()

    def validate_privacy_accepted(self, accepted: bool) -> bool:
        if not accepted:
            raise serializers.ValidationError("Accept the privacy notice.", code="not_accepted")
        return accepted


class EmailStateSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=EmailState.choices)


class ReservedSerializer(serializers.Serializer[Any]):
    """What the one who reserved learns: no token, as that goes to their mailbox."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    seats = serializers.IntegerField()
    hold_expires_at = serializers.DateTimeField()
    email = EmailStateSerializer()


class ActionsSerializer(serializers.Serializer[Any]):
    confirm = serializers.BooleanField(source="can_confirm")
    change_seats = serializers.BooleanField(source="can_change_seats")
    cancel = serializers.BooleanField(source="can_cancel")
    resend = serializers.BooleanField(source="can_resend")
    ticket = serializers.SerializerMethodField()

    def get_ticket(self, page: ReservationPage) -> bool:
        return page.status == Status.CONFIRMED


class ReservationSerializer(serializers.Serializer[Any]):
    """Of a `ReservationPage`."""

    reference = serializers.CharField(source="reservation.reference")
    status = serializers.ChoiceField(choices=Status.choices)
    seats = serializers.IntegerField(source="reservation.seats")
    name = serializers.CharField(source="reservation.name")
    email_address = serializers.CharField(source="reservation.email")
    language = serializers.ChoiceField(source="reservation.language", choices=LANGUAGES)
    hold_expires_at = serializers.DateTimeField(source="reservation.hold_expires_at")
    confirmed_at = serializers.DateTimeField(source="reservation.confirmed_at", allow_null=True)
    performance = PerformanceSerializer(source="bookable")
    email = serializers.SerializerMethodField()
    actions = ActionsSerializer(source="*")
    max_seats = serializers.IntegerField()

    @extend_schema_field(EmailStateSerializer(allow_null=True))
    def get_email(self, page: ReservationPage) -> dict[str, Any] | None:
        return {"state": page.email_state} if page.email_state else None


class ChangeSeatsSerializer(serializers.Serializer[Any]):
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS)


class ResendSerializer(serializers.Serializer[Any]):
    email = GuestField(guests.read_email, max_length=guests.EMAIL_MAX)
