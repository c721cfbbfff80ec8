from django.urls import path

from azionelab.checkin import api

urlpatterns = [
    path("staff/session/", api.StaffSessionView.as_view()),
    path("door/performances/", api.DoorPerformancesView.as_view()),
    path("door/performances/<int:performance_id>/scans/", api.ScanView.as_view()),
]
