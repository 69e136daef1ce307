"""Dual numbers: forward mode."""
