"""Qualifying a seller in conversation: what was said, what it is worth, what to ask next."""
