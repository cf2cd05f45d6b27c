"""What tokens cost: list prices as data with their date; a model that is not in the table has no known price."""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError

from enterpriselab.agents.models.base import ModelTurn
from enterpriselab.core.config import Config
from enterpriselab.core.errors import UsageError
from enterpriselab.core.traces import Usage

TABLE = Path(__file__).parent / "prices.toml"
_DATED = re.compile(r"(-\d{4}-\d{2}-\d{2}|-\d{8}|-latest)$")
"""What names one version of a model; every version costs what the model costs unless it has a line of its own."""


class Price(Config):
    """USD for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(default=None, ge=0)
    """Input read from a prompt cache; the same as other input when not given."""
    cache_write: float | None = Field(default=None, ge=0)
    """Input written to a prompt cache; the same as other input when not given."""

    def of(self, usage: Usage) -> float:
        """USD of one call."""
        cached = self.input if self.cached is None else self.cached
        written = self.input if self.cache_write is None else self.cache_write
        plain = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
        parts = plain * self.input + usage.cached_tokens * cached + usage.cache_write_tokens * written
        return (parts + usage.output_tokens * self.output) / 1e6


class _File(Config):
    date: str
    source: str
    models: dict[str, Price]


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by model name, as of a date."""

    date: str
    source: str
    models: dict[str, Price]

    def price(self, model: str) -> Price | None:
        """The price of a model by its name, by its name behind "provider/", or by its name without a date."""
        short = model.rsplit("/", 1)[-1]
        for name in (model, short, _DATED.sub("", short)):
            if name in self.models:
                return self.models[name]
        return None


@cache
def read_prices(path: Path = TABLE) -> PriceTable:
    """The table in a TOML file: `date`, `source`, and [models."NAME"] with input, output, cached, cache_write.

    Raises:
        UsageError: the file cannot be read or is no price table.
    """
    hint = "docs/agents.md shows a price table"
    try:
        found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"Cannot read the prices {path}: {error.strerror}.", hint=hint) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"{path} is no price table: {place}: {first['msg']}.", hint=hint) from None
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", hint=hint) from None
    return PriceTable(found.date, found.source, found.models)


def priced(turn: ModelTurn, model: str, prices: PriceTable | None, retries: int) -> ModelTurn:
    """The turn with what it cost; an endpoint that counts no tokens leaves that unknown."""
    price = prices.price(model) if prices else None
    known = price.of(turn.usage) if price is not None and turn.usage.input_tokens else turn.usage.price_usd
    return replace(turn, usage=turn.usage.model_copy(update={"price_usd": known, "retries": retries}))
