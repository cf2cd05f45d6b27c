"""The vocabulary of the project: records, errors, config, run folders, seeds, clock. Knows nothing else of ours."""
