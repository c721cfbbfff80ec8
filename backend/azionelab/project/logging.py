"""JSON lines on stderr; stdout belongs to the commands' protocol.

A log never holds a guest's data. Exceptions are written as their class and the places they passed through, without
their messages: PostgreSQL and SMTP put the offending e-mail address right into theirs.
"""

import logging
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor


def describe_exception(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Replaces `exc_info` by the exception's class and its frames."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["frames"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
    return event


def drop_request(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Django hands the whole request to its loggers; its repr may hold a query string."""
    for key in ("request", "sql", "params"):
        event.pop(key, None)
    return event


class WithoutRequest(logging.Filter):
    """gunicorn quotes the address, the line or the header of a request that it could not read or answer."""

    def filter(self, record: logging.LogRecord) -> bool:
        for words in ("Invalid request", "Error handling request"):
            if str(record.msg).startswith(words):
                record.msg, record.args = words, None
        return True


class WithoutPath(logging.Filter):
    """Django names the path of what failed, which somebody may have pasted a token into."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg == "%s: %s" and isinstance(record.args, tuple):
            record.msg, record.args = "%s", record.args[:1]
        return True


def configure(level: str) -> dict[str, Any]:
    """Sets structlog up and gives Django's LOGGING."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_request,
        describe_exception,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
        "foreign_pre_chain": [
            *shared[:4],
            structlog.stdlib.ExtraAdder(allow=["status_code"]),
            drop_request,
            describe_exception,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "filters": {"without_request": {"()": WithoutRequest}, "without_path": {"()": WithoutPath}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # What it refuses, the request's own line tells as well.
            "django.request": {"level": "ERROR", "filters": ["without_path"]},
            "gunicorn.error": {"handlers": [], "propagate": True, "filters": ["without_request"]},
            # Tells of each connection that is taken and given back.
            "psycopg.pool": {"level": "WARNING"},
            # Its lines name the user and the address of whoever mistyped a password.
            "axes": {"level": "CRITICAL"},
        },
    }
