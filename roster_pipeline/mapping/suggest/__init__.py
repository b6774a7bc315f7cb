"""Courses that might fit sections without one: offered, never applied.

Belongs here: reading names, comparing them with the catalog, and keeping what is offered. Does not belong here: hanging
courses on sections.
"""
