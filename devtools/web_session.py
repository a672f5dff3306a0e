"""A user of the web client, logged in over HTTP."""

import json
import urllib.error
import urllib.request

from .messages import Failure


class WebSession:
    """A user logged in to the web client.

    :raises Failure: if the login is refused
    """

    def __init__(self, address, database, login):
        self.address = address
        self.cookie = ""
        params = {"db": database, "login": login, "password": login}
        self.call("/web/session/authenticate", params)
        if not self.cookie:
            raise Failure(f"{login} with password {login} cannot log in")

    def call(self, path, params):
        """Post a JSON-RPC request and return its result."""
        request = urllib.request.Request(
            self.address + path,
            json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            {"Content-Type": "application/json", "Cookie": f"session_id={self.cookie}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                for header in response.headers.get_all("Set-Cookie", []):
                    name, _, value = header.partition("=")
                    if name == "session_id":
                        self.cookie = value.split(";")[0]
                answer = json.load(response)
        except urllib.error.URLError as error:
            raise Failure(f"the server does not answer at {path}: {error}") from None
        if "error" in answer:
            raise Failure(f"{path}: {answer['error']['data']['message']}")
        # What returns nothing is answered without a result.
        return answer.get("result")

    def search(self, model, domain, order):
        """Return the first record's id as a list, empty if there is none."""
        return self.call_method(model, "search", list(domain), limit=1, order=order)

    def call_method(self, model, method, *args, **kwargs):
        """Call a public method of a model; its records come first, as a list of ids."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.call(f"/web/dataset/call_kw/{model}/{method}", params)
