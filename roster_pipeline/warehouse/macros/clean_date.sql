-- Clever sends a day as YYYY-MM-DD, and as a datetime where its own specification says so.
-- needs: nothing
CREATE TEMP MACRO clean_date(value) AS try_cast(nullif(trim(value), '')[1:10] AS DATE)
