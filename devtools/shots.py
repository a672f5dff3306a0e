"""`./dev shot`: pictures of the main screens, taken in a headless browser."""

import json
import time
import urllib.error
import urllib.request

from .chromium import open_page
from .databases import check_exists, drop, new_database
from .demo import run_main_job
from .messages import Failure, say, step
from .odoo_process import run_inside, serving
from .paths import ROOT
from .screens import SCREENS
from .system_parts import missing_parts

IMAGES = ROOT / "docs" / "images"
DATABASE = "shots"
WIDTH = 1366

# True when the client has drawn the screen and nothing is loading any more.
IS_DRAWN = """
document.readyState === "complete"
&& !document.querySelector(".o_loading_indicator, .o_blockUI, .o_skeleton, .o_view_nocontent_wait")
&& [...document.querySelectorAll(%s)].some((element) => element.offsetParent !== null)
"""


def list_screens():
    """Print the names of the screens."""
    for screen in SCREENS:
        say(screen.name)


def check_names(names):
    """Raise `Failure` if a name is not a screen's."""
    unknown = set(names) - {screen.name for screen in SCREENS}
    if unknown:
        raise Failure(
            f"no screen is called {', '.join(sorted(unknown))}: `./dev shot --list` lists them"
        )


def run_shots(names=(), lang="en_US", database=None):
    """Take pictures into docs/images/; those of another language have it in their name.

    :param names: names of screens, empty for all
    :param lang: code of the language of the pictures
    :param database: take them on this database instead of a fresh one with demo data
    """
    check_names(names)
    screens = [screen for screen in SCREENS if not names or screen.name in names]
    missing_parts()
    IMAGES.mkdir(parents=True, exist_ok=True)
    if database:
        check_exists(database)
        take_pictures(database, screens, lang, database)
        return
    try:
        new_database(DATABASE, demo=True)
        take_pictures(DATABASE, screens, lang, None)
    finally:
        drop(DATABASE)


def take_pictures(database, screens, lang, given):
    """Log in and take each picture in turn.

    :param given: whether the database is somebody's, so that the main job is not run on it
    """
    with serving(database) as address:
        if not given:
            with step("main job"):
                run_main_job(database)
        if lang != "en_US":
            with step(f"language {lang}"):
                run_inside(database, "use_language", log="language", env={"LANG_CODE": lang})
        suffix = "" if lang == "en_US" else f".{lang}"
        sessions = {}
        for screen in screens:
            target = IMAGES / f"{screen.name}{suffix}.png"
            with step(str(target.relative_to(ROOT))), open_page() as page:
                session = sessions.get(screen.login) or Session(address, database, screen.login)
                sessions[screen.login] = session
                page.send("Network.setCookie", name="session_id", value=session.cookie, url=address)
                take_picture(page, screen, session, target)


def take_picture(page, screen, session, target):
    """Take one picture."""
    path = screen.path
    if screen.model:
        path = path.replace("{id}", str(session.find(screen)))
    page.resize(WIDTH, screen.height)
    page.send("Page.navigate", url=session.address + path)
    drawn = IS_DRAWN % json.dumps(screen.wait)
    page.wait_for(drawn, f"the screen {screen.name} ({path})", timeout=120)
    for selector in screen.click:
        element = f"document.querySelector({json.dumps(selector)})"
        page.wait_for(f"!!{element}", f"{selector} on the screen {screen.name}")
        page.evaluate(f"{element}.click()")
        page.wait_for(drawn, f"the screen {screen.name} after a click")
    time.sleep(1.0)  # charts and transitions move on for a moment
    target.write_bytes(page.picture())


class Session:
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
        return answer["result"]

    def find(self, screen):
        """Return the id of the record a screen shows.

        :raises Failure: if there is none
        """
        params = {
            "model": screen.model,
            "method": "search",
            "args": [list(screen.domain)],
            "kwargs": {"limit": 1, "order": screen.order},
        }
        found = self.call(f"/web/dataset/call_kw/{screen.model}/search", params)
        if not found:
            raise Failure(f"the screen {screen.name} has no record of {screen.model} to show")
        return found[0]
