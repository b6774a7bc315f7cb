-- one row: the last sync that read the files, and how many of their lines name nothing that is there
-- needs: sync.issues, sync.syncs
WITH read AS (SELECT arg_max(sync_id, sync_no) AS sync_id FROM sync.syncs WHERE status IN ('succeeded', 'held') AND undoes IS NULL AND trigger IS DISTINCT FROM 'erase')
SELECT
  sync_id,
  coalesce(sum(
    CASE WHEN record_id IS NOT NULL THEN coalesce(try_cast(regexp_extract(record_id, ', (\d+) lines?$', 1) AS BIGINT), 1) END
  ), 0)::BIGINT AS lines
FROM read LEFT JOIN (
  FROM sync.issues
  WHERE code IN ('mapping_unknown_section', 'mapping_line_ended', 'input_unknown_site', 'input_unknown_user', 'input_unknown_district')
) USING (sync_id)
GROUP BY sync_id
