"""`door/performances/`: what is on tonight."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from azionelab.checkin import selectors
from azionelab.checkin.api.access import DoorView, device_of
from azionelab.core.api import LANGUAGE_PARAMETER, language_of, private
from azionelab.core.languages import text_in
from azionelab.core.serializers import TextField


class TitleField(TextField):
    def to_representation(self, value: Any) -> str:
        return text_in(self.context["language"], value.performance.show, "title")


class DoorPerformanceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="performance.pk")
    show_title = TitleField()
    venue_name = serializers.CharField(source="performance.venue.name")
    starts_at = serializers.DateTimeField(source="performance.starts_at")
    doors_open_at = serializers.DateTimeField(source="performance.doors_open_at")
    cancelled = serializers.SerializerMethodField()
    expected = serializers.IntegerField()
    admitted = serializers.IntegerField()

    def get_cancelled(self, row: selectors.DoorPerformance) -> bool:
        return row.performance.cancelled_at is not None


class DoorPerformancesView(DoorView):
    @extend_schema(
        operation_id="list_door_performances",
        parameters=[LANGUAGE_PARAMETER],
        responses=DoorPerformanceSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Tonight's performances, with expected and admitted seats; for a paired phone its own, whenever it is."""
        context = {"language": language_of(request)}
        device = device_of(request)
        if device is None:
            tonight = selectors.performances_tonight()
        else:
            tonight = [selectors.door_performance(device.performance_id)]
        return private(DoorPerformanceSerializer(tonight, many=True, context=context).data)
