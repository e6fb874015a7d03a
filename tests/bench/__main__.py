"""`make bench`: measures everything and prints one table. What is over its budget is marked there, and is no error.

ROWS="dispatch receipt" measures those groups of rows alone. BEFORE=path measures the handlers of another checkout beside ours.
ENTRIES=1000000 fills the large table with so many entries.
"""

import os
import sys

from tests.bench import dynamodb_local, handlers, imports, letters, mail, pages, webhooks
from tests.bench.acts import ACTS
from tests.bench.table import shown

ALONE = {
    "imports": imports.rows,
    "letters": letters.rows,
    "mail": mail.rows,
    "webhooks": webhooks.rows,
    "pages": pages.rows,
}
ACTED = list(dict.fromkeys(act.group for act in ACTS))
GROUPS = [*ACTED, *ALONE]

asked = os.environ.get("ROWS", "").split() or GROUPS
if unknown := [one for one in asked if one not in GROUPS]:
    sys.exit(f"There are no rows {' '.join(unknown)}. There are: {' '.join(GROUPS)}.")
rows = handlers.rows([one for one in asked if one in ACTED])
for name in asked:
    if name == "pages" and (missing := dynamodb_local.missing()):
        print(f"Pages are left out: DynamoDB Local needs {' and '.join(missing)}.", file=sys.stderr)
    elif name in ALONE:
        rows += ALONE[name]()
print(shown(rows))
