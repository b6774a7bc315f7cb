-- Clever says "nothing" in three ways: no key, null, and "". Here there is one: NULL.
-- needs: nothing
CREATE TEMP MACRO clean(value) AS nullif(trim(value), '')
