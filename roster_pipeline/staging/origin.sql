-- one row: what tells this staging from every other, what Clever's clock showed for it, when the day goes by that, and which version was asked
-- needs: nothing
INSERT INTO staging.origin BY NAME
SELECT uuid() AS staged_id, $clevers_clock::TIMESTAMP AS clevers_clock, $our_clock::TIMESTAMP AS our_clock, $api_version AS api_version
