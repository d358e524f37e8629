"""The command line: talks to people and pipes, and does nothing else."""
