"""What commands write of these pages: `make docs`, which is `python -m docs`.

Belongs here: pages made from what stands in the code (tables, guards, imports). Does not belong here: what is measured
(`benchmarks/`), and any fact of its own.
"""
