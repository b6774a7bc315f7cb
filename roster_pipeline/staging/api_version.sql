-- one row: which version of Clever's API was asked for what is staged
-- needs: staging.origin
SELECT api_version FROM staging.origin
