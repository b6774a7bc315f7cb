-- leaves to later syncs what they changed too
-- needs: nothing
DELETE FROM desired.undone WHERE changed_since
