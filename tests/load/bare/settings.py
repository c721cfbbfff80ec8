"""The site's own settings, pool and time-outs included, without anything between gunicorn and the view."""

from azionelab.project.settings import *  # noqa: F403

ALLOWED_HOSTS = ["*"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bare.views"
