"""Ours beside its peers: `explorer bench` from a checkout. See docs/benchmarks.md."""
