"""What every command that runs Odoo needs before it starts."""

from contextlib import contextmanager

from .get_odoo import get_odoo
from .odoo_process import write_config
from .paths import STATE
from .pdf_engine import install_pdf_engine
from .postgres import running_postgres
from .venv import get_venv


@contextmanager
def ready():
    """Have Odoo, its Python and PostgreSQL for the duration, setting up what is missing."""
    STATE.mkdir(exist_ok=True)
    odoo = get_odoo()
    get_venv()
    install_pdf_engine()
    write_config(odoo)
    with running_postgres():
        yield
