"""The cloud on one machine: starts it, deploys to it, seeds it, and plays the providers."""
