"""Find, score, qualify, analyze and match off-market houses on your own machine."""
