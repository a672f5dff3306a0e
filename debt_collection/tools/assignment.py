"""Equal load for collectors: a pure rule (P2.1)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from heapq import heapify, heapreplace


def share_out(
    weights: Sequence[Decimal | int], loads: Mapping[int, Decimal | int]
) -> list[int | None]:
    """Who gets each new case: always the one who carries least at that moment.

    The heaviest cases are given first, which keeps loads closest to each other. Who is named
    first in ``loads`` goes first among equals, so the same case always goes to the same person.

    :param weights: what each new case adds to a load, in the order of the result
    :param loads: what each collector carries already
    :return: a collector for each weight; None for all if there are no collectors
    """
    heap = [(load, rank, collector) for rank, (collector, load) in enumerate(loads.items())]
    heapify(heap)
    result: list[int | None] = [None] * len(weights)
    if not heap:
        return result
    for index in sorted(range(len(weights)), key=lambda index: -weights[index]):
        load, rank, collector = heap[0]
        result[index] = collector
        heapreplace(heap, (load + weights[index], rank, collector))
    return result
