"""`staff/session/`: who am I, sign in, sign out."""

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect, ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from azionelab.checkin import sign_ins
from azionelab.checkin.answers import MAY_MANAGE
from azionelab.checkin.passwords import PASSWORD_MAX
from azionelab.checkin.selectors import MAY_SCAN
from azionelab.core.api import private, read


class SessionSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(allow_null=True)
    can_scan = serializers.BooleanField()
    can_manage = serializers.BooleanField()


class SignInSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=PASSWORD_MAX, trim_whitespace=False)


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
    permission_classes = (AllowAny,)

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
        return _session(sign_ins.sign_in(request._request, **body))

    @extend_schema(operation_id="sign_out", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Signs out."""
        sign_ins.sign_out(request._request)
        return Response(status=204)
