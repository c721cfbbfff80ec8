"""The fixed cast of the tests: one show, one room, and three guests: Anna, Bruno and Chiara."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from azionelab.checkin import devices
from azionelab.checkin.models import DoorDevice
from azionelab.checkin.tokens import device_token
from azionelab.programme.models import Performance, Show, Venue
from azionelab.reservations import services
from azionelab.reservations.guests import GuestDetails
from azionelab.reservations.models import OutboundEmail, Reservation, ReservationToken
from azionelab.reservations.tokens import TokenPair

PASSWORD = "sipario-e-quinte"
_numbers = itertools.count(1)


def make_show(**changes: object) -> Show:
    number = next(_numbers)
    values = {
        "slug": f"la-locandiera-{number}",
        "status": Show.Status.PUBLISHED,
        "title_it": "La locandiera",
        "title_en": "The Mistress of the Inn",
        "author": "Carlo Goldoni",
        "synopsis_it": "Mirandolina fa girare la testa a *tutti*.",
        "synopsis_en": "Mirandolina turns *every* head.",
        "duration_minutes": 110,
    }
    return Show.objects.create(**values | changes)


def make_venue(**changes: object) -> Venue:
    number = next(_numbers)
    values = {"slug": f"cantina-{number}", "name": "La Cantina", "address": "Via del Teatro 1, Pisa", "capacity": 40}
    return Venue.objects.create(**values | changes)


def make_performance(
    *, starts_in: timedelta = timedelta(days=3), starts_at: datetime | None = None, **changes: object
) -> Performance:
    start = starts_at or timezone.now() + starts_in
    values = {
        "starts_at": start,
        "doors_open_at": start - timedelta(minutes=30),
        "booking_opens_at": start - timedelta(days=30),
        "booking_closes_at": start,
        "capacity": 10,
    }
    values |= {} if "show" in changes else {"show": make_show()}
    values |= {} if "venue" in changes else {"venue": make_venue()}
    return Performance.objects.create(**values | changes)


def guest(name: str = "Anna Bianchi", **changes: str) -> GuestDetails:
    email = f"{name.split()[0].lower()}@example.org"
    values = {"name": name, "email": email, "phone": "", "notes": "", "language": "it"}
    return GuestDetails(**values | changes)


def reserve(performance: Performance, seats: int = 1, **changes: str) -> Reservation:
    """A pending reservation, made by the service."""
    changes.setdefault("email", f"guest{next(_numbers)}@example.org")
    return services.reserve(performance_id=performance.pk, guest=guest(**changes), seats=seats, idempotency_key=uuid4())


def reserve_and_confirm(performance: Performance, seats: int = 1, **changes: str) -> Reservation:
    return services.confirm(reservation_id=reserve(performance, seats, **changes).pk)


def give_token(reservation: Reservation) -> TokenPair:
    """A token pair that opens the reservation, as a mail would bring it."""
    pair = TokenPair.mint()
    ReservationToken.objects.create(
        reservation=reservation, reservation_digest=pair.reservation_digest, ticket_digest=pair.ticket_digest
    )
    return pair


def let_hold_pass(reservation: Reservation) -> None:
    Reservation.objects.filter(pk=reservation.pk).update(hold_expires_at=F("created_at") - timedelta(seconds=1))


def age_emails(by: timedelta) -> None:
    """As if every mail had been written, tried and sent that much earlier."""
    moved = ("created_at", "sent_at", "failed_at", "server_failed_at", "next_attempt_at", "lease_expires_at")
    OutboundEmail.objects.update(**{name: F(name) - by for name in moved})


def make_staff(username: str = "marta", group: str = "Door staff") -> User:
    # A test with real transactions ends by emptying every table, the groups' too.
    import_module("azionelab.checkin.migrations.0003_staff_groups").make_groups(apps, None)
    import_module("azionelab.checkin.migrations.0005_door_permissions").give_permissions(apps, None)
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@dataclass(frozen=True)
class Phone:
    """A paired phone, and a client that has its token and nothing else."""

    device: DoorDevice
    token: str

    @property
    def client(self) -> APIClient:
        return APIClient(headers={"Authorization": f"Door {self.token}"})


def pair_phone(performance: Performance, name: str = "Marta, left door", *, walk_ins: int = 0) -> Phone:
    """As a manager and a volunteer do it: a code is made, and the phone that opens it is paired."""
    invitation = devices.make_pairing_code(performance_id=performance.pk, made_by_id=None, walk_in_allowance=walk_ins)
    device = devices.pair_with_code(code=invitation.code, name=name, claim=uuid4())
    # Since yesterday: what a test's phone recorded an hour ago, it recorded at this door.
    device.paired_at = timezone.now() - timedelta(days=1)
    device.save(update_fields=["paired_at"])
    return Phone(device, device_token(device.pk, device.claim))


def reserve_body(**changes: object) -> dict[str, object]:
    """A request body of `POST performances/{id}/reservations/`."""
    values = {
        "name": "Anna Bianchi",
        "email": "anna@example.org",
        "seats": 2,
        "language": "it",
        "privacy_accepted": True,
    }
    return values | changes
