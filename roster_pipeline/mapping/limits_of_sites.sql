-- one row per site of data/sites.csv with limits of its own
-- needs: input.site_settings
SELECT site_id, limits FROM input.site_settings WHERE cardinality(limits) > 0
