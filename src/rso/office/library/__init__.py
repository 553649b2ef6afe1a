"""The library: training materials, guides, papers and reports, open or for some, in every language they have."""
