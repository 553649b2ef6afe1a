"""Labelled defaults: figures that nobody has agreed on yet, which an administrator may change (ADR 0023)."""
