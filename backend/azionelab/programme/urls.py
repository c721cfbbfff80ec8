from django.urls import path

from azionelab.programme import api

urlpatterns = [
    path("shows/", api.ShowListView.as_view()),
    path("shows/<slug:slug>/", api.ShowView.as_view()),
    path("venues/", api.VenueListView.as_view()),
    path("venues/<slug:slug>/", api.VenueView.as_view()),
]
