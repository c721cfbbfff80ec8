"""The admin as Django has it, telling the log who signs in and out."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.response import TemplateResponse

from azionelab.checkin import sign_ins


class SignInForm(AdminAuthenticationForm):
    def clean(self) -> dict[str, Any]:
        try:
            cleaned = super().clean()
        except ValidationError:
            sign_ins.tell_refused(self.cleaned_data["username"], way="admin")
            raise
        user = self.get_user()
        if user is not None:
            sign_ins.tell_signed_in(user, way="admin")
        return cleaned


class StaffAdminSite(AdminSite):
    login_form = SignInForm

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        staff_id = request.user.pk
        answer = super().logout(request, extra_context)
        if staff_id is not None and not request.user.is_authenticated:
            sign_ins.tell_signed_out(staff_id, way="admin")
        return answer
