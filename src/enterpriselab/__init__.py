"""EnterpriseLab: enterprise tools into small, tested agents. Importing it loads no training library."""

__version__ = "0.1.0"
