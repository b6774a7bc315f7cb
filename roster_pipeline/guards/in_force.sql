-- one row: how many records of all kinds are in force
-- needs: guards.population
SELECT sum(in_force)::BIGINT FROM guards.population
