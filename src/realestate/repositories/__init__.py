"""The only SQL of the package."""
