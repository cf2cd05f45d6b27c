"""The command line: one verb a file in verbs/. The only room that knows everybody."""

import os
import sys

from rich.console import Console
from rich.markup import escape

from enterpriselab.cli.app import build_app
from enterpriselab.core.errors import EnterpriseLabError, UsageError

# torch's worker threads must sleep, not spin, when the machine is shared; read when torch is first loaded
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def main() -> None:
    """Entry point of `enterpriselab`. Errors of the operator are one message with the next step, never a traceback."""
    console = Console(stderr=True)
    try:
        build_app()()
    except UsageError as error:
        console.print(f"[bold red]Error:[/] {escape(error.message)}")
        if error.hint:
            console.print(f"[bold]Next:[/] {escape(error.hint)}")
        sys.exit(2)
    except EnterpriseLabError as error:
        console.print(f"[bold red]Error:[/] {escape(str(error))}")
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("\nStopped. Start the same command again to continue where it was.")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)
