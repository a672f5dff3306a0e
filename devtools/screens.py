"""The screens that `./dev shot` takes pictures of: one line each, in reading order."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """A screen of the web client, the portal or the website.

    :param name: name of the picture, without `.png`
    :param path: address behind the server's; `{id}` stands for the record found
    :param login: who looks at it; the password is the same
    :param model: model of the record whose id goes into the path
    :param domain: which record of the model, the first one found
    :param order: order in which the record is the first
    :param wait: CSS selector of what must be visible
    :param click: CSS selectors clicked one after the other before the picture
    :param height: height of the window in pixels
    """

    name: str
    path: str
    login: str = "admin"
    model: str = ""
    domain: tuple = ()
    order: str = "id"
    wait: str = ".o_view_controller, .o_action, #wrap"
    click: tuple = ()
    height: int = 768


CASES = "/odoo/action-debt_collection.collection_case_action"

SCREENS = (
    Screen("cases", CASES),
    Screen(
        "case",
        CASES + "/{id}",
        model="collection.case",
        domain=(("stage", "!=", "closed"),),
        order="amount_overdue desc",
    ),
)
