"""The rooms from the ground up; each may use those above it in this list."""

from . import base  # isort: skip
from . import record  # isort: skip
from . import ledger  # isort: skip
from . import policy  # isort: skip
from . import case  # isort: skip
from . import contact  # isort: skip
from . import agreement  # isort: skip
from . import position  # isort: skip
from . import chase  # isort: skip
from . import letter  # isort: skip
from . import posting  # isort: skip
from . import charge  # isort: skip
from . import writeoff  # isort: skip
from . import provision  # isort: skip
from . import legal  # isort: skip
from . import portal  # isort: skip
from . import sales  # isort: skip
from . import assessment  # isort: skip
from . import reporting  # isort: skip
from . import desk  # isort: skip
from . import flow  # isort: skip
from . import setup  # isort: skip
