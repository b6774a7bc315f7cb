-- one row per synced site and kind of finding that is there now: how many, what they concern, and how many a coarser one covers
-- needs: roster.sites, sync.sharing_findings
SELECT
  f.site_id, s.name AS site, f.finding, count(*) AS found,
  -- somebody may be missing in several sections, and is one person all the same
  count(DISTINCT f.clever_id) FILTER (ends_with(f.finding, '_not_shared'))
  + coalesce(sum(f.people) FILTER (NOT ends_with(f.finding, '_not_shared')), 0)::BIGINT AS people,
  count(*) FILTER (f.covered) AS covered
FROM sync.sharing_findings AS f LEFT JOIN roster.sites AS s USING (site_id)
WHERE $site IS NULL OR lower($site) IN (lower(f.site_id), lower(s.name))
GROUP BY ALL
ORDER BY site, f.site_id, f.finding
