"""Measurements: what an exchange costs, how well fingers are told apart. Figures and protocol: docs/benchmarks.md."""
