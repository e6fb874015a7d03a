"""What use cases share: updates under optimistic locks, projections, idempotency, access."""
