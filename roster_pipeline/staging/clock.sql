-- one row: what Clever's clock and ours showed when Clever was asked; none when the day goes by ours
-- needs: staging.origin
SELECT clevers_clock, our_clock FROM staging.origin WHERE clevers_clock IS NOT NULL
