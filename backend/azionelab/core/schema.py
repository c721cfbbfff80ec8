"""drf-spectacular's view of the house: every operation may answer with a problem document."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from azionelab.core.errors import Code
from azionelab.core.exception_handler import PROBLEM_JSON


class FieldProblemSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457, with this API's members."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.ChoiceField(choices=[(str(code), str(code)) for code in Code])
    detail = serializers.CharField()
    errors = FieldProblemSerializer(many=True)  # type: ignore[assignment] # the contract's name; never bound to data
    seats_left = serializers.IntegerField(required=False)
    retry_after = serializers.IntegerField(required=False, help_text="Seconds")


class ProblemSchema(AutoSchema):
    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            problem = self._get_response_for_code(  # type: ignore[no-untyped-call]
                OpenApiResponse(ProblemSerializer, description="What went wrong (RFC 9457)"),
                "default",
                media_types=[PROBLEM_JSON],
            )
            operation["responses"]["default"] = problem
        return operation
