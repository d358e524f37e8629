"""Use cases: the order of steps and the transaction of each."""
