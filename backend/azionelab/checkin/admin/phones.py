"""The page of a performance's door: pair a phone, see the phones and who came in, send a phone away."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from azionelab.checkin import devices
from azionelab.checkin.door_list import devices_of, door_list
from azionelab.checkin.models import DoorDevice
from azionelab.core.admin import ModelAdmin
from azionelab.core.clock import theatre_time
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import qr

MAY_PAIR, MAY_REVOKE = "checkin.add_doordevice", "checkin.change_doordevice"
PAGE = "programme_performance_door"
_NOT_INVITED = {
    Code.DEVICE_EXPIRED: _("This performance is over: no phone can be paired any more."),
    Code.PERFORMANCE_CANCELLED: _("This performance is cancelled: no phone can be paired with its door."),
}


class PairingForm(forms.Form):
    walk_ins = forms.IntegerField(
        label=_("walk-ins allowed"),
        help_text=_("How many people without a reservation it may let in, even without a network."),
        min_value=0,
        max_value=devices.MOST_WALK_INS,
        initial=0,
    )


class DoorPageMixin(ModelAdmin):
    """Adds the page to the admin of performances, for those who may pair."""

    change_form_template = "admin/programme/performance/change_form.html"

    def get_urls(self) -> list[Any]:
        page = path("<path:object_id>/door/", self.admin_site.admin_view(self.door_view), name=PAGE)
        return [page, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_pair = {"may_pair": request.user.has_perm(MAY_PAIR)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | may_pair)

    def door_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not request.user.has_perm(MAY_PAIR):
            raise PermissionDenied
        performance = self.get_object(request, object_id)
        if not isinstance(performance, Performance):
            elsewhere: HttpResponse = self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
            return elsewhere
        if request.method == "POST" and "device" in request.POST:
            return self._send_away(request, performance)
        form = PairingForm(request.POST if request.method == "POST" else None)
        # A code is told once, in the answer to its form: it is kept nowhere from which it could be shown again.
        invitation = _invite(request, performance, form) if form.is_bound else None
        return TemplateResponse(
            request, "admin/programme/performance/door.html", self._context(request, performance, form, invitation)
        )

    def _context(
        self, request: HttpRequest, performance: Performance, form: PairingForm, invitation: devices.Invitation | None
    ) -> dict[str, Any]:
        listed = door_list(performance.pk)
        return {
            **self.admin_site.each_context(request),
            "title": _now("Door and phones"),
            "opts": self.opts,
            "performance": performance,
            "form": form,
            "invitation": invitation,
            **(_told(invitation) if invitation else {}),
            "counts": listed.counts,
            "valid_until": listed.valid_until,
            "phones": devices_of(performance.pk),
            "may_revoke": request.user.has_perm(MAY_REVOKE),
            "may_settle": request.user.has_perm("checkin.view_conflict"),
        }

    def _send_away(self, request: HttpRequest, performance: Performance) -> HttpResponse:
        if not request.user.has_perm(MAY_REVOKE):
            raise PermissionDenied
        number = request.POST["device"]
        device = DoorDevice.objects.filter(performance=performance, number=number if number.isdecimal() else 0).first()
        if device is not None and devices.revoke(device_id=device.pk):
            words = _now("%(phone)s was sent away. What it has not handed in yet, it still can.")
            self.message_user(request, words % {"phone": device.name})
        return HttpResponseRedirect(reverse(f"admin:{PAGE}", args=[performance.pk]))


def _invite(request: HttpRequest, performance: Performance, form: PairingForm) -> devices.Invitation | None:
    if not form.is_valid():
        return None
    try:
        return devices.make_pairing_code(
            performance_id=performance.pk,
            made_by_id=request.user.pk,
            walk_in_allowance=form.cleaned_data["walk_ins"],
        )
    except DomainError as refused:
        form.add_error(None, _NOT_INVITED.get(refused.code, _NOT_INVITED[Code.DEVICE_EXPIRED]))
        return None


def _told(invitation: devices.Invitation) -> dict[str, str]:
    """The code as a picture and in words."""
    until = _now("It works for one phone, until %(time)s.") % {"time": f"{theatre_time(invitation.expires_at):%H:%M}"}
    seats = invitation.walk_in_allowance
    walk_ins = ngettext(
        "The phone may let in %(n)d person without a reservation.",
        "The phone may let in %(n)d people without a reservation.",
        seats,
    )
    return {
        "qr": qr.svg_inline(invitation.url),
        "address": invitation.url.partition("#")[0],
        "until": until,
        "walk_ins": walk_ins % {"n": seats} if seats else "",
    }
