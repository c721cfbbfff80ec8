"""What the API would say to the questions that a page begins with, so that they go out with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from azionelab.company.api import PageSerializer, theatre_data
from azionelab.company.models import Page
from azionelab.programme.api import ShowSerializer, ShowSummarySerializer, VenueSerializer
from azionelab.programme.models import Show, Venue
from azionelab.programme.selectors import STILL_ON
from azionelab.reservations.selectors import BookablePerformance
from azionelab.reservations.serializers import PerformanceSerializer

Answers = dict[str, Any]


def still_on_since() -> datetime:
    """As the pages ask: what began in the last two hours is still on. Whole hours, so that answers can be kept."""
    return timezone.now().replace(minute=0, second=0, microsecond=0) - STILL_ON


def theatre(language: str) -> Answers:
    return {"theatre/": theatre_data(language)}


def show(row: Show, language: str) -> Answers:
    return {f"shows/{row.slug}/": ShowSerializer(row, context={"language": language}).data}


def shows(rows: Sequence[Show], language: str, *, archive: bool = False) -> Answers:
    address = "shows/?archive=true" if archive else "shows/"
    return {address: ShowSummarySerializer(rows, many=True, context={"language": language}).data}


def venue(row: Venue, language: str) -> Answers:
    return {f"venues/{row.slug}/": VenueSerializer(row, context={"language": language}).data}


def page(row: Page, language: str) -> Answers:
    return {f"pages/{row.slug}/": PageSerializer(row, context={"language": language}).data}


def performances(rows: Sequence[BookablePerformance], language: str, *, question: str = "") -> Answers:
    """`question` names the filter: `show=macbeth`. Since when is left out of the address: it is now."""
    address = f"performances/?{question}" if question else "performances/"
    return {address: PerformanceSerializer(rows, many=True, context={"language": language}).data}


def performance(row: BookablePerformance, language: str) -> Answers:
    return {f"performances/{row.performance.pk}/": PerformanceSerializer(row, context={"language": language}).data}
