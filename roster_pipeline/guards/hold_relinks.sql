-- holds the relinks that a guard has marked
-- needs: guards.relinks
UPDATE guards.relinks SET verdict = 'held' WHERE held_by = $key
