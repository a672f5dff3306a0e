"""The month of a collector (P5): targets, indicators, grades, rewards, the customers' survey.

Models: ``collection.assessment`` with lines and sources, ``collection.indicator`` (what its
figures are counted from), ``collection.target``, ``collection.reward``.
Entry points: ``collection.assessment._generate(month)``.
Uses: the rooms up to sales.
"""

from . import collection_assessment  # isort: skip
from . import collection_assessment_line  # isort: skip
from . import collection_assessment_source  # isort: skip
from . import collection_indicator  # isort: skip
from . import collection_reward  # isort: skip
from . import collection_reward_rule  # isort: skip
from . import collection_target  # isort: skip

from . import collection_assessment_figures  # isort: skip
from . import collection_case  # isort: skip
from . import rating_rating  # isort: skip
from . import res_company  # isort: skip
from . import res_partner  # isort: skip
