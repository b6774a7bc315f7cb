-- an ambiguous relink waits with all others of its kind
UPDATE plan.relinks SET held_by = 'relink_ambiguous|' || $entity WHERE entity = $entity AND verdict = 'queue'
