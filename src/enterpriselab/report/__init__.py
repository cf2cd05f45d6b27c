"""Run folders in, one self-contained HTML page out. Reads records only: no stage knows of it."""

from enterpriselab.report.listing import summarize_runs
from enterpriselab.report.page import REPORT_FILE, write_report

__all__ = ["REPORT_FILE", "summarize_runs", "write_report"]
