"""Everything Django answers; nginx (or the demo) answers the rest."""

from django.contrib import admin
from django.urls import include, path

from azionelab.core import health

urlpatterns = [
    path("api/v1/", include("azionelab.company.urls")),
    path("api/v1/", include("azionelab.programme.urls")),
    path("api/v1/", include("azionelab.reservations.urls")),
    path("api/v1/", include("azionelab.checkin.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("", include("azionelab.website.urls")),
]

handler400 = "azionelab.core.exception_handler.bad_request"
handler404 = "azionelab.core.exception_handler.not_found"
handler500 = "azionelab.core.exception_handler.server_error"
