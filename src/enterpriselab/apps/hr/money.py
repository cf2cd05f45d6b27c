"""Amounts: floats with two decimals outside, integer cents in the tables."""

from enterpriselab.toolkit import ToolError


def to_cents(amount: float, *, field: str) -> int:
    """Cents of an amount with at most two decimals; more is invalid."""
    cents = round(amount * 100)
    if abs(amount * 100 - cents) > 1e-6 * max(1.0, abs(amount)):
        raise ToolError(
            "invalid", f"{amount} has more than two decimals.", field=field, accepted="an amount such as 49.90"
        )
    return cents


def shown(cents: int, currency: str = "EUR") -> str:
    """'1,240.50 EUR', for messages."""
    return f"{cents / 100:,.2f} {currency}"
