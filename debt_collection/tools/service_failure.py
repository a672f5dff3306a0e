"""What the failure of a request to a service means for what was to be sent: pure rules."""

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

REFUSED = range(400, 500)
"""HTTP answers that blame the request: the service did not take it."""
UNSURE = {408, 409, 425, 429}
"""Of those, the ones that may come after it did."""


def get_chain(error: BaseException | None) -> list[BaseException]:
    """An error and those that led to it, the last one first."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def never_connected(error: BaseException) -> bool:
    """Whether a request failed before anything of it left."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", inner)
    return isinstance(error, requests.ConnectionError) and isinstance(
        reason, NewConnectionError | NameResolutionError
    )


def tell_failure(error: BaseException, refusals: tuple[type, ...] = ()) -> str:
    """What became of what was to be sent: ``waiting``, ``refused`` or ``unknown``.

    Nobody was asked: it can be tried again. The service said no: it was not taken. Anything else,
    a time-out above all, may have come after it was.

    :param refusals: errors that say that it was not taken, where no request failed
    """
    requested = [one for one in get_chain(error) if isinstance(one, requests.RequestException)]
    if not requested:
        # An error of our own, before anybody was asked; not one that hides another.
        is_ours = isinstance(error, refusals) and len(get_chain(error)) == 1
        return "refused" if is_ours else "unknown"
    if any(never_connected(one) for one in requested):
        return "waiting"
    for one in requested:
        code = one.response.status_code if one.response is not None else 0
        if code in REFUSED and code not in UNSURE:
            return "refused"
    return "unknown"
