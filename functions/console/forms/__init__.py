"""What forms give: parsing, values, faults by field."""
