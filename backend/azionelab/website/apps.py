from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    name = "azionelab.website"
