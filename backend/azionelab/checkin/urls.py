from django.urls import path

from azionelab.checkin.api import devices, lists, performances, scans, session

urlpatterns = [
    path("staff/session/", session.StaffSessionView.as_view()),
    path("door/performances/", performances.DoorPerformancesView.as_view()),
    path("door/pairings/", devices.PairingView.as_view()),
    path("door/device/", devices.DeviceView.as_view()),
    path("door/performances/<int:performance_id>/devices/", devices.DevicesView.as_view()),
    path("door/performances/<int:performance_id>/list/", lists.DoorListView.as_view()),
    path("door/performances/<int:performance_id>/scans/", scans.ScanView.as_view()),
    path("door/performances/<int:performance_id>/scans/batch/", scans.BatchView.as_view()),
]
