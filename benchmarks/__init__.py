"""How fast the pipeline is, measured: `make bench SIZE=...`.

Belongs here: a generated district as prepared pages, the server that sends them, what is measured on them
(the floor, ours, the peers) and the page that tells the numbers. Does not belong here: anything that the
pipeline or its tests need.
"""
