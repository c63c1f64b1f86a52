"""What the library recorded, out of its store, and a table of what a receiver made of it."""
import collections
import sqlite3
import sys

STATUS = {1: "success", 2: "error", 3: "cancelled"}
Call = collections.namedtuple("Call", "id trace parent kind op status message input_tokens output_tokens inputs")


def calls(store):
    """All calls by their ids, which are 16 hexadecimal digits, as those of spans are."""
    rows = sqlite3.connect(store).execute(
        "select printf('%016x', c.id), lower(hex(c.trace_id)), printf('%016x', c.parent_id), o.kind, o.name, c.status,"
        " c.error_message, c.input_tokens, c.output_tokens, coalesce(c.inputs, b.inputs, '{}')"
        " from calls c join ops o on o.id = c.op_id left join bodies b on b.call = c.seq")
    read = [Call(*row)._replace(status=STATUS[row[5]]) for row in rows]
    assert read, f"nothing was recorded in {store}"
    return {call.id: call for call in read}


class Report:
    """Rows of what was asked and what came back; ends the process with 1 if any is not as it should be."""

    def __init__(self, title):
        self.wrong = 0
        print(f"\n{title}")

    def row(self, name, found, expected):
        is_good = found == expected
        self.wrong += not is_good
        print(f"  {name:44} {found}" + ("" if is_good else f"   WRONG, expected {expected}"))

    def tell(self, name, found):
        print(f"  {name:44} {found}")

    def end(self):
        sys.exit(1 if self.wrong else 0)
