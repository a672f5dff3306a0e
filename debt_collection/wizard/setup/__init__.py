from . import collection_audit_finding
