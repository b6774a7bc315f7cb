-- one row per file and other district that it names, with the number of its lines
CREATE TABLE IF NOT EXISTS input.named_districts (file VARCHAR, district VARCHAR, lines BIGINT, PRIMARY KEY (file, district))
