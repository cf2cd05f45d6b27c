"""The command line: one verb a file in verbs/. The only room that knows everybody."""

import os
import sys

from rich.console import Console
from rich.markup import escape

from enterpriselab.cli.app import RESUMABLE, build_app
from enterpriselab.core.errors import EnterpriseLabError, UsageError

# torch's worker threads must sleep, not spin, when the machine is shared; read when torch is first loaded
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

STOPPED = 130
"""Exit code after Ctrl-C; 2 means that the operator must act, 1 that something failed or did not pass."""
EXTRAS = dict.fromkeys(("torch", "transformers", "trl", "peft", "accelerate", "datasets"), "train") | {
    "openai": "openai"
}
"""Package that a default installation lacks -> the extra that brings it."""


def main() -> None:
    """Entry point of `enterpriselab`. Errors of the operator are one message with the next step, never a traceback."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        build_app()()
    except UsageError as error:
        _tell(console, error.message, error.hint)
        sys.exit(2)
    except EnterpriseLabError as error:
        _tell(console, str(error), None)
        sys.exit(1)
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        _tell(console, f"{error.strerror or error}{place}", "make room or permission there, then start again")
        sys.exit(1)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").split(".")[0])
        if extra is None:
            raise
        _tell(console, f"This needs {error.name}, which is not installed.", f'pip install "enterpriselab[{extra}]"')
        sys.exit(2)
    except SystemExit as end:
        if end.code == STOPPED:
            again = set(sys.argv[1:2]) & RESUMABLE
            console.print("\nStopped." + (" Start the same command again to go on where it was." if again else ""))
        raise


def _tell(console: Console, message: str, hint: str | None) -> None:
    console.print(f"[bold red]Error:[/] {escape(message)}")
    if hint:
        console.print(f"[bold]Next:[/] {escape(hint)}")
