"""Silence the progress bars and advice of the training libraries: a run shows its own."""

import os
import warnings

import datasets
import transformers


def quiet() -> None:
    """Only errors are printed from now on."""
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    datasets.disable_progress_bars()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|trl|peft)\.")
