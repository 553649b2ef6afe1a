"""The look: templates, components, style sheets, small scripts, form rendering and the pseudo-locales.

How to use it: README.md in this folder, and the living page at /ui/ of a demonstration.
"""
