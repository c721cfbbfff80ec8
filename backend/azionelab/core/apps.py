from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "azionelab.core"
