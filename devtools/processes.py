"""Running other programs: quietly, with a log, a time limit, and a clear end."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys

from .messages import Failure
from .paths import LOGS

# What a program prints when the machine is to blame, and how to mend it.
KNOWN_CAUSES = (
    (
        r"No space left on device|Errno 28|Disk quota exceeded",
        "the disk is full: free about 4 GB and run the command again",
    ),
    (
        r"Temporary failure (in name resolution|resolving)|Could not resolve|Name or service not "
        r"known|Network is unreachable|Failed to establish a new connection|Could not connect to|"
        r"Connection timed out|Max retries exceeded|ConnectTimeoutError|Unable to connect to",
        "the network is not reachable: check the connection (and proxy settings) and run again",
    ),
)


def known_cause(output):
    """Return the mend for a failure recognised in a program's output, or None."""
    for pattern, mend in KNOWN_CAUSES:
        if re.search(pattern, output):
            return mend
    return None


def tail(path, lines=25):
    """Return the last lines of a log file as text."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def log_path(name):
    """Return the path of a log by its name; its folder exists afterwards."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"


def die_with_parent():
    """In a child: ask Linux to end it when `./dev` dies, even by SIGKILL."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


def run(command, log, *, env=None, cwd=None, timeout=900, title=None, **popen):
    """Run a program with its output in `.odoo/log/<log>.log` and return that output.

    :param command: list of program and arguments
    :param env: variables added to the environment
    :param timeout: seconds after which the program is stopped
    :param title: what a failure calls the program, by default its name
    :param popen: further arguments of `subprocess.Popen`
    :raises Failure: if the program fails or takes too long
    """
    path = log_path(log)
    command = [str(part) for part in command]
    title = title or os.path.basename(command[0])
    with path.open("w") as output:
        try:
            child = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                preexec_fn=die_with_parent,
                **{"stdin": subprocess.DEVNULL, **popen},
            )
        except FileNotFoundError:
            raise Failure(
                f"the program {command[0]} is missing: install it and run again"
            ) from None
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(
                f"{title} did not end within {timeout} s; see {path}",
                tail(path),
            ) from None
        finally:
            stop(child)
    output = path.read_text(errors="replace")
    if code:
        cause = known_cause(output) or f"exit code {code}; the whole log is {path}"
        raise Failure(f"{title} failed: {cause}", tail(path))
    return output


def stop(child, grace=10):
    """End a child process by its id: politely first, by force after `grace` seconds."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_port():
    """Return a TCP port of the loopback address that nobody uses."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def port_is_free(port):
    """Tell whether a server could listen on this loopback port."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
