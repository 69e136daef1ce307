"""Batched arrays: vmap."""
