"""The UI as we serve it: Dagster's own webserver inside an app of ours, which decides who may come in and do what.

Belongs here: the app, its gate and its settings; later, pages of our own. Does not belong here: anything that Dagster
shows of a sync (`assets`, `jobs`), and any rule about rosters.
"""
