"""Where a performance is: what guests have heard of it, and what is so now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azionelab.programme.models import Performance


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """When and where a performance is, and whether at all."""

    starts_at: datetime
    venue: str
    address: str
    cancelled: bool

    @classmethod
    def of(cls, performance: Performance) -> "Whereabouts":
        return cls(
            starts_at=performance.starts_at,
            venue=performance.venue.name,
            address=performance.venue.address,
            cancelled=performance.cancelled_at is not None,
        )

    @classmethod
    def read(cls, about: Mapping[str, Any]) -> "Whereabouts":
        return cls(**{**about, "starts_at": datetime.fromisoformat(about["starts_at"])})

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "starts_at": self.starts_at.isoformat()}
