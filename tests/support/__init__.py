"""What tests share: builders, doubles, clients."""
