"""Joining a Ray cluster for the length of a with-block: one that is there, or a local one that ends with it."""

import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from typing import Any

from enterpriselab.core.errors import UsageError

LOCAL = "local"
_QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
_OBJECTS = 100 * 2**20
"""Bytes for what travels between local processes: jobs, and traces on their way to the records."""


def check_ray() -> None:
    """Raises UsageError when Ray is not installed."""
    if find_spec("ray") is None:
        raise UsageError("--engine ray needs the package ray.", hint="pip install 'enterpriselab[ray]'")


@contextmanager
def joined(address: str, *, workers: int) -> Iterator[None]:
    """A cluster by address ("auto" finds the one of this machine), or "local": our own of `workers` cores.

    A local cluster listens on loopback only, lets nobody in who does not know its token, and leaves no files.

    Raises:
        UsageError: Ray is not installed, or there is no cluster.
    """
    check_ray()
    # what Ray says of dead workers goes to standard output, which is for results
    with _local(workers) if address == LOCAL else _there(address), redirect_stdout(sys.stderr):
        yield


@contextmanager
def _there(address: str) -> Iterator[None]:
    try:
        if address != "auto":
            _knock(address)
        import ray

        before = ray.is_initialized()  # then this process is in a cluster that is not ours to leave
        if not before:
            ray.init(address=address, **_QUIET)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        text = f"No Ray cluster can be joined at {address!r}: {reason}"
        raise UsageError(text, hint="ray start --head, or --ray-address local") from None
    try:
        yield
    finally:
        if not before:
            ray.shutdown()


def _knock(address: str) -> None:
    """Raises OSError or ValueError where nobody listens: Ray itself would wait for minutes."""
    host, separator, port = address.rpartition(":")
    if not separator or not port.isdecimal():
        raise ValueError("an address is auto, local, or HOST:PORT")
    socket.create_connection((host, int(port)), timeout=10).close()


@contextmanager
def _local(workers: int) -> Iterator[None]:
    # Read when ray is imported, and by the processes that it starts. The first makes loopback the address of the node
    # (it is named after the systems on which that is the default).
    wanted = {
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }
    saved = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        import ray

        if not ray.util.get_node_ip_address().startswith("127."):
            text = "A local Ray would listen to the network, for the package ray was loaded before in this process."
            raise UsageError(text, hint="start the evaluation in a process of its own")
        # sockets have short names: not below a long TMPDIR
        with tempfile.TemporaryDirectory(prefix="lab-", dir="/tmp", ignore_cleanup_errors=True) as folder:
            sizes = {"num_cpus": workers, "object_store_memory": _OBJECTS}
            try:
                ray.init(address=LOCAL, include_dashboard=False, _temp_dir=folder, **sizes, **_QUIET)
                yield
            finally:
                ray.shutdown()
    finally:
        for name, value in saved.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
