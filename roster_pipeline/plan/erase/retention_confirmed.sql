-- one row when somebody has confirmed that data is erased after so many days, or after fewer
-- needs: sync.retention
SELECT 1 FROM sync.retention WHERE after_days <= $days LIMIT 1
