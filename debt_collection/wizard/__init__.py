from . import (
    assessment,
    case,
    charge,
    chase,
    contact,
    desk,
    ledger,
    letter,
    position,
    posting,
    provision,
    sales,
)
