"""Trains damage models; the only room that knows torch, which the extra ``train`` brings."""
