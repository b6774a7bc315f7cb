-- one row per person of whom the landing says how they are, or that they are gone: whoever has a record, and whoever was asked for
-- needs: staging.user_records
INSERT INTO staging.spoken_of BY NAME
SELECT clever_id FROM staging.user_records WHERE clever_id IS NOT NULL
UNION
SELECT clean(id) FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {id: 'VARCHAR'})
