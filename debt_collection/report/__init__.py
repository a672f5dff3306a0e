from . import ledger, legal, letter, reporting
