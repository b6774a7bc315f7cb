-- one row: what tells this staging from every other, and what Clever's clock showed for it, when the day goes by that
-- needs: nothing
INSERT INTO staging.origin BY NAME
SELECT uuid() AS staged_id, $clevers_clock::TIMESTAMP AS clevers_clock, $our_clock::TIMESTAMP AS our_clock
