"""How fast a list is read: `python tests/benchmarks/reading.py FILE` prints seconds of one core and memory."""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter

from realestate.adapters import reference_data
from realestate.adapters.list_files import open_list
from realestate.domain.leads import values
from realestate.domain.leads.columns import plan_columns
from realestate.domain.leads.signals import read_signals

READERS = {"event_date": values.dates, "amount": values.amounts, "owner_name": values.texts}


def main(name: str) -> None:
    """Read the list, its costly fields and its signals, and print the time of each."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent: Counter[str] = Counter()
    rows = 0
    with open_list(name) as opened:
        batches = opened.batches()
        while True:
            clock = time.process_time()
            batch = next(batches, None)
            spent["rows by column"] += time.process_time() - clock
            if batch is None:
                break
            rows += len(batch)
            words, formats = reference_data.header_words(), reference_data.vendor_formats()
            plan = plan_columns(opened.header, [column[:200] for column in batch.columns], words, formats)
            columns = {field: batch.columns[index[0]] for field, index in plan.fields.items()}
            work = {field: (read, columns[field]) for field, read in READERS.items() if field in columns}
            work |= {f"phone {each.label}": (values.phones, batch.columns[each.index]) for each in plan.phones}
            work |= {f"email {each.label}": (values.emails, batch.columns[each.index]) for each in plan.emails}
            for field, (read, cells) in work.items():
                clock = time.process_time()
                read(cells)
                spent[field] += time.process_time() - clock
            clock = time.process_time()
            read_signals(plan, batch.columns, reference_data.signal_catalog())
            spent["signals"] += time.process_time() - clock
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    print(f"{rows:,} rows, {grown} MiB more memory")
    for what, seconds in spent.items():
        print(f"{what:24} {seconds:6.2f} s")


if __name__ == "__main__":
    main(sys.argv[1])
