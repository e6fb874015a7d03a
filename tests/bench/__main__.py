"""`make bench`: measures everything and prints one table. Fails when something is over its budget.

`ENTRIES=100000 make bench` fills the large table with fewer entries: a million take a quarter of an hour.
"""

import sys

from tests.bench import dynamodb_local, imports, letters, mail, message, pages, webhooks
from tests.bench.table import shown

rows = [*imports.rows(), *message.rows(), *letters.rows(), *mail.rows(), *webhooks.rows()]
if missing := dynamodb_local.missing():
    print(f"Pages are left out: DynamoDB Local needs {' and '.join(missing)}.", file=sys.stderr)
else:
    rows += pages.rows()
print(shown(rows))
sys.exit(any(row.within is False for row in rows))
