"""Hears facts in what a seller says, by rules; one module for each kind of fact."""
