"""Programs for backends without a compiler: recorded once, optimized, and run as generated Python."""
