"""The tables and their indexes as this code sees them. template.yaml creates them; a test holds the two together.

A module for each: making a model is a millisecond of every cold start, and few functions need them all.
"""
