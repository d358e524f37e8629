"""Lists become leads: columns, signals, stacking, scores."""
