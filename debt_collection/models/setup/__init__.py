"""How a company begins: first steps, import of history, the settings page.

Models: ``collection.audit`` (what no step wrote), ``collection.opening`` (taken over from before).
Uses: all other rooms.
"""

from . import collection_audit  # isort: skip

from . import collection_activity  # isort: skip
from . import collection_case  # isort: skip
from . import collection_promise  # isort: skip
from . import collection_seal  # isort: skip
from . import ir_http  # isort: skip
from . import onboarding_onboarding  # isort: skip
from . import onboarding_onboarding_step  # isort: skip
from . import res_company  # isort: skip
from . import res_config_settings  # isort: skip
