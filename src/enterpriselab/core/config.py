"""One strict config tree: TOML file plus key=value overrides, checked as a whole, saved resolved in the run folder."""

import difflib
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from enterpriselab.core.errors import UsageError

C = TypeVar("C", bound="Config")


class Config(BaseModel):
    """Base of every config section: frozen, unknown keys refused. It stands beside what it configures."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def load_config(kind: type[C], path: Path, overrides: Sequence[str] = ()) -> C:
    """Read a TOML (or resolved JSON) config and apply `section.key=value` overrides.

    Raises:
        UsageError: no such file, bad TOML, unknown or wrong key; says which and what is near.
    """
    data = _read(path)
    for override in overrides:
        _apply(data, override)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise UsageError(f"{path}: {_explain(kind, error)}", hint="enterpriselab config") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Cannot read the config {path}: {error.strerror}.", hint="enterpriselab run --help") from None
    try:
        data: dict[str, Any] = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise UsageError(f"{path} is not valid {path.suffix[1:].upper()}: {error}.") from None
    return data


def _apply(data: dict[str, Any], override: str) -> None:
    name, separator, text = override.partition("=")
    if not separator or not name:
        raise UsageError(f"{override!r} is not an override; write section.key=value, for example grpo.steps=4.")
    *sections, key = name.strip().split(".")
    for section in sections:
        data = data.setdefault(section, {})
        if not isinstance(data, dict):
            raise UsageError(f"In {override!r}, {section} is a value and has no keys of its own.")
    data[key] = _value(text.strip())


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _explain(kind: type[BaseModel], error: ValidationError) -> str:
    parts = []
    for detail in error.errors(include_url=False)[:3]:
        place = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(detail["loc"][-1]), sorted(_all_keys(kind)), n=1)
            parts.append(f"unknown key {place!r}" + (f", did you mean {near[0]!r}?" if near else ""))
        else:
            parts.append(f"{place or 'config'}: {detail['msg']}")
    return "; ".join(parts)


def _all_keys(kind: type[BaseModel]) -> set[str]:
    keys: set[str] = set()
    for name, field in kind.model_fields.items():
        keys.add(name)
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            keys |= _all_keys(inner)
    return keys
