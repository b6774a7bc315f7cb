-- one row per site that is held back from beginning again, and the hold
-- needs: plan.sites
INSERT INTO guards.undone_sites BY NAME
SELECT site_id, held_by FROM plan.sites WHERE held_by IS NOT NULL AND action IN ('create', 'restore')
