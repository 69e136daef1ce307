"""What a compiled function reads of Python, and how a call checks that it still holds."""
