"""Who may come to the door's API."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

MAY_SCAN = "checkin.add_scan"
MAY_MANAGE = "programme.change_performance"


class MayScan(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.has_perm(MAY_SCAN))


class DoorView(APIView):
    authentication_classes = (SessionAuthentication,)
    permission_classes = (MayScan,)
