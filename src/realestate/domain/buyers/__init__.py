"""Cash buyers: found in deeds and lists, told apart, and ranked for a property."""
