from django.urls import path

from azionelab.company import api

urlpatterns = [
    path("theatre/", api.TheatreView.as_view()),
    path("pages/<slug:slug>/", api.PageView.as_view()),
]
