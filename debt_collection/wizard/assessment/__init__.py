from . import collection_assessment_appeal
