"""How good the suggestions are, on section names whose right courses are known.

Belongs here: the names, and measuring. Does not belong here: how courses are suggested (`roster_pipeline/mapping/`).
"""
