from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field, ValidationError

from enterpriselab.core.config import Config, build_config, load_config
from enterpriselab.core.errors import UsageError


class Oven(Config):
    degrees: int = Field(default=180, ge=0, le=300)
    mode: Literal["top", "bottom"] = "top"


class Kitchen(Config):
    name: str
    oven: Oven = Oven()
    helpers: tuple[str, ...] = ()
    shelves: dict[str, Oven] = {}
    spare: Oven | None = None


def kitchen(tmp_path: Path, text: str, *overrides: str, suffix: str = "toml") -> Kitchen:
    path = tmp_path / f"kitchen.{suffix}"
    path.write_text(text, encoding="utf-8")
    return load_config(Kitchen, path, overrides)


def refusal(tmp_path: Path, text: str, *overrides: str, suffix: str = "toml") -> UsageError:
    with pytest.raises(UsageError) as caught:
        kitchen(tmp_path, text, *overrides, suffix=suffix)
    assert caught.value.hint == "enterpriselab config"
    return caught.value


def test_a_file_fills_sections_and_defaults_fill_the_rest(tmp_path: Path) -> None:
    found = kitchen(tmp_path, 'name = "a"\n[oven]\ndegrees = 200\n')
    assert (found.oven.degrees, found.oven.mode, found.helpers) == (200, "top", ())


def test_a_resolved_config_can_be_read_again_as_json(tmp_path: Path) -> None:
    found = kitchen(tmp_path, 'name = "a"\nhelpers = ["x"]\n')
    assert kitchen(tmp_path, found.model_dump_json(), suffix="json") == found


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("name=plain words", "plain words"),
        ('name="quoted"', "quoted"),
        ("name=a=b", "a=b"),
        (" name = spaced ", "spaced"),
    ],
)
def test_an_override_may_be_text_with_or_without_quotes(tmp_path: Path, override: str, value: str) -> None:
    assert kitchen(tmp_path, 'name = "a"', override).name == value


def test_overrides_reach_into_sections_and_the_last_one_wins(tmp_path: Path) -> None:
    found = kitchen(
        tmp_path, 'name = "a"', "oven.degrees=100", "oven.mode=bottom", "oven.degrees=110", 'helpers=["x", "y"]'
    )
    assert (found.oven.degrees, found.oven.mode, found.helpers) == (110, "bottom", ("x", "y"))


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ('name = "a"\n[oven]\ndegres = 1\n', "unknown key 'oven.degres', did you mean 'oven.degrees'?"),
        ('name = "a"\ndegrees = 1\n', "unknown key 'degrees', did you mean 'oven.degrees'?"),
        ('name = "a"\noevn.mode = "top"\n', "unknown key 'oevn', did you mean 'oven'?"),
        (
            'name = "a"\n[shelves.low]\nmodee = "top"\n',
            "unknown key 'shelves.low.modee', did you mean 'shelves.low.mode'?",
        ),
        ('name = "a"\n[spare]\nmod = "top"\n', "unknown key 'spare.mod', did you mean 'spare.mode'?"),
        ('name = "a"\nzzz = 1\n', "unknown key 'zzz'"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path, text: str, suggestion: str) -> None:
    assert refusal(tmp_path, text).message.endswith(suggestion)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "a"\noven.degrees = 400\n', "oven.degrees: Input should be less than or equal to 300"),
        ('name = "a"\noven.mode = "side"\n', "oven.mode: Input should be 'top' or 'bottom'"),
        ("", "name: Field required"),
        ("name = ", "is not valid TOML"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_accepted(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, text).message


@pytest.mark.parametrize(("text", "words"), [("{", "is not valid JSON"), ("[1]", "must hold one JSON object")])
def test_a_json_file_must_hold_an_object(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, text, suffix="json").message


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("oven.degrees", "'oven.degrees' is not an override"),
        ("=3", "'=3' is not an override"),
        ("name.first=x", "name is a value and has no keys of its own"),
        ("oven.heat=3", "unknown key 'oven.heat'"),
    ],
)
def test_a_bad_override_is_refused(tmp_path: Path, override: str, words: str) -> None:
    assert words in refusal(tmp_path, 'name = "a"', override).message


def test_a_missing_file_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        load_config(Kitchen, tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="is not valid TOML"):
        load_config(Kitchen, tmp_path / "binary.toml")


def test_plain_data_is_checked_like_a_file_and_its_source_is_named() -> None:
    assert build_config(Kitchen, {"name": "a"}, ["oven.degrees=1"]).oven.degrees == 1
    with pytest.raises(UsageError, match=r"^the menu: name: Field required"):
        build_config(Kitchen, {}, source="the menu")


def test_a_config_cannot_be_changed_after_it_was_checked() -> None:
    with pytest.raises(ValidationError):
        Oven().degrees = 1  # type: ignore[misc]
