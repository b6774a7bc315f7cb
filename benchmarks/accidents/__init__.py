"""What the guards make of every accident that we know and of every ordinary day: `make accidents`.

Belongs here: the accidents and the days as changes of the demo district, replaying them through the guards as a
sync uses them, and the table that tells what was held. Does not belong here: guards, or what a test asserts.
"""
