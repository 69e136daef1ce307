"""Side by side with the peers: workloads × implementations, interleaved in one run, as ratios of medians."""
