from django.urls import path

from azionelab.reservations import api

urlpatterns = [
    path("performances/", api.PerformanceListView.as_view()),
    path("performances/<int:performance_id>/", api.PerformanceView.as_view()),
    path("performances/<int:performance_id>/reservations/", api.ReserveView.as_view()),
    path("reservation/", api.ReservationView.as_view()),
    path("reservation/confirm/", api.ConfirmView.as_view()),
    path("reservation/cancel/", api.CancelView.as_view()),
    path("reservation/resend/", api.ResendView.as_view()),
    path("reservation/ticket.svg", api.TicketSvgView.as_view()),
    path("reservation/ticket.png", api.TicketPngView.as_view()),
    path("reservation/calendar.ics", api.CalendarView.as_view()),
    path("reservations/resend/", api.ResendAllView.as_view()),
]
