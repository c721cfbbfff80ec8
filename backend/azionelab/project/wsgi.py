"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "azionelab.project.settings")

application = get_wsgi_application()

from azionelab.reservations import dispatch  # noqa: E402 (models need the set-up above)

dispatch.begin_with_guests()
