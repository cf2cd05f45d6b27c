"""Benchmarks: suites of tasks, and the families that make them from the data of a world."""
