"""Which changes the advisory board sees."""

from enterpriselab.apps.itsm.rules.enums import ChangeCategory

BOARD: tuple[ChangeCategory, ...] = ("normal", "emergency")
"""Categories whose `cab_required` is true."""
