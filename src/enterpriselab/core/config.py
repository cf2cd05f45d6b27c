"""One strict config tree: TOML file plus key=value overrides, checked as a whole, saved resolved in the run folder."""

import difflib
import json
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from enterpriselab.core.errors import UsageError

C = TypeVar("C", bound="Config")


class Config(BaseModel):
    """Base of every config section: frozen, unknown keys refused. It stands beside what it configures."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    next_step: ClassVar[str] = "enterpriselab config"
    """What to do when a file of this kind is refused."""


def load_config(kind: type[C], path: Path, overrides: Sequence[str] = ()) -> C:
    """Read a TOML (or resolved JSON) config and apply `section.key=value` overrides.

    Raises:
        UsageError: no such file, bad TOML, unknown or wrong key; says which and what is near.
    """
    return build_config(kind, _read(kind, path), overrides, source=str(path))


def build_config(
    kind: type[C], data: dict[str, Any], overrides: Sequence[str] = (), *, source: str = "command line"
) -> C:
    """A config from plain data and `section.key=value` overrides. Raises UsageError; `source` is named in it."""
    for override in overrides:
        _apply(data, override)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise UsageError(f"{source}: {_explain(kind, error)}", hint=kind.next_step) from None


def _read(kind: type[Config], path: Path) -> dict[str, Any]:
    form = "JSON" if path.suffix == ".json" else "TOML"
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if form == "JSON" else tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}.", hint=kind.next_step) from None
    except ValueError as error:
        raise UsageError(f"{path} is not valid {form}: {error}.", hint=kind.next_step) from None
    if not isinstance(data, dict):
        raise UsageError(f"{path} must hold one {form} object with sections and keys.", hint=kind.next_step)
    return data


def _apply(data: dict[str, Any], override: str) -> None:
    name, separator, text = override.partition("=")
    if not separator or not name:
        text = f"{override!r} is not an override; write section.key=value, for example grpo.steps=4."
        raise UsageError(text, hint="enterpriselab config")
    *sections, key = name.strip().split(".")
    for section in sections:
        if data.get(section) is None:  # not there, or null: a section that may be left out
            data[section] = {}
        data = data[section]
        if not isinstance(data, dict):
            text = f"In {override!r}, {section} is a value and has no keys of its own."
            raise UsageError(text, hint="enterpriselab config")
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
            near = _near(kind, tuple(map(str, detail["loc"])))
            parts.append(f"unknown key {place!r}" + (f", did you mean {near!r}?" if near else ""))
        else:
            parts.append(f"{place or 'config'}: {detail['msg']}")
    return "; ".join(parts)


def _near(kind: type[BaseModel], place: tuple[str, ...]) -> str | None:
    """The known key that was probably meant: in the same section, else anywhere."""
    *sections, wrong = place
    own = difflib.get_close_matches(wrong, _keys_at(kind, sections), n=1)
    if own:
        return ".".join((*sections, own[0]))
    paths = {path.rpartition(".")[2]: path for path in reversed(list(_paths(kind)))}
    near = difflib.get_close_matches(wrong, list(paths), n=1)
    return paths[near[0]] if near else None


def _keys_at(kind: type[BaseModel], sections: Sequence[str]) -> list[str]:
    for number, section in enumerate(sections):
        field = kind.model_fields.get(section)
        inner = _section_in(field.annotation) if field else None
        if inner is None:
            return []
        if get_origin(field.annotation if field else None) is dict:  # the next part is a free name
            return _keys_at(inner, sections[number + 2 :]) if len(sections) > number + 1 else []
        kind = inner
    return list(kind.model_fields)


def _paths(kind: type[BaseModel]) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        yield name
        inner = _section_in(field.annotation)
        if inner is not None and get_origin(field.annotation) is not dict:
            yield from (f"{name}.{path}" for path in _paths(inner))


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """The config section that an annotation speaks of, if any."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for part in get_args(annotation) if (found := _section_in(part)) is not None), None)
