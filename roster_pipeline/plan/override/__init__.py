"""A person's hand on the roster, which syncs respect: somebody excluded, a field kept, a membership protected or added.

Belongs here: what somebody may override, what that makes of `desired.*`, and writing it down. Does not belong here: the
changes that follow (`plan/difference.py`), and the mapping, which people decide in `mapping/`.
"""
