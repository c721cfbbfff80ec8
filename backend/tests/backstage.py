"""The admin as a test walks it: sign in, open a page, fill in its form, read what it says."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.forms import MultiWidget
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from azionelab.checkin.answers import Doorkeeper, ScanAnswer
from azionelab.checkin.services import ScanRequest, register_scan
from azionelab.reservations.models import Reservation
from tests.cast import PASSWORD, make_staff


def sign_in(user: User, language: str = "it") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def manager(language: str = "it") -> Client:
    return sign_in(make_staff("giulia", "Managers"), language)


def superuser(language: str = "it") -> Client:
    return sign_in(User.objects.create_superuser("direttrice", password=PASSWORD), language)


def list_url(model: Any) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")


def page_url(row: Any, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{page}", args=[row.pk])


def add_url(model: Any) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_add")


def rows(page: Any) -> list[Any]:
    return list(page.context["cl"].result_list)


def filled_in(page: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would post from this form, with some fields changed; a datetime fills both of its inputs."""
    data: dict[str, Any] = {}
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {bound.html_name: bound.value() for bound in management}
    for bound in page.context["adminform"].form:
        value = changes.get(bound.name, bound.value())
        widget = bound.field.widget
        if isinstance(widget, MultiWidget):
            parts = widget.decompress(value) if isinstance(value, datetime) else [None, None]
            data |= {
                f"{bound.html_name}_{index}": part_widget.format_value(part) or ""
                for index, (part_widget, part) in enumerate(zip(widget.widgets, parts, strict=True))
            }
        elif isinstance(value, bool):
            data |= {bound.html_name: "on"} if value else {}
        elif bound.name != "poster" or bound.name in changes:
            data[bound.html_name] = "" if value is None else value
    return data


def act(client: Client, action: str, *chosen: Any, **extra: str) -> Any:
    """Runs an action of the list on the chosen rows and follows the redirect."""
    data = {"action": action, "_selected_action": [row.pk for row in chosen], **extra}
    return client.post(list_url(type(chosen[0])), data, follow=True)


def said(page: Any) -> list[tuple[str, str]]:
    """The messages on the page: level and words."""
    return [(message.level_tag, message.message) for message in page.context["messages"]]


def let_in(reservation: Reservation, seats: int | None = None) -> ScanAnswer:
    """One scan at the door, by reference."""
    request = ScanRequest(scan_id=uuid4(), scanned_at=timezone.now(), reference=reservation.reference, seats=seats)
    return register_scan(
        performance_id=reservation.performance_id, request=request, doorkeeper=Doorkeeper(name="porta")
    )
