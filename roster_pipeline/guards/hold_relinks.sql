-- holds the relinks that a guard has marked
-- needs: nothing
UPDATE guards.relinks SET verdict = 'held' WHERE held_by = $key
