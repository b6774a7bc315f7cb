-- one row per verdict: how many candidates
-- needs: guards.relinks
SELECT verdict, count(*) FROM guards.relinks GROUP BY verdict
