from . import (
    assessment,
    case,
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
