-- adds one row: the limits of one site, or of the district; a limit that is not set has no key
-- needs: roster.sites
INSERT INTO guards.limits BY NAME
SELECT
  coalesce((SELECT site_id FROM roster.sites WHERE lower(site_id) = $site_id), $site_id::VARCHAR) AS site_id, $own_window AS own_window, $expected AS expected,
  map($names::VARCHAR[], $numbers::DECIMAL(12, 3)[]) AS limits
