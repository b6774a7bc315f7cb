-- one row: what tells this staging from every other, what Clever's clock showed for it, when the day goes by that, when Clever last had new data, and which version was asked
-- needs: nothing
INSERT INTO staging.origin BY NAME
SELECT uuid() AS staged_id, $clevers_clock::TIMESTAMP AS clevers_clock, $our_clock::TIMESTAMP AS our_clock,
  $clevers_data_at::TIMESTAMP AS clevers_data_at, $api_version AS api_version
