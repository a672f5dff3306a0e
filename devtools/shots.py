"""`./dev shot`: pictures of the main screens, taken in a headless browser."""

import json
import time

from .chromium import open_page
from .databases import check_exists, drop
from .demo import run_main_job
from .installed import new_database
from .messages import Failure, say, step
from .odoo_process import run_inside, serving
from .paths import ROOT
from .processes import run
from .screens import SCREENS
from .system_parts import missing_parts
from .venv import PYTHON
from .web_session import WebSession

IMAGES = ROOT / "docs" / "images"
DATABASE = "shots"

# True when the client has drawn the screen and nothing is loading any more.
IS_DRAWN = """
document.readyState === "complete"
&& !document.querySelector(".o_loading_indicator, .o_blockUI, .o_skeleton, .o_view_nocontent_wait")
&& [...document.querySelectorAll(%s)].some((element) => element.offsetParent !== null)
"""

# What a user would have to scroll sideways to see, and a status bar folded for want of room.
TOO_WIDE = """
[...document.querySelectorAll("html, body *:not(textarea)")].filter((element) =>
    element.scrollWidth > element.clientWidth + 1
    && element.clientWidth > 1
    && (element.localName === "html"
        || ["auto", "scroll"].includes(getComputedStyle(element).overflowX))
).map((element) => `${element.className.split(" ")[0] || element.localName} is ${
    element.scrollWidth - element.clientWidth} pixels too wide`)
.concat([...document.querySelectorAll(".o_statusbar_status")].filter((element) =>
    element.offsetParent
    && element.querySelectorAll(".o_arrow_button:not(.d-none)").length === 1
    && element.querySelector(".dropdown-toggle:not(.d-none)")
).map(() => "the status bar is folded into one button"))
"""

# 96 colours are enough for a screen, and a third of the bytes.
SHRINK = """
import sys
from PIL import Image
for name in sys.argv[1:]:
    picture = Image.open(name).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    picture.save(name, optimize=True)
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
    :raises Failure: if a screen cannot be shown, or has to be scrolled sideways
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
        new_database(DATABASE, "demo")
        take_pictures(DATABASE, screens, lang, None)
    finally:
        drop(DATABASE)


def take_pictures(database, screens, lang, given):
    """Log in and take each picture in turn.

    :param given: whether the database is somebody's, so that the main job is not run on it
    """
    faults = []
    with serving(database) as address, open_page() as page:
        if not given:
            with step("main job"):
                run_main_job(database)
        if given or lang != "en_US":
            with step(f"language {lang}"):
                run_inside(database, "use_language", log="language", env={"LANG_CODE": lang})
        suffix = "" if lang == "en_US" else f".{lang}"
        sessions = {}
        for screen in screens:
            target = IMAGES / f"{screen.name}{suffix}.png"
            session = sessions.get(screen.login)
            session = sessions[screen.login] = session or WebSession(
                address, database, screen.login
            )
            try:
                with step(str(target.relative_to(ROOT))):
                    page.renew()
                    faults += take_picture(page, screen, session, target)
            except Failure as failure:
                faults.append(str(failure))
    if faults:
        raise Failure(f"{len(faults)} faults of screens", "\n".join(faults))


def take_picture(page, screen, session, target):
    """Take one picture, and return sentences on what is too wide on it."""
    path = screen.path
    if screen.model:
        record = find(session, screen)
        path = path.replace("{id}", str(record))
    if screen.action:
        path = session.call_method(screen.model, screen.action, [record])["url"]
    page.send("Network.setCookie", name="session_id", value=session.cookie, url=session.address)
    page.resize(screen.width, screen.height)
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
    run([PYTHON, "-c", SHRINK, target], "shot-shrink")
    return [f"{screen.name}: {fault}" for fault in page.evaluate(TOO_WIDE)]


def find(session, screen):
    """Return the id of the record a screen shows.

    :raises Failure: if there is none
    """
    found = session.search(screen.model, screen.domain, screen.order)
    if not found:
        raise Failure(f"the screen {screen.name} has no record of {screen.model} to show")
    return found[0]
