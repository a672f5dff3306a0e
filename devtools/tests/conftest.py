"""What several tests of the tools need."""

import pytest

from devtools.mail_sink import mail_sink


@pytest.fixture
def sink():
    """A mail server that takes everything and keeps it."""
    with mail_sink() as server:
        yield server
