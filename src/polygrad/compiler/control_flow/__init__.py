"""`cond`, `scan` and `while_loop`, eagerly and in compiled programs."""
