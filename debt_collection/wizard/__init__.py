from . import (
    agreement,
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
