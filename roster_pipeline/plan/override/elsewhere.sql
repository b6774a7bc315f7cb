-- a sync of some sites says nothing of the overrides that have nothing to do with these
-- needs: plan.overrides, plan.people_of_sites, plan.sections_of_sites, roster.sections, temp.override_states
-- idle without: temp.override_states
DELETE FROM temp.override_states WHERE no NOT IN (
  SELECT no FROM plan.overrides
  WHERE user_id IN (FROM plan.people_of_sites) OR list_contains($sites::VARCHAR[], site_id)
    OR section_id IN (FROM plan.sections_of_sites)
    OR section_id IN (SELECT section_id FROM roster.sections WHERE list_contains($sites::VARCHAR[], site_id))
)
