-- adds one row: the limits of one site, or of the district; a limit that is not set has no key
-- needs: nothing
INSERT INTO guards.limits BY NAME
SELECT
  $site_id::VARCHAR AS site_id, $own_window AS own_window, $expected AS expected,
  map($names::VARCHAR[], $numbers::DECIMAL(12, 3)[]) AS limits
