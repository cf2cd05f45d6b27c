"""Measures that can be trusted: rates with intervals. Errors are listed apart, never counted as zero."""
