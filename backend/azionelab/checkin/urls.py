from django.urls import path

from azionelab.checkin.api import performances, scans, session

urlpatterns = [
    path("staff/session/", session.StaffSessionView.as_view()),
    path("door/performances/", performances.DoorPerformancesView.as_view()),
    path("door/performances/<int:performance_id>/scans/", scans.ScanView.as_view()),
]
