"""A message's way out: dispatch, receipts, the sweep. Knows nothing of composing."""
