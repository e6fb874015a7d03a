"""Mail that nobody would think of, made by a fuzzer: `make fuzz`."""
