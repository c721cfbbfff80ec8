"""Queries whose SQL the ORM makes once in a process, for those that every guest waits for.

Making it takes several times as long as PostgreSQL takes to answer, and comes out the same each time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, QuerySet


class Given(Expression):
    """A value that is known only when the query runs; as it goes to the driver, so an int, a str, a date."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, *_: object) -> tuple[str, Any]:
        return "%s", [self]


class Compiled:
    """A query that `build` says with `Given` values; called with those, it answers its first row, or None."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build

    @cached_property
    def _sql(self) -> tuple[str, tuple[Any, ...]]:
        return self._build().query.sql_with_params()

    def __call__(self, **given: Any) -> Any:
        sql, params = self._sql
        with connection.cursor() as cursor:
            cursor.execute(sql, [given[one.name] if isinstance(one, Given) else one for one in params])
            return cursor.fetchone()
