"""What is announced to people who look at neither the UI nor the terminal, once, and once more when it is over.

Belongs here: what is worth a notice, what was announced already, and the webhook that takes it. Does not belong here:
when somebody looks (the sensor and `roster notify`), and Dagster.
"""
