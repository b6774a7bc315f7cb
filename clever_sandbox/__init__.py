"""A local Clever: a district from CSV files, served over real HTTP the way Clever serves it.

Belongs here: everything that plays Clever's part, and the generator of synthetic districts. Does not
belong here: anything that plays the platform's part; the pipeline knows the sandbox by its URL only.
"""
