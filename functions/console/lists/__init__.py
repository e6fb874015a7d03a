"""What every list has: filters, pages, choosing a party."""
