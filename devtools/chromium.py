"""A headless Chromium, driven by the DevTools protocol through a pair of pipes."""

import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

from .messages import Failure
from .processes import die_with_parent, stop
from .system_parts import find_chromium

FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)

# Chromium reads commands from descriptor 3 and writes answers to descriptor 4.
ON_DESCRIPTORS = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Page:
    """One tab of the browser.

    :param commands: descriptor that the browser reads commands from
    :param answers: descriptor that the browser writes answers to
    """

    def __init__(self, commands, answers):
        self._commands = commands
        self._answers = answers
        self._buffer = b""
        self._number = 0
        self._session = None
        self._target = None
        self.renew()

    def renew(self):
        """Go on in a new tab: what was being edited in the last one is dropped."""
        old, self._session = self._target, None
        self._target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=self._target, flatten=True)
        if old:
            self.send("Target.closeTarget", targetId=old)
        self._session = attached["sessionId"]
        self.send("Page.enable")
        self.send("Network.enable")

    def send(self, method, timeout=60, **params):
        """Call a method of the protocol and return its result.

        :param timeout: seconds to wait for the answer
        :raises Failure: if the browser refuses or does not answer
        """
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + timeout
        while True:
            answer = self._read(deadline)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise Failure(f"Chromium refuses {method}: {answer['error']['message']}")
                return answer["result"]

    def _read(self, deadline):
        """Return the browser's next message."""
        while b"\0" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                raise Failure("Chromium does not answer: run the command again")
            data = os.read(self._answers, 1 << 16)
            if not data:
                raise Failure("Chromium ended early: does `chromium --headless` start by hand?")
            self._buffer += data
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def evaluate(self, expression):
        """Return the value of a JavaScript expression in the page, of a promise what it gives."""
        result = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        return result["result"].get("value")

    def wait_for(self, expression, what, timeout=60):
        """Wait until a JavaScript expression is true.

        :param what: the thing waited for, as named in the failure
        :param timeout: seconds
        """
        deadline = time.monotonic() + timeout
        while not self.evaluate(expression):
            if time.monotonic() > deadline:
                raise Failure(f"{what} did not appear within {timeout} s")
            time.sleep(0.2)

    def resize(self, width, height):
        """Set the size of the window's content, in pixels."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def picture(self):
        """Return the visible part of the page as a PNG."""
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])


@contextmanager
def open_page():
    """Start a browser with one empty page for the duration.

    :raises Failure: if there is no Chromium
    """
    program = find_chromium()
    if not program:
        raise Failure("pictures need a browser: run `apt-get install chromium` as root")
    # Numbers above 9 keep our ends off the descriptors that the browser uses.
    raise_above = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (*os.pipe(), *os.pipe())]
    its_commands, commands, answers, its_answers = raise_above
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(
        prefix="odoo-dev-chromium-", ignore_cleanup_errors=True
    ) as profile:
        launch = [sys.executable, "-c", ON_DESCRIPTORS, str(its_commands), str(its_answers)]
        browser = subprocess.Popen(
            [*launch, program, *FLAGS, *sandbox, f"--user-data-dir={profile}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[its_commands, its_answers],
            preexec_fn=die_with_parent,
        )
        try:
            os.close(its_commands)
            os.close(its_answers)
            yield Page(commands, answers)
        finally:
            stop(browser)
            os.close(commands)
            os.close(answers)
