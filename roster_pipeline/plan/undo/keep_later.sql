-- leaves to later syncs what they changed too
-- needs: desired.undone
DELETE FROM desired.undone WHERE changed_since
