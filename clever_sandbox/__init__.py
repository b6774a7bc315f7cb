"""A local Clever: a district from CSV files, served over real HTTP the way Clever serves it.

Belongs here: everything that plays Clever's part, and the generator of synthetic districts. Does not
belong here: anything of the pipeline, which starts the sandbox and then knows it by its URL only.

From the bottom: `district` (records, and reading them from files), `generator` (making those files, and days that
pass), `api` (healthy answers), `faults` (the others), `control` (orders of those who test), `app`, `server`, `cli`.
"""

__version__ = "0.1.0"
