"""The memory that `shortlist prepare` takes at its peak, by the formula of docs/scale.md."""

PROGRAM = 115e6  # code, libraries, and the blocks that Arrow reads ahead
HEADER = 32  # bytes of an event between reading and writing
SLOT = 8
PLACE = 32  # of a record in the order that it is sorted into
EVENT_ID = 24  # with the place of the event
ID = 60
WRITTEN_ID = 300  # with what is made of it for the dataset
WRITTEN_EVENT = 16


def expected_of_prepare(report, memory_mib=2048, event_ids=True, carried=0):
    """Bytes, from what its report counts; `carried` columns of the events are kept beside user, item and time."""
    record = HEADER + SLOT * (carried + (2 if event_ids else 0))
    memory = memory_mib * 2**20 / (2 if event_ids else 1)
    sorted_at_once = min(report["read"], memory / (record + PLACE))
    ids_at_once = min(report["read"], memory / (EVENT_ID + PLACE)) if event_ids else 0
    ids = report["users"] + report["items"]
    orders = (EVENT_ID + PLACE) * ids_at_once + report["read"] / 8 if event_ids else PLACE * sorted_at_once
    sorting = sorted_at_once * record + orders + ID * ids
    writing = WRITTEN_ID * ids + (WRITTEN_EVENT + carried * SLOT) * report["kept"]
    return PROGRAM + max(sorting, writing)
