"""Types of parameters that the public listing needs: optional without null, nullable without a default, empty texts."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from enterpriselab.toolkit import Context, ToolError

T = TypeVar("T")


def _unset(value: Any) -> Any:
    return None if value == "" else value


def _drop_null_default(schema: dict[str, Any]) -> None:
    if schema.get("default", "") is None:
        del schema["default"]


def _drop_null(schema: dict[str, Any]) -> None:
    _drop_null_default(schema)
    choices = schema.pop("anyOf", [])
    for body in choices:
        if body.get("type") != "null":
            schema |= {**body, **schema}


Maybe = Annotated[T | None, BeforeValidator(_unset), Field(json_schema_extra=_drop_null)]
"""Not required; the listing says `T`. An empty text means "not given", as does null."""
Nullable = Annotated[T | None, BeforeValidator(_unset), Field(json_schema_extra=_drop_null_default)]
"""Not required; the listing says `T` or null. An empty text means "not given"."""


def _check_address(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+", text):
        raise ValueError("an e-mail address must look like name@domain.example")
    return text


MailAddress = Annotated[str, AfterValidator(_check_address), Field(json_schema_extra={"format": "email"})]
"""An e-mail address, kept as it was written; addresses are compared without regard to case."""
Phone = Annotated[str, Field(pattern=r"^\+\d{1,3}-\d{3}-\d{3}-\d{4}$")]
Instant = str
"""A day or an instant, `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`; UTC where no zone is given."""


def stored_now(ctx: Context) -> str:
    """The present instant in the form of the tables, 'YYYY-MM-DD HH:MM:SS' (UTC)."""
    return ctx.now.replace("T", " ").removesuffix("Z")


def stored_instant(text: str, *, field: str, end_of_day: bool = False) -> str:
    """An ISO 8601 text in the form of the tables.

    Args:
        text: what was given.
        field: name of the parameter, for the error.
        end_of_day: a day without a time means its last second, not its first.

    Raises:
        ToolError: `invalid`, it is no date.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if end_of_day and len(text.strip()) <= 10:
            moment = moment.replace(hour=23, minute=59, second=59)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    except (ValueError, OverflowError):
        shape = ["YYYY-MM-DD", "YYYY-MM-DD HH:MM:SS"]
        raise ToolError("invalid", f"INVALID_DATE: {text!r} is no date.", field=field, accepted=shape) from None


def truth(text: str | None, *, field: str) -> bool | None:
    """The boolean that a public text filter means ('true', 'false', '1', '0'); None when nothing is given."""
    if text is None or text == "":
        return None
    word = text.strip().lower()
    if word in ("true", "1", "yes"):
        return True
    if word in ("false", "0", "no"):
        return False
    message = f"'{field}' is neither true nor false, got {text!r}."
    raise ToolError("invalid", message, field=field, accepted=["true", "false"])
